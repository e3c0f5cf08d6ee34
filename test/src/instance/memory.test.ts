import { sql } from 'drizzle-orm'
/** The instance's description of itself stays in memory until it changes, in any process. */
import { expect, test, vi } from 'vitest'
import { changeAccount } from '#src/accounts/manage.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveText } from '#src/instance/texts.ts'
import { addRule, removeRule } from '#src/moderation/instance-rules.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { App } from '#src/platform/app.ts'
import { followChanges, stateOf } from '#src/platform/db/changes.ts'
import { connect } from '#src/platform/db/index.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { serve, type TestServer } from '#test/api/server.ts'
import { localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

type Process = AsyncDisposable & { app: App; server: TestServer; statements: string[] }

/** A process that serves the API of a test's database, with a pool of its own, and the statements that it sends. */
async function processOf(t: TestDatabase): Promise<Process> {
  const db = connect(t.url, 3)
  const statements: string[] = []
  db.$client.on('connect', (client) => {
    const ask = client.query.bind(client) as (query: string | { text: string }, ...rest: unknown[]) => unknown
    client.query = ((query: string | { text: string }, ...rest: unknown[]) => {
      statements.push(typeof query === 'string' ? query : query.text)
      return ask(query, ...rest)
    }) as typeof client.query
  })
  const app: App = { ...t.app, db }
  const changes = followChanges(db)
  await vi.waitUntil(() => stateOf(db, 'settings') !== null)
  const server = await serve(app)
  return {
    app,
    server,
    statements,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await changes[Symbol.asyncDispose]()
      await db.$client.end()
    },
  }
}

const instance = ({ server }: Process) => server.get('/api/v2/instance', 'Instance')

test('the instance entity takes no statement once it is cached', async () => {
  await using t = await database()
  await localAccount(t, 'olga', { role: 'owner' })
  await using process = await processOf(t)
  const told = await instance(process)
  expect(told).toMatchObject({ title: 'Pipit', contact: { account: { username: 'olga' } } })
  process.statements.length = 0
  expect(await instance(process)).toEqual(told)
  await process.server.get('/api/v1/instance', 'V1_Instance')
  expect(process.statements).toEqual([])
})

test('a change is visible at once in its own process, and in others after its notification', async () => {
  await using t = await database()
  const olga = await localAccount(t, 'olga', { role: 'owner' })
  const piet = await localAccount(t, 'piet')
  await using here = await processOf(t)
  await using there = await processOf(t)
  const { db } = here.app
  const shows = async (expected: object) => {
    expect(await instance(here)).toMatchObject(expected)
    await expect.poll(() => instance(there)).toMatchObject(expected)
  }
  await shows({ title: 'Pipit', rules: [], contact: { account: { username: 'olga', display_name: '' } } })

  await db.transaction((tx) => saveSettings(tx, commandLine, { title: 'Nest' }))
  await shows({ title: 'Nest' })
  const rule = await db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  await shows({ rules: [{ text: 'Be kind' }] })
  await db.transaction((tx) => removeRule(tx, commandLine, rule))
  await shows({ rules: [] })
  await db.transaction((tx) => saveText(tx, commandLine, 'termsOfService', 'Be there'))
  await shows({ configuration: { urls: { terms_of_service: expect.stringContaining('/terms-of-service') } } })
  await updateProfile(here.app, olga, { displayName: 'Olga the owner' })
  await shows({ contact: { account: { display_name: 'Olga the owner' } } })
  await db.transaction((tx) => changeAccount(tx, piet, { role: 'owner' }))
  await db.transaction((tx) => changeAccount(tx, olga, { role: 'user' }))
  await shows({ contact: { account: { username: 'piet' } } })
})

test('a value that was read before a change committed is read again after it', async () => {
  await using t = await database()
  await using process = await processOf(t)
  const { db } = process.app
  await db.transaction(async (tx) => {
    await saveSettings(tx, commandLine, { title: 'Nest' })
    expect((await loadSettings(tx)).title).toBe('Nest')
    expect((await loadSettings(db)).title).toBe('Pipit')
  })
  expect((await loadSettings(db)).title).toBe('Nest')
})

test('a value of a rolled-back transaction is not cached', async () => {
  await using t = await database()
  await using process = await processOf(t)
  const { db } = process.app
  const failing = db.transaction(async (tx) => {
    await saveSettings(tx, commandLine, { title: 'Nest' })
    throw new Error('No')
  })
  await expect(failing).rejects.toThrow('No')
  expect((await loadSettings(db)).title).toBe('Pipit')
})

test('a change without a notification is visible after a minute', async () => {
  await using t = await database()
  await using process = await processOf(t)
  const { db } = process.app
  await loadSettings(db)
  await db.execute(sql`insert into settings (name, value) values ('title', '"Nest"')`)
  expect((await loadSettings(db)).title).toBe('Pipit')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
  try {
    expect((await loadSettings(db)).title).toBe('Nest')
  } finally {
    vi.useRealTimers()
  }
})

test('a process that lost its listening connection reads each time until it listens again', async () => {
  await using t = await database()
  await using process = await processOf(t)
  const { db } = process.app
  await loadSettings(db)
  await t.db.execute(sql`insert into settings (name, value) values ('title', '"Nest"')`)
  await t.db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pipit listener' and datname = current_database()`,
  )
  await expect.poll(async () => (await loadSettings(db)).title).toBe('Nest')
  await expect.poll(() => stateOf(db, 'settings')).not.toBe(null)
  expect((await loadSettings(db)).title).toBe('Nest')
})

test('a process that does not listen caches nothing', async () => {
  await using t = await database()
  await loadSettings(t.db)
  await t.db.execute(sql`insert into settings (name, value) values ('title', '"Nest"')`)
  expect((await loadSettings(t.db)).title).toBe('Nest')
})
