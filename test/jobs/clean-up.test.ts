import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { countDay } from '#src/instance/stats.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { eventHour } from '#src/platform/db/schema/events.ts'
import { firstIdAt } from '#src/platform/ids.ts'
import { newFileName } from '#src/platform/storage/names.ts'
import { addDays, dayMs, dayOf } from '#src/platform/time.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { forgetJobs, localAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { connectExplaining, readsOf } from '#test/plans.ts'
import { runJobs } from './run.ts'

const nothing = {
  sessions: 0,
  mailTokens: 0,
  authorizationCodes: 0,
  accessTokens: 0,
  expiredTokens: 0,
  signInStates: 0,
  securityEvents: 0,
  devices: 0,
  logAddresses: 0,
  sessionAddresses: 0,
  signUpAddresses: 0,
  tokenAddresses: 0,
  kv: 0,
  attempts: 0,
  networks: 0,
  idempotencyKeys: 0,
  receivedActivities: 0,
  accounts: 0,
  tombstones: 0,
  deleteRecipients: 0,
  activeDays: 0,
  deliveryDays: 0,
  tagDays: 0,
  cardDays: 0,
  cards: 0,
  documents: 0,
  mutes: 0,
  activities: 0,
  strikePosts: 0,
  statuses: 0,
  media: 0,
  remoteFiles: 0,
  remoteFilesOverflow: 0,
  unconfirmed: 0,
  events: 0,
  interactionRequests: 0,
}

/** An id that is as many days old. */
const idOfDay = (days: number): string => firstIdAt(new Date(start - days * dayMs))
const start = Date.now()

/** One row of each kind that has just expired, and one that has not. */
async function expire(t: TestDatabase): Promise<void> {
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice)
  const statements = [
    sql`insert into sessions (token_hash, account_id, expires_at) values ('a', ${alice}, now() - interval '1 second'), ('b', ${alice}, now() + interval '1 hour')`,
    sql`insert into mail_tokens (token_hash, account_id, purpose, email, expires_at) values ('a', ${alice}, 'reset', 'a@b.test', now() - interval '1 second'), ('b', ${alice}, 'reset', 'a@b.test', now() + interval '1 hour')`,
    sql`insert into applications (id, name, client_id, client_secret_hash, redirect_uris, scopes) values (1, 'App', 'app', 'x', '{https://app.test}', '{read}')`,
    sql`insert into authorization_codes (code_hash, application_id, account_id, redirect_uri, scopes, expires_at) values
      ('a', 1, ${alice}, 'x', '{read}', now() - interval '25 hours'), ('b', 1, ${alice}, 'x', '{read}', now() - interval '23 hours')`,
    sql`insert into access_tokens (id, token_hash, application_id, account_id, scopes, revoked_at) values
      (1, 'a', 1, ${alice}, '{read}', now() - interval '25 hours'), (2, 'b', 1, ${alice}, '{read}', now()), (3, 'c', 1, ${alice}, '{read}', null)`,
    sql`insert into access_tokens (id, token_hash, application_id, account_id, scopes, expires_at) values
      (4, 'd', 1, ${alice}, '{read}', now() - interval '31 days'), (5, 'e', 1, ${alice}, '{read}', now() - interval '29 days')`,
    sql`insert into sign_in_states (state_hash, browser_hash, kind, data, expires_at) values ('a', 'a', 'factor', '', now() - interval '1 second'), ('b', 'b', 'factor', '', now() + interval '1 minute')`,
    sql`insert into security_events (id, account_id, kind) values (${idOfDay(401)}, ${alice}, 'signedIn'), (${idOfDay(399)}, ${alice}, 'signedIn')`,
    sql`insert into devices (account_id, token_hash, last_used_at) values (${alice}, 'a', now() - interval '402 days'), (${alice}, 'b', now() - interval '401 days')`,
    sql`insert into kv (key, value, expires_at) values ('a', '1', now() - interval '1 second'), ('b', '1', now() + interval '1 hour'), ('c', '1', null)`,
    sql`insert into attempts (key, count, expires_at) values ('a', 1, now() - interval '1 second'), ('b', 1, now() + interval '1 hour')`,
    sql`insert into idempotency_keys (account_id, key, status_id, created_at) values (${alice}, 'a', ${post}, now() - interval '25 hours'), (${alice}, 'b', ${post}, now() - interval '23 hours')`,
    sql`insert into received_activities (key, received_at) values (gen_random_uuid(), now() - interval '31 days'), (gen_random_uuid(), now() - interval '29 days')`,
    sql`insert into tombstones (uri, created_at) values ('a', now() - interval '8 days'), ('b', now() - interval '25 hours')`,
    sql`insert into events (event, slot) select '{}', (${eventHour} + n) % 3 from generate_series(0, 1) n`,
    sql`insert into active_days (day, account_id) values (current_date - 201, ${alice}), (current_date - 190, ${alice})`,
    sql`insert into tags (id, name, display_name) values (1, 'a', 'a')`,
    sql`insert into tag_days (tag_id, day, uses, accounts) values (1, current_date - 16, 1, 1), (1, current_date - 14, 1, 1)`,
    sql`insert into cards (id, url, is_usable, created_at) values (1, 'https://a.test', true, now())`,
    sql`insert into card_days (card_id, day, uses, accounts) values (1, current_date - 16, 1, 1), (1, current_date - 14, 1, 1)`,
    sql`insert into activities (id, uri, type, body, created_at) values (1, 'a', 'Create', '{}', now() - interval '31 days'), (2, 'b', 'Create', '{}', now() - interval '29 days'), (3, 'c', 'Create', '{}', now() - interval '31 days')`,
    sql`insert into documents (uri, made_at) values ('a', now() - interval '31 days'), ('b', now() - interval '29 days'), ('emojis', now() - interval '31 days')`,
    sql`insert into interaction_requests (id, account_id, from_account_id, status_id, kind, state, created_at, answered_at)
      select n, ${alice}, ${alice}, ${post}, 'like', 'rejected', now() - interval '92 days', now() - (88 + n) * interval '1 day' from generate_series(1, 3, 2) n`,
    sql`insert into deliveries (activity_id, inbox_url, host) values (3, 'https://a.test', 'a.test')`,
  ]
  for (const statement of statements) await t.db.execute(statement)
  for (const [name, age] of [
    ['never', 8],
    ['not_yet', 6],
  ] as const) {
    const id = await localAccount(t, name, { isConfirmed: false })
    await t.db.execute(sql`update users set created_at = now() - ${age} * interval '1 day' where account_id = ${id}`)
  }
}

test('the clean-up deletes expired rows, and no others', async () => {
  await using t = await database()
  await expire(t)
  expect(await cleanUp(t.app)).toEqual({
    ...nothing,
    sessions: 1,
    events: 1,
    interactionRequests: 1,
    mailTokens: 1,
    authorizationCodes: 1,
    accessTokens: 1,
    expiredTokens: 1,
    signInStates: 1,
    securityEvents: 1,
    devices: 1,
    kv: 1,
    attempts: 1,
    idempotencyKeys: 1,
    receivedActivities: 1,
    tombstones: 1,
    activeDays: 1,
    tagDays: 1,
    cardDays: 1,
    activities: 1,
    documents: 1,
    unconfirmed: 1,
  })
  expect(await cleanUp(t.app)).toEqual(nothing)
})

test('addresses are deleted after the days that admins set, each by its last use', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const fill = [
    sql`update users set sign_up_address = '192.0.2.1', created_at = now() - interval '10 days'`,
    sql`insert into security_events (id, account_id, kind, address) values (${idOfDay(11)}, ${alice}, 'signedIn', '192.0.2.1'), (${idOfDay(9)}, ${alice}, 'signedIn', '192.0.2.1')`,
    sql`insert into sessions (token_hash, account_id, created_at, expires_at, last_used_at, address) values
      ('a', ${alice}, now() - interval '20 days', now() + interval '40 days', now() - interval '11 days', '192.0.2.1'),
      ('b', ${alice}, now() - interval '20 days', now() + interval '40 days', now() - interval '9 days', '192.0.2.1')`,
    sql`insert into applications (id, name, client_id, client_secret_hash, redirect_uris, scopes) values (1, 'App', 'app', 'x', '{https://app.test}', '{read}')`,
    sql`insert into access_tokens (id, token_hash, application_id, account_id, scopes, last_used_at, last_address) values
      (1, 'a', 1, ${alice}, '{read}', now() - interval '11 days', '192.0.2.1'), (2, 'b', 1, ${alice}, '{read}', now() - interval '9 days', '192.0.2.1')`,
  ]
  for (const statement of fill) await t.db.execute(statement)
  expect(await cleanUp(t.app)).toEqual(nothing)
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { addressesKeptDays: 10 }))
  const due = { logAddresses: 1, sessionAddresses: 1, signUpAddresses: 1, tokenAddresses: 1 }
  await vi.waitFor(async () => expect((await loadSettings(t.db)).addressesKeptDays).toBe(10))
  expect(await cleanUp(t.app)).toEqual({ ...nothing, ...due })
  expect(await cleanUp(t.app)).toEqual(nothing)
  const { rows } = await t.db.execute(sql`
    select 'event' as kind, id::text from security_events where address is not null
    union all select 'session', convert_from(token_hash, 'UTF8') from sessions where address is not null
    union all select 'token', id::text from access_tokens where last_address is not null order by kind`)
  expect(rows).toEqual([
    { kind: 'event', id: idOfDay(9) },
    { kind: 'session', id: 'b' },
    { kind: 'token', id: '2' },
  ])
})

test('sweeps of the security log, addresses and browsers read what is due, not all rows', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const dayOfIds = 86_400_000n << 16n
  const fill = [
    // Fifty a day for 410 days; the addresses of the last 100.
    sql`insert into security_events (id, account_id, kind, address)
      select ${idOfDay(410)}::bigint + n * ${String(dayOfIds / 50n)}::bigint, ${alice}, 'signedIn', case when n >= 15500 then '192.0.2.' || n % 250 end from generate_series(1, 20490) n`,
    sql`insert into sessions (token_hash, account_id, created_at, expires_at, last_used_at, address)
      select sha256(n::text::bytea), ${alice}, now() - n * interval '4 minutes', now() + interval '60 days' - n * interval '4 minutes', now() - n * interval '4 minutes', '192.0.2.1' from generate_series(1, 20000) n`,
    sql`insert into accounts (id, username, uri, url, inbox_url) select n, 'someone' || n, 'https://pipit.test/' || n, 'https://pipit.test/' || n, '' from generate_series(1, 2000) n`,
    sql`insert into devices (account_id, token_hash, last_used_at) select 1 + n % 2000, sha256(n::text::bytea), now() - n * interval '30 minutes' from generate_series(1, 20000) n`,
    sql`insert into sign_in_states (state_hash, browser_hash, kind, data, expires_at) select sha256(n::text::bytea), 'b', 'factor', '', now() + n * interval '1 hour' from generate_series(-9, 20000) n`,
    sql`insert into applications (id, name, client_id, client_secret_hash, redirect_uris, scopes) values (1, 'App', 'app', 'x', '{https://app.test}', '{read}')`,
    sql`insert into access_tokens (id, token_hash, application_id, account_id, scopes, last_used_at, last_address, expires_at)
      select n, sha256(n::text::bytea), 1, ${alice}, '{read}', now() - n * interval '6.6 minutes', '192.0.2.1', case when n % 100 = 0 then now() + (n - 1000) * interval '1 hour' end from generate_series(1, 20000) n`,
  ]
  for (const statement of fill) await t.db.execute(statement)
  await t.db.execute(sql`analyze`)
  const explaining = connectExplaining(t.url, 1)
  const removed = await cleanUp({ ...t.app, db: explaining.db })
  await explaining.db.$client.end()
  expect(removed).toMatchObject({ sessionAddresses: 0, signInStates: 10, expiredTokens: 2 })
  for (const name of ['securityEvents', 'logAddresses', 'devices', 'tokenAddresses'] as const)
    expect(removed[name]).toBeGreaterThan(80)
  const tables = ['security_events', 'sessions', 'devices', 'sign_in_states', 'access_tokens', 'users']
  const reads = explaining.statements
    .filter(({ text }) =>
      /security_events|update sessions|devices|sign_in_states|access_tokens|sign_up_address/.test(text),
    )
    .flatMap((statement) => readsOf(statement))
    .filter(({ table }) => tables.includes(table))
  expect(reads.filter(({ isWhole, rows }) => isWhole && rows > 1)).toEqual([])
  // The walk over the tokens is the only read of most rows; those of browsers include the others of the same accounts.
  expect(reads.filter(({ table, rows }) => table !== 'access_tokens' && rows > 10_000)).toEqual([])
})

test('one clean-up can delete more rows than a batch has', async () => {
  await using t = await database()
  await t.db.execute(
    sql`insert into tombstones (uri, created_at) select i::text, now() - interval '8 days' from generate_series(1, 2500) i`,
  )
  expect(await cleanUp(t.app)).toMatchObject({ tombstones: 2500 })
})

test('the numbers of ended deliveries of a day stay until the day is counted', async () => {
  await using t = await database()
  const day = addDays(dayOf(new Date()), -20)
  await t.db.execute(
    sql`insert into delivery_days (day, backend, delivered, failed) values (${day}, 1, 1, 0), ((now() at time zone 'UTC')::date - 13, 1, 1, 0)`,
  )
  expect(await cleanUp(t.app)).toMatchObject({ deliveryDays: 0 })
  await t.db.transaction((tx) => countDay(tx, day))
  await t.db.execute(sql`update daily_stats set counted_at = ${`${day}T13:00:00Z`}`)
  expect(await cleanUp(t.app)).toMatchObject({ deliveryDays: 0 })
  await t.db.transaction((tx) => countDay(tx, day))
  expect(await cleanUp(t.app)).toMatchObject({ deliveryDays: 1 })
})

test('the tombstone row of a deleted post is deleted after a month', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [old, young] = [await status(t, alice), await status(t, alice)]
  for (const id of [old, young]) await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  await t.db.execute(sql`update statuses set deleted_at = now() - interval '31 days' where id = ${old}`)
  expect(await cleanUp(t.app)).toMatchObject({ statuses: 1 })
  const { rows } = await t.db.execute(sql`select id from statuses`)
  expect(rows).toEqual([{ id: young }])
})

test('an unattached upload is deleted after a day, with its files', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const names = Array.from({ length: 4 }, () => newFileName('webp'))
  for (const name of names) await t.app.storage.put(name, Buffer.from('x'))
  await t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, preview_file, created_at) values
    (1, ${alice}, 'image', 'image/webp', ${names[0]}, ${names[1]}, now() - interval '25 hours'), (2, ${alice}, 'image', 'image/webp', ${names[2]}, ${names[3]}, now() - interval '23 hours')`)
  await forgetJobs(t)
  expect(await cleanUp(t.app)).toMatchObject({ media: 1 })
  await runJobs(t)
  expect(await Promise.all(names.map(async (name) => (await t.app.storage.get(name)) !== null))).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test('files of drafts are kept, and the search for unattached uploads does not read them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`insert into drafts (id, account_id, content) values (1, ${alice}, '{}')`)
  await t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, draft_id, created_at)
    select n, ${alice}, 'image', 'image/webp', n || '.webp', 1, now() - interval '25 hours' from generate_series(1, 2000) n`)
  await t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, created_at) values
    (3000, ${alice}, 'image', 'image/webp', '3000.webp', now() - interval '25 hours')`)
  await t.db.execute(sql`analyze media`)
  const explaining = connectExplaining(t.url, 1)
  try {
    expect(await cleanUp({ ...t.app, db: explaining.db })).toMatchObject({ media: 1 })
  } finally {
    await explaining.db.$client.end()
  }
  const reads = explaining.statements
    .filter(({ text }) => text.includes('delete from media'))
    .flatMap((statement) => readsOf(statement))
  expect(reads.length).toBeGreaterThan(0)
  expect(Math.max(...reads.map(({ rows }) => rows))).toBe(1)
  const { rows } = await t.db.execute(sql`select count(*)::int as n from media`)
  expect(rows).toEqual([{ n: 2000 }])
})
