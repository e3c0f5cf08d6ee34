/** Two web processes on one database, with the client libraries of apps. */
import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { createRestAPIClient, createStreamingAPIClient } from 'masto'
import { Mastodon } from 'megalodon'
import { expect, test } from 'vitest'
import { commandLineToken } from '#src/accounts/sessions/command-line.ts'
import { prepareRegistration, register } from '#src/accounts/sign-up/register.ts'
import type { App } from '#src/platform/app.ts'
import { connect } from '#src/platform/db/index.ts'
import { urisOf } from '#src/platform/uris.ts'
import { follow } from '#src/relationships/follow.ts'
import { leaseDatabase } from '../../databases.ts'
import { eventually } from '../../patience.ts'
import { dataFolder, freePort, start } from '../../runtime/process.ts'
import { openSocket } from './client.ts'

test('streams of two processes send the same events, even if their listeners lose the connection', async () => {
  const { url: databaseUrl, drop } = await leaseDatabase()
  await using closing = new AsyncDisposableStack()
  closing.defer(drop)
  const data = closing.use(await dataFolder())
  const origin = `http://127.0.0.1:${await freePort()}`
  const env = {
    HOST: '127.0.0.1',
    ORIGIN: origin,
    DATABASE_URL: databaseUrl,
    DATA_DIR: data.path,
    LOG_LEVEL: 'info',
    DB_POOL_SIZE: '5',
    RATE_LIMIT_FACTOR: '1000',
  }
  const one = closing.use(await start({ ...env, PORT: new URL(origin).port }, ['web/main.ts']))
  await one.printed('Pipit runs at')
  const other = closing.use(await start(env, ['web/main.ts']))
  await other.printed('Pipit runs at')
  const otherUrl = `http://127.0.0.1:${other.port}`

  const db = connect(databaseUrl, 3)
  closing.defer(() => db.$client.end())
  const app = {
    db,
    config: { handleHost: new URL(origin).host },
    uris: urisOf({ origin, handleHost: new URL(origin).host }),
  } as App
  const person = async (username: string) => {
    const registration = await prepareRegistration(app, {
      username,
      email: `${username}@mail.test`,
      password: 'a long password for tests',
    })
    return db.transaction(async (tx) => {
      const id = await register(tx, app.uris, registration, { isConfirmed: true, isApproved: true })
      if (!id) throw new Error(`${username} could not be registered`)
      return { id, token: (await commandLineToken(tx, id, 0n, ['read', 'write', 'follow'])).token }
    })
  }
  const [alice, bob] = [await person('alice'), await person('bob')]
  await db.transaction((tx) => follow(tx, app.uris, bob.id, alice.id))

  const ofMegalodon: string[] = []
  const megalodon = await new Mastodon(origin, bob.token).userStreaming()
  megalodon.on('update', ({ id }) => void ofMegalodon.push(id))
  await once(megalodon, 'connect')
  closing.defer(() => megalodon.stop())

  const masto = createRestAPIClient({ url: origin, accessToken: bob.token })
  const { configuration } = await masto.v2.instance.fetch()
  expect(configuration.urls.streaming).toBe(origin.replace('http', 'ws'))
  const streaming = createStreamingAPIClient({
    streamingApiUrl: configuration.urls.streaming,
    accessToken: bob.token,
    retry: false,
  })
  closing.defer(() => streaming.close())
  const ofMasto: string[] = []
  const reading = (async () => {
    for await (const event of streaming.user.subscribe()) if (event.event === 'update') ofMasto.push(event.payload.id)
  })()
  await using socket = await openSocket(otherUrl, `?stream=user&access_token=${bob.token}`)
  // Each process listens for changes of settings, and, as long as streams are open, for events.
  await eventually(
    async () =>
      (
        await db.execute(
          sql`select from pg_stat_activity where datname = current_database() and application_name = 'pipit listener'`,
        )
      ).rowCount === 4,
  )

  const posts: string[] = []
  const posting = [origin, otherUrl].map((url) => createRestAPIClient({ url, accessToken: alice.token }))
  const post = async (i: number) => posts.push((await posting[i % 2]!.v1.statuses.create({ status: `Post ${i}` })).id)
  // Until masto's own subscription was heard of.
  await eventually(async () => {
    await post(0)
    return ofMasto.length > 0
  })
  const heardFirst = ofMasto[0] ?? ''
  for (let i = 0; i < 24; i++) {
    if (i % 6 === 3)
      await db.execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'pipit listener'`,
      )
    await post(i)
  }
  const sorted = posts.toSorted((a, b) => Number(BigInt(a) - BigInt(b)))
  await eventually(
    () =>
      ofMegalodon.length >= posts.length &&
      socket.of('update').length >= posts.length &&
      ofMasto.at(-1) === sorted.at(-1),
  )
  expect(ofMegalodon).toEqual(sorted)
  expect(socket.of('update').map(({ id }) => id)).toEqual(sorted)
  expect(ofMasto).toEqual(sorted.slice(sorted.indexOf(heardFirst)))

  const closed = once(socket.raw, 'close')
  other.child.kill('SIGTERM')
  expect((await closed)[0]).toBe(1001)
  expect(await other.ended).toBe(0)
  streaming.close()
  await reading
})
