import { commandLineToken } from '#src/accounts/sessions/command-line.ts'
/** A whole Pipit in a process of its own, with people that use it by the API. */
import { register, prepareRegistration } from '#src/accounts/sign-up/register.ts'
import type { App } from '#src/platform/app.ts'
import { connect, type Db } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { urisOf } from '#src/platform/uris.ts'
import { type Ended, pipitWith } from '../cli/pipit.ts'
import { leaseDatabase } from '../databases.ts'
import { eventually } from '../patience.ts'
import { dataFolder, freePort, start } from '../runtime/process.ts'

type Entity = { id: string; [name: string]: any } // oxlint-disable-line typescript/no-explicit-any -- entities are looked at, not relied on

export type Person = {
  username: string
  id: AccountId
  /** Its handle: `@alice@host`. */
  handle: string
  /** The page and the ActivityPub id of the account. */
  url: string
  uri: string
  get<T = Entity>(path: string): Promise<T>
  post<T = Entity>(path: string, body?: object): Promise<T>
  send<T = Entity>(method: string, path: string, body?: object): Promise<T>
  /** Uploads the file of a form. */
  upload(form: FormData): Promise<Entity>
  /** Looks up a handle or URL, remote ones included. */
  find(query: string): Promise<{ accounts: Entity[]; statuses: Entity[] }>
  home(): Promise<Entity[]>
  /** Waits until something shows in the home timeline. */
  sees(what: (status: Entity) => boolean): Promise<Entity>
  notified(type: string): Promise<Entity>
}

export type Instance = AsyncDisposable & {
  origin: string
  db: Db
  person(username: string): Promise<Person>
  /** Fetches one of its URLs as other servers do, but unsigned. */
  document(url: string, headers?: Record<string, string>): Promise<Response>
  /** Calls its command line. */
  pipit(...args: string[]): Promise<Ended>
  stderr(): string
  stop(): Promise<void>
  /** Kills it in the middle of its work. */
  kill(): Promise<void>
  restart(): Promise<void>
}

/** Starts an instance on loopback. `env` may give it another address to be reached at. */
export async function instance(env: NodeJS.ProcessEnv = {}): Promise<Instance> {
  const { url: databaseUrl, drop } = await leaseDatabase()
  const data = await dataFolder()
  const port = env['PORT'] ?? String(await freePort())
  const local = `http://127.0.0.1:${port}`
  const origin = env['ORIGIN'] ?? local
  const settings = {
    HOST: '127.0.0.1',
    ORIGIN: origin,
    PORT: port,
    DATABASE_URL: databaseUrl,
    DATA_DIR: data.path,
    ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    LOG_LEVEL: 'debug',
    DB_POOL_SIZE: '8',
    RATE_LIMIT_FACTOR: '1000',
    ...env,
  }
  let running = await start(settings)
  await running.printed('Pipit runs at')
  const db = connect(databaseUrl, 3)
  const handleHost = env['HANDLE_HOST'] ?? new URL(origin).host
  const app = { db, config: { handleHost }, uris: urisOf({ origin, handleHost }) } as App

  const request = async (token: string, method: string, path: string, body?: object) => {
    const response = await fetch(`${local}/api${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: body instanceof FormData ? body : JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}\n${running.stderr().slice(-3000)}`)
    return JSON.parse(text)
  }

  return {
    origin,
    db,
    stderr: () => running.stderr(),
    async stop() {
      running.child.kill('SIGTERM')
      await running.ended
    },
    async kill() {
      running.child.kill('SIGKILL')
      await running.ended
    },
    document: (url, headers = {}) =>
      fetch(url.replace(origin, local), {
        headers: { accept: 'application/activity+json', ...headers },
        redirect: 'manual',
      }),
    pipit: pipitWith(settings),
    async restart() {
      running = await start(settings)
      await running.printed('Pipit runs at')
    },
    async person(username) {
      const registration = await prepareRegistration(app, {
        username,
        email: `${username}@mail.test`,
        password: 'a long password for tests',
      })
      const { id, token } = await db.transaction(async (tx) => {
        const id = await register(tx, app.uris, registration, { isConfirmed: true, isApproved: true })
        if (!id) throw new Error(`${username} could not be registered`)
        return { id, token: (await commandLineToken(tx, id, 0n, ['read', 'write', 'follow'])).token }
      })
      const send = (method: string, path: string, body?: object) => request(token, method, path, body)
      const until = async (load: () => Promise<Entity[]>, fits: (entity: Entity) => boolean) => {
        let found: Entity | undefined
        await eventually(async () => (found = (await load()).find(fits)) !== undefined)
        return found!
      }
      return {
        username,
        id,
        handle: `@${username}@${handleHost}`,
        url: app.uris.profile(username),
        uri: app.uris.account(id),
        get: (path) => send('GET', path),
        post: (path, body) => send('POST', path, body ?? {}),
        send,
        upload: (form) => send('POST', '/v2/media', form),
        find: (query) => send('GET', `/v2/search?resolve=true&q=${encodeURIComponent(query)}`),
        home: () => send('GET', '/v1/timelines/home'),
        sees: (what) => until(() => send('GET', '/v1/timelines/home'), what),
        notified: (type) =>
          until(
            () => send('GET', '/v1/notifications'),
            (notification) => notification['type'] === type,
          ),
      }
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]()
      await db.$client.end()
      await drop()
      await data[Symbol.asyncDispose]()
    },
  }
}
