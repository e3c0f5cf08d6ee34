/** A remote server: documents under a loopback address, keys, and the activities that were posted to it. */
import { constants, createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '#src/platform/app.ts'
import { base58 } from '../../federation/signatures/own-keys.ts'

type Posted = { path: string; headers: IncomingHttpHeaders; body: string }
export type PeerActor = { uri: string; keyId: string; privateKey: KeyObject; document: Record<string, unknown> }

export type Peer = AsyncDisposable & {
  origin: string
  host: string
  /** Its answers by path: a document, a page, an HTTP status, or the target of a redirect. */
  documents: Map<string, object | string | number>
  /** Paths that were fetched. */
  fetched: string[]
  posted: Posted[]
  /** Its answer to a POST; by default 202. */
  answer: (posted: Posted) => { status: number; headers?: Record<string, string> }
  /** Resolves before it answers a POST, to delay the answer. */
  answered: Promise<void>
  pauseMs: number
  /** Whether it refuses a GET because of its signature. */
  refusesFetch: (request: { headers: IncomingHttpHeaders; url?: string | undefined }) => boolean
  /** The status of all its answers to GET, when it is down. */
  failsWith: number | null
  /** Resolves before it answers a GET. */
  opened: Promise<void>
  actor(name: string, changes?: Record<string, unknown>): PeerActor
  /** Serves a collection in pages; returns its URL. */
  collection(path: string, items: unknown[], options?: { perPage?: number; totalItems?: number }): string
  /** The number of requests that it is answering, and the maximum so far. */
  load: { now: number; most: number }
}

export async function peer(): Promise<Peer> {
  const documents = new Map<string, object | string | number>()
  const fetched: string[] = []
  const posted: Posted[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const path = request.url ?? '/'
      if (request.method === 'POST') {
        const received = { path, headers: request.headers, body: Buffer.concat(chunks).toString() }
        posted.push(received)
        await self.answered
        if (self.pauseMs > 0) await sleep(self.pauseMs)
        const { status, headers } = self.answer(received)
        response.writeHead(status, headers).end()
        return
      }
      fetched.push(path)
      self.load.most = Math.max(self.load.most, ++self.load.now)
      response.on('close', () => self.load.now--)
      await self.opened
      if (self.refusesFetch(request)) return void response.writeHead(401).end()
      if (self.failsWith !== null) return void response.writeHead(self.failsWith).end()
      const document = documents.get(path)
      if (document instanceof URL) response.writeHead(302, { location: document.href }).end()
      else if (document === undefined || typeof document === 'number') response.writeHead(document ?? 404).end()
      else if (typeof document === 'string') response.writeHead(200, { 'content-type': 'text/html' }).end(document)
      else response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(document))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const self: Peer = {
    origin,
    host: new URL(origin).host,
    documents,
    fetched,
    posted,
    answer: () => ({ status: 202 }),
    answered: Promise.resolve(),
    pauseMs: 0,
    refusesFetch: () => false,
    failsWith: null,
    opened: Promise.resolve(),
    actor(name, changes = {}) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const uri = `${origin}/users/${name}`
      const keyId = `${uri}#main-key`
      const document = {
        '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
        id: uri,
        type: 'Person',
        preferredUsername: name,
        name,
        inbox: `${uri}/inbox`,
        outbox: `${uri}/outbox`,
        followers: `${uri}/followers`,
        url: `${origin}/@${name}`,
        publicKey: {
          id: keyId,
          owner: uri,
          publicKeyPem: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }),
        },
        ...changes,
      }
      documents.set(`/users/${name}`, document)
      return { uri, keyId, privateKey, document }
    },
    collection(path, items, { perPage = 10, totalItems = items.length } = {}) {
      const id = `${origin}${path}`
      const pageId = (n: number) => `${id}?page=${n}`
      const pages = Math.max(Math.ceil(items.length / perPage), 1)
      documents.set(path, { id, type: 'OrderedCollection', totalItems, first: pageId(1) })
      for (let n = 1; n <= pages; n++) {
        const next = n < pages ? { next: pageId(n + 1) } : {}
        documents.set(`${path}?page=${n}`, {
          id: pageId(n),
          type: 'OrderedCollectionPage',
          partOf: id,
          orderedItems: items.slice((n - 1) * perPage, n * perPage),
          ...next,
        })
      }
      return id
    },
    load: { now: 0, most: 0 },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
  return self
}

export type Signing = {
  keyId?: string
  covered?: string[]
  date?: string
  digest?: string
  host?: string
  algorithm?: string
  path?: string
  contentType?: string
}

/** A request to a local inbox, signed as most servers sign; `changes` make it invalid. */
export function signedPost(
  app: App,
  actor: PeerActor,
  activity: object | string,
  changes: Signing = {},
  path = '/ap/inbox',
): Request {
  const body = typeof activity === 'string' ? activity : JSON.stringify(activity)
  const url = new URL(path, app.config.origin)
  const headers = new Map([
    ['(request-target)', `post ${changes.path ?? url.pathname}`],
    ['host', changes.host ?? url.host],
    ['date', changes.date ?? new Date().toUTCString()],
    ['digest', changes.digest ?? `SHA-256=${sha256(body)}`],
    ['content-type', changes.contentType ?? 'application/activity+json'],
  ])
  const covered = changes.covered ?? ['(request-target)', 'host', 'date', 'digest', 'content-type']
  const signature = sign(
    'RSA-SHA256',
    Buffer.from(covered.map((name) => `${name}: ${headers.get(name)}`).join('\n')),
    actor.privateKey,
  ).toString('base64')
  const parameters = `keyId="${changes.keyId ?? actor.keyId}",algorithm="${changes.algorithm ?? 'rsa-sha256'}",headers="${covered.join(' ')}",signature="${signature}"`
  return new Request(url, {
    method: 'POST',
    body,
    headers: {
      signature: parameters,
      date: headers.get('date') ?? '',
      digest: headers.get('digest') ?? '',
      'content-type': headers.get('content-type') ?? '',
      host: url.host,
    },
  })
}

export type MessageSigning = {
  label?: string
  keyId?: string
  components?: string[]
  parameters?: string
  algorithm?: 'rsa-v1_5-sha256' | 'rsa-pss-sha512' | 'ed25519' | null
  created?: number
  digest?: string
  privateKey?: KeyObject
  url?: string
}

/** A request to the shared inbox, signed by RFC 9421; `changes` make it unusual or invalid. Several: it has several signatures. */
export function signedMessage(app: App, actor: PeerActor, activity: object, ...changes: MessageSigning[]): Request {
  const body = JSON.stringify(activity)
  const url = new URL(changes[0]?.url ?? '/ap/inbox', app.config.origin)
  const digest = changes[0]?.digest ?? `sha-256=:${sha256(body)}:`
  const made = (changes.length > 0 ? changes : [{}]).map((change, i) => {
    const {
      label = `sig${i}`,
      keyId = actor.keyId,
      components = ['@method', '@target-uri', 'content-digest'],
      algorithm = 'rsa-v1_5-sha256',
      privateKey = actor.privateKey,
    } = change
    const given = algorithm === null ? '' : `;alg="${algorithm}"`
    const input = `(${components.map((name) => `"${name}"`).join(' ')});created=${change.created ?? Math.floor(Date.now() / 1_000)};keyid="${keyId}"${given}${change.parameters ?? ''}`
    const values: Record<string, string> = {
      '@method': 'POST',
      '@target-uri': url.href,
      '@authority': url.host,
      '@path': url.pathname,
      '@query': url.search || '?',
      'content-digest': digest,
      'content-type': 'application/activity+json',
    }
    const base = Buffer.from(
      [...components.map((name) => `"${name}": ${values[name] ?? ''}`), `"@signature-params": ${input}`].join('\n'),
    )
    const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }
    const signature =
      privateKey.asymmetricKeyType === 'ed25519'
        ? sign(null, base, privateKey)
        : algorithm === 'rsa-pss-sha512'
          ? sign('RSA-SHA512', base, pss)
          : sign('RSA-SHA256', base, privateKey)
    return { input: `${label}=${input}`, signature: `${label}=:${signature.toString('base64')}:` }
  })
  return new Request(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/activity+json',
      'content-digest': digest,
      'signature-input': made.map(({ input }) => input).join(', '),
      signature: made.map(({ signature }) => signature).join(', '),
    },
  })
}

/** An actor's Ed25519 key, listed in its document. */
export function withEd25519(peer: Peer, actor: PeerActor): { id: string; privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const id = `${actor.uri}#ed25519-key`
  const bytes = Buffer.concat([
    Buffer.from([0xed, 0x01]),
    Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url'),
  ])
  const multikey = { id, type: 'Multikey', controller: actor.uri, publicKeyMultibase: base58(bytes) }
  actor.document['assertionMethod'] = [multikey]
  peer.documents.set(new URL(actor.uri).pathname, actor.document)
  return { id, privateKey }
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')
