/** An instance with rows of every kind, behind the real server, and the accounts that the contract is tried with. */
import { createECDH, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { fillDemo } from '#src/demo/fill.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount, remoteStatus, makeFollow, openSignUps } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { freePort } from '#test/runtime/process.ts'
import { serve } from '../../../web/server.ts'
import { type Answer, type CallOptions, type Json, tokenOf } from '../server.ts'

export type World = AsyncDisposable & {
  t: TestDatabase
  url: string
  /** The account that sends the requests: an owner, with a full home timeline. */
  alice: AccountId
  bob: AccountId
  /** Of another server; followed by alice. */
  carol: AccountId
  token: string
  asBob: string
  appToken: string
  /** A post of carol's that alice may see. */
  remote: StatusId
  call(method: string, path: string, options?: CallOptions): Promise<Answer<Json>>
  /** As alice; the answer must be 200. */
  ask(method: string, path: string, body?: object): Promise<Json>
  askAs(token: string, method: string, path: string, body?: object): Promise<Json>
  post(text?: string, more?: object): Promise<string>
  upload(): Promise<string>
}

export async function openWorld(): Promise<World> {
  const [port, translator] = [await freePort(), await translate()]
  const origin = `http://127.0.0.1:${port}`
  const t = await database({
    PORT: String(port),
    HOST: '127.0.0.1',
    ORIGIN: origin,
    RATE_LIMIT_FACTOR: '1000',
    DB_POOL_SIZE: '10',
    LOG_LEVEL: 'error',
    ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    LIBRETRANSLATE_URL: translator.url,
  })
  await fillDemo(t.app, { posts: 250, seed: 7, password: 'a password of the demo' })
  const server = await serve(t.app)

  const [alice, bob, carol] = [
    await localAccount(t, 'alice', { role: 'owner' }),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await openSignUps(t)
  const { rows } = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where id not in (${alice}, ${bob}) and moved_to_id is null order by id limit 40`,
  )
  for (const { id } of rows) if (id !== carol) await makeFollow(t, alice, id)
  await makeFollow(t, alice, carol)
  const remote = await remoteStatus(t, carol, {
    content: '<p>Hello from afar <a href="https://remote.test/tags/birds">#birds</a></p>',
    tags: [{ name: 'birds', displayName: 'birds' }],
  })

  const [token, asBob, appToken] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob), await tokenOf(t.app, null)]
  const call: World['call'] = async (method, path, { token: bearer, body, headers = {} } = {}) => {
    const isForm = body instanceof FormData || body instanceof URLSearchParams
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
        ...(body && !isForm ? { 'Content-Type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (response.headers.get('Content-Type')?.includes('json') ? JSON.parse(text) : text) as never,
    }
  }
  const askAs: World['askAs'] = async (bearer, method, path, body) => {
    const answer = await call(method, path, { token: bearer, body })
    if (answer.status !== 200)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const ask: World['ask'] = (method, path, body) => askAs(token, method, path, body)

  return {
    t,
    url: origin,
    alice,
    bob,
    carol,
    token,
    asBob,
    appToken,
    remote,
    call,
    askAs,
    ask,
    post: async (text = `A post ${crypto.randomUUID()}`, more = {}) =>
      (await ask('POST', '/api/v1/statuses', { status: text, ...more })).id,
    upload: async () => (await ask('POST', '/api/v2/media', await picture())).id,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
      translator.close()
    },
  }
}

/** A form with a small picture. */
export async function picture(name = 'file'): Promise<FormData> {
  const form = new FormData()
  const png = await sharp({ create: { width: 16, height: 12, channels: 3, background: '#2266aa' } })
    .png()
    .toBuffer()
  form.set(name, new File([new Uint8Array(png)], 'picture.png', { type: 'image/png' }))
  return form
}

/** An app's push subscription. */
export function subscription(): object {
  const keys = createECDH('prime256v1')
  return {
    subscription: {
      endpoint: 'https://push.example/to/me',
      keys: { p256dh: keys.generateKeys().toString('base64url'), auth: randomBytes(16).toString('base64url') },
    },
    data: { alerts: { mention: true }, policy: 'all' },
  }
}

/** A server with the needed part of LibreTranslate's API, which answers in capitals. */
async function translate(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json')
      if (request.url === '/languages')
        return response.end(
          JSON.stringify([
            { code: 'en', name: 'English', targets: ['de', 'en'] },
            { code: 'de', name: 'German', targets: ['de', 'en'] },
          ]),
        )
      const { q } = JSON.parse(Buffer.concat(chunks).toString()) as { q: string | string[] }
      const shout = (text: string) => text.replace(/>([^<]*)</g, (found) => found.toUpperCase())
      const language = { confidence: 90, language: 'en' }
      return response.end(
        JSON.stringify({
          translatedText: Array.isArray(q) ? q.map(shout) : shout(q),
          detectedLanguage: Array.isArray(q) ? q.map(() => language) : language,
        }),
      )
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
