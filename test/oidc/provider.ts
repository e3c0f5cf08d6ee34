/**
 * A real OpenID provider on loopback, with accounts and keys that a test changes. A small proxy stands in front of it, which does
 * what the real one can't be made to do: lie, hang, or break.
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenIdProvider from 'oidc-provider'
import { vi } from 'vitest'

export type Claims = Record<string, unknown>
type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }

export type TestProvider = AsyncDisposable & {
  issuer: string
  /** The claims of its accounts, by the names with which they log in. */
  accounts: Map<string, Claims>
  /** The settings by which Pipit knows it; `more` by their names after `OIDC_ACME_`. */
  env(more?: Record<string, string>, name?: string): NodeJS.ProcessEnv
  /** From now on, what a path answers is changed before anybody gets it; null: its connections break, `hang`: nothing comes. */
  bend(path: string, how: ((answer: Answer) => void) | 'hang' | null): void
  /** Changes the claims of ID tokens, and signs them again: with the provider's key, with another one, or not at all. */
  bendIdToken(change: (claims: Claims) => void, signer?: 'provider' | 'stranger' | 'nobody'): void
  /** Changes what userinfo answers. */
  bendUserinfo(change: (claims: Claims) => void): void
  /** Everything is answered by the real provider again. */
  straighten(): void
  /** Takes new keys, and forgets the old ones. */
  rotateKeys(): void
  /** The paths that were asked for. */
  asked: string[]
  /** A browser at the provider, with cookies. */
  person(): ProviderPerson
}

/** Somebody in front of the provider's pages. */
type ProviderPerson = {
  /** Logs in, and returns the path to which the provider sends the browser back. */
  logIn(url: string, login: string): Promise<string>
}

const clientId = 'pipit'
const clientSecret = 'a secret that only tests know'

/**
 * Starts a provider that ends with the test.
 *
 * @param origin the instance that may use it
 */
export async function openProvider({
  origin = 'https://pipit.test',
  names = ['acme'],
  isPublic = false,
}: { origin?: string; names?: string[]; isPublic?: boolean } = {}): Promise<TestProvider> {
  const accounts = new Map<string, Claims>()
  const bends = new Map<string, ((answer: Answer) => void) | 'hang' | null>()
  const asked: string[] = []
  let answer: ((request: IncomingMessage, response: ServerResponse) => void) | null = null
  const real = createServer((request, response) => answer?.(request, response))
  const realPort = await listen(real)
  const front = createServer((request, response) => void pass(request, response))
  const issuer = `http://127.0.0.1:${await listen(front)}`

  let key = newKey()
  const start = (): void => {
    const provider = new OpenIdProvider(issuer, {
      clients: [
        {
          client_id: clientId,
          ...(isPublic ? { token_endpoint_auth_method: 'none' } : { client_secret: clientSecret }),
          redirect_uris: names.map((name) => `${origin}/login/${name}/callback`),
          post_logout_redirect_uris: [origin],
          id_token_signed_response_alg: 'ES256',
          application_type: 'web',
          grant_types: ['authorization_code'],
          response_types: ['code'],
        },
      ],
      jwks: { keys: [key.jwk] },
      cookies: { keys: ['a key for tests'] },
      scopes: ['openid', 'email', 'profile', 'groups'],
      claims: {
        openid: ['sub'],
        email: ['email', 'email_verified'],
        profile: ['name', 'preferred_username'],
        groups: ['groups'],
      },
      enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
      ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 600, Grant: 600 },
      findAccount: (_context: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, ...accounts.get(id) }),
      }),
      // Consent was given before.
      loadExistingGrant: async (context: ConsentContext) => {
        const grant = new context.oidc.provider.Grant({
          clientId: context.oidc.client.clientId,
          accountId: context.oidc.session.accountId,
        })
        grant.addOIDCScope('openid email profile groups')
        await grant.save()
        return grant
      },
    })
    answer = provider.callback()
  }
  quietly(start)

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = new URL(incoming.url ?? '/', issuer).pathname
    asked.push(path)
    const bend = bends.get(path)
    if (bend === null) return void incoming.socket.destroy()
    if (bend === 'hang') return
    const passed = await forward(incoming, realPort).catch(() => null)
    if (!passed) return void incoming.socket.destroy()
    bend?.(passed)
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = passed.headers
    outgoing.writeHead(passed.status, headers).end(passed.body)
  }

  const bend: TestProvider['bend'] = (path, how) => void bends.set(path, how)
  return {
    issuer,
    accounts,
    asked,
    env: (more = {}, name = 'ACME') => ({
      ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
      [`OIDC_${name}_ISSUER`]: issuer,
      [`OIDC_${name}_CLIENT_ID`]: clientId,
      ...(isPublic ? {} : { [`OIDC_${name}_CLIENT_SECRET`]: clientSecret }),
      [`OIDC_${name}_SCOPES`]: 'openid email profile groups',
      ...Object.fromEntries(Object.entries(more).map(([key, value]) => [`OIDC_${name}_${key}`, value])),
    }),
    bend,
    bendIdToken: (change, signer = 'provider') =>
      bend('/token', (passed) => {
        const tokens = JSON.parse(passed.body.toString()) as { id_token?: string }
        if (!tokens.id_token) return
        const claims = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString()) as Claims
        change(claims)
        const id_token = signer === 'nobody' ? unsigned(claims) : (signer === 'stranger' ? newKey() : key).sign(claims)
        passed.body = Buffer.from(JSON.stringify({ ...tokens, id_token }))
      }),
    bendUserinfo: (change) =>
      bend('/me', (passed) => {
        const claims = JSON.parse(passed.body.toString()) as Claims
        change(claims)
        passed.body = Buffer.from(JSON.stringify(claims))
      }),
    straighten: () => bends.clear(),
    rotateKeys() {
      key = newKey()
      quietly(start)
    },
    person: () => newPerson(issuer),
    async [Symbol.asyncDispose]() {
      for (const server of [front, real]) {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

type ConsentContext = {
  oidc: { provider: OpenIdProvider; client: { clientId: string }; session: { accountId: string } }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** The provider warns at start of all that only tests may do. */
function quietly(work: () => void): void {
  const spies = (['warn', 'info'] as const).map((name) => vi.spyOn(console, name).mockImplementation(() => {}))
  work()
  for (const spy of spies) spy.mockRestore()
}

function newKey() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = crypto.randomUUID()
  return {
    jwk: { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' },
    sign(claims: Claims): string {
      const text = `${part({ alg: 'ES256', kid, typ: 'JWT' })}.${part(claims)}`
      return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
    },
  }
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (claims: Claims) => `${part({ alg: 'none' })}.${part(claims)}.`

async function forward(incoming: IncomingMessage, port: number): Promise<Answer> {
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: incoming.url,
    method: incoming.method,
    headers: { ...incoming.headers, 'accept-encoding': 'identity' },
  })
  incoming.pipe(outgoing)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return { status: response.statusCode ?? 500, headers: response.headers, body: Buffer.concat(chunks) }
}

function newPerson(issuer: string): ProviderPerson {
  const cookies = new Map<string, string>()

  async function send(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = {
      ...(init.headers as Record<string, string>),
      Cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
    }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  return {
    async logIn(url, login) {
      let response = await send(url)
      for (let steps = 0; steps < 10; steps++) {
        const location = response.headers.get('Location')
        if (location) {
          const next = new URL(location, issuer)
          if (next.origin !== issuer) return `${next.pathname}${next.search}`
          response = await send(next.href)
          continue
        }
        const html = await response.text()
        const action = /<form[^>]* action="([^"]+)"/.exec(html)?.[1]
        if (!action) throw new Error(`The provider answers ${response.status}: ${html.slice(0, 2_000)}`)
        response = await send(new URL(action, issuer).href, {
          method: 'POST',
          body: new URLSearchParams({ prompt: 'login', login, password: 'any' }),
        })
      }
      throw new Error('The provider leads nowhere')
    },
  }
}
