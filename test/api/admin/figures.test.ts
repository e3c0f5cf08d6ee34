/** Figures of the API for staff: measures, dimensions and retention, checked against data made for them. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { permissionBits } from '#src/accounts/roles/permissions.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { countDay } from '#src/instance/stats.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { reopenReport, resolveReport } from '#src/moderation/reports/handle.ts'
import { type AccountId, firstIdAt, type Id } from '#src/platform/ids.ts'
import { addDays, dayOf } from '#src/platform/time.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { type Json, serve, type TestServer, tokenOf } from '../server.ts'

const today = dayOf(new Date())
const ago = (days: number): string => addDays(today, -days)
const noon = (day: string): Date => new Date(`${day}T12:00:00Z`)
const idOn = (day: string, n = 0): string => String(BigInt(firstIdAt<Id<'any'>>(noon(day))) + BigInt(n))
const last = (days: number) => ({ start_at: ago(days - 1), end_at: today })

type Asked = (what: 'measures' | 'dimensions' | 'retention', body: object) => Promise<Json>

/** Asks as a member of staff, and checks the form of the answer. */
async function asker(t: TestDatabase, server: TestServer): Promise<Asked> {
  const token = await tokenOf(t.app, await localAccount(t, 'mod', { role: 'moderator' }), ['admin:read'])
  const entities = { measures: '[Admin_Measure]', dimensions: '[Admin_Dimension]', retention: '[Admin_Cohort]' }
  return (what, body) => server.post(`/api/v1/admin/${what}`, entities[what], token, body)
}

const valuesOf = (measure: Json): string[] => measure.data.map((day: Json) => day.value)
const partsOf = (dimension: Json): Json[] => dimension.data.map((part: Json) => [part.key, part.value])

async function wasActive(t: TestDatabase, account: AccountId, ...days: string[]): Promise<void> {
  for (const day of days)
    await t.db.execute(
      sql`insert into active_days (account_id, day) values (${account}, ${day}) on conflict do nothing`,
    )
}

test('people and interactions come from the statistics of days, and today is counted now', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(sql`delete from active_days`)
  await wasActive(t, alice, today, ago(1), ago(2), ago(4))
  await wasActive(t, bob, ago(2), ago(5))
  await t.db.execute(sql`
    insert into daily_stats (day, new_users, active_users, statuses, replies, reblogs, favourites, follows, remote_statuses, deliveries, failed_deliveries, counted_at)
    select d::date, 10 + n, 3, 100, 2, 3, n, 9, 9, 9, 9, now() from generate_series(1, 7) n cross join lateral (select current_date - n::int as d) x`)
  for (const day of [ago(1), ago(2)])
    await t.db.execute(
      sql`update daily_stats set active_users = (select count(*) from active_days a where a.day = ${day}) where day = ${day}`,
    )
  const post = await status(t, alice, { text: 'Hello' })
  await status(t, bob, { text: 'Hi', inReplyToId: post })
  await t.db.transaction((tx) => favourite(tx, bob, post))

  const [active, fresh, interactions] = await ask('measures', {
    keys: ['active_users', 'new_users', 'interactions'],
    ...last(3),
  })
  // The moderator who asks is active, too.
  expect(active).toMatchObject({ key: 'active_users', unit: null, total: '3', previous_total: '2' })
  expect(valuesOf(active)).toEqual(['2', '1', '2'])
  expect(active.data.map((day: Json) => day.date)).toEqual([ago(2), ago(1), today].map((day) => `${day}T00:00:00.000Z`))
  expect(fresh).toMatchObject({ total: String(12 + 11 + 3), previous_total: String(15 + 14 + 13) })
  expect(valuesOf(fresh)).toEqual(['12', '11', '3'])
  expect(interactions).toMatchObject({ total: String(7 + 6 + 2), previous_total: String(10 + 9 + 8) })
  expect(valuesOf(interactions)).toEqual(['7', '6', '2'])
  expect(active).not.toHaveProperty('human_value')

  // A day that the job has not counted to its end yet is counted anew.
  const counted = await ask('measures', { keys: ['interactions'], start_at: ago(5), end_at: ago(4) })
  expect(valuesOf(counted[0])).toEqual(['10', '9'])
})

test('the day before counts before the job has counted it', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update users set created_at = ${noon(ago(1)).toISOString()} where account_id = ${alice}`)
  await t.db.transaction((tx) => countDay(tx, today))
  const [fresh] = await ask('measures', { keys: ['new_users'], ...last(2) })
  expect(valuesOf(fresh)).toEqual(['1', '1'])
})

test('reports count on the day of their opening, and on that of their resolution', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const report = () =>
    t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: bob, category: 'spam' }))
  const made = [await report(), await report(), await report()]
  const ids = (await t.db.execute<{ id: Id<'report'> }>(sql`select id from reports order by id`)).rows.map(
    ({ id }) => id,
  )
  expect(made).toHaveLength(3)
  await t.db.execute(sql`delete from notifications`)
  await t.db.execute(
    sql`update reports set id = ${idOn(ago(1))}, created_at = ${noon(ago(1)).toISOString()} where id = ${ids[0]}`,
  )
  await t.db.execute(
    sql`update reports set id = ${idOn(ago(4))}, created_at = ${noon(ago(4)).toISOString()} where id = ${ids[1]}`,
  )
  await t.db.transaction((tx) => resolveReport(tx, commandLine, ids[2]!))
  await t.db.transaction((tx) => resolveReport(tx, commandLine, idOn(ago(1)) as Id<'report'>))
  await t.db.transaction((tx) => reopenReport(tx, commandLine, idOn(ago(1)) as Id<'report'>))
  const [opened, resolved] = await ask('measures', { keys: ['opened_reports', 'resolved_reports'], ...last(3) })
  expect(opened).toMatchObject({ total: '2', previous_total: '1' })
  expect(valuesOf(opened)).toEqual(['0', '1', '1'])
  expect(resolved).toMatchObject({ total: '1', previous_total: '0' })
  expect(valuesOf(resolved)).toEqual(['0', '0', '1'])
})

test('a hashtag has uses, accounts, servers and languages', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [carol, dave] = [await remoteAccount(t, 'carol'), await remoteAccount(t, 'dave', 'other.test')]
  const birds = [{ name: 'birds', displayName: 'birds' }]
  for (const author of [alice, alice, bob]) await status(t, author, { text: '#birds', language: 'en' })
  await status(t, bob, { text: '#birds', visibility: 'private' })
  await remoteStatus(t, carol, { tags: birds, language: 'de', publishedAt: new Date(Date.now() - 3_600_000) })
  await remoteStatus(t, dave, { tags: birds, publishedAt: noon(ago(2)) })
  await remoteStatus(t, dave, { tags: birds, publishedAt: noon(ago(5)) })
  await computeTrends(t.db, 6)
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from tags where name = 'birds'`)
  const id = rows[0]!.id
  const about = { tag_uses: { id }, tag_accounts: { id }, tag_servers: { id }, tag_languages: { id } }

  const [uses, accounts, servers] = await ask('measures', {
    keys: ['tag_uses', 'tag_accounts', 'tag_servers'],
    ...about,
    ...last(3),
  })
  expect([uses.total, accounts.total, servers.total]).toEqual(['5', '4', '3'])
  expect([uses, accounts, servers].map((one) => one.previous_total)).toEqual(['1', '1', '1'])
  // An hour ago may be yesterday.
  const sum = (measure: Json) => valuesOf(measure).reduce((total, value) => total + Number(value), 0)
  expect([valuesOf(uses)[0], valuesOf(accounts)[0], valuesOf(servers)[0]]).toEqual(['1', '1', '1'])
  expect([sum(uses), sum(accounts), sum(servers)]).toEqual([5, 4, 3])

  const [byServer, byLanguage] = await ask('dimensions', {
    keys: ['tag_servers', 'tag_languages'],
    ...about,
    ...last(3),
  })
  expect(partsOf(byServer)).toEqual([
    ['pipit.test', '3'],
    ['other.test', '1'],
    ['remote.test', '1'],
  ])
  expect(byLanguage.data.map((part: Json) => [part.key, part.human_key, part.value])).toEqual([
    ['en', 'English', '3'],
    ['und', 'Unknown', '1'],
    ['de', 'German', '1'],
  ])
  // Without a hashtag there is nothing to count.
  expect(await ask('measures', { keys: ['tag_uses'], ...last(3) })).toEqual([])
})

test('another server has accounts, posts, files, reports and follows', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const alice = await localAccount(t, 'alice')
  const [carol, dave, other] = [
    await remoteAccount(t, 'carol'),
    await remoteAccount(t, 'dave'),
    await remoteAccount(t, 'eve', 'other.test'),
  ]
  await t.db.execute(sql`delete from account_stats where account_id = ${dave}`)
  await t.db.execute(sql`update accounts set id = ${idOn(ago(1))} where id = ${dave}`)
  await t.db.execute(sql`insert into account_stats (account_id) values (${idOn(ago(1))})`)
  const url = 'https://remote.test/a.png'
  const image = {
    kind: 'image',
    mediaType: 'image/png',
    description: '',
    width: null,
    height: null,
    blurhash: null,
  } as const
  await remoteStatus(t, carol, { language: 'de', media: [{ ...image, url, focus: { x: 0, y: 0 } }] })
  await remoteStatus(t, carol, { language: 'de', publishedAt: noon(ago(1)) })
  await remoteStatus(t, carol, { language: 'en', publishedAt: noon(ago(9)) })
  await remoteStatus(t, carol, { visibility: 'direct' })
  await remoteStatus(t, other)
  await t.db.execute(
    sql`insert into remote_files (url, kind, file, bytes) values (${url}, 'image', 'a', 1536), ('https://other.test/a.png', 'image', 'b', 7)`,
  )
  for (const target of [carol, other]) await makeFollow(t, alice, target)
  await t.db.execute(
    sql`insert into follows (id, follower_id, target_id, uri) values (${idOn(ago(1))}, ${carol}, ${alice}, 'x')`,
  )
  await t.db.execute(sql`update account_stats set following_count = 1 where account_id = ${carol}`)
  await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: carol, category: 'spam' }))

  const keys = [
    'instance_accounts',
    'instance_media_attachments',
    'instance_reports',
    'instance_statuses',
    'instance_follows',
    'instance_followers',
  ]
  const about = Object.fromEntries(keys.map((key) => [key, { domain: 'Remote.test' }]))
  const found = await ask('measures', { keys, ...about, ...last(2) })
  expect(found.map((one: Json) => [one.key, one.total, valuesOf(one)])).toEqual([
    ['instance_accounts', '2', ['1', '0']],
    ['instance_media_attachments', '1536', ['0', '1536']],
    ['instance_reports', '1', ['0', '1']],
    ['instance_statuses', '3', ['1', '1']],
    ['instance_follows', '1', ['0', '1']],
    ['instance_followers', '1', ['1', '0']],
  ])
  expect(found[1]).toMatchObject({ unit: 'bytes', human_value: '1.5 KB' })
  for (const one of found) expect(one).not.toHaveProperty('previous_total')

  const [accounts, languages] = await ask('dimensions', {
    keys: ['instance_accounts', 'instance_languages'],
    instance_accounts: { domain: 'remote.test' },
    instance_languages: { domain: 'remote.test' },
    ...last(3),
  })
  expect(partsOf(accounts)).toEqual([
    ['carol', '1'],
    ['dave', '0'],
  ])
  expect(partsOf(languages)).toEqual([['de', '2']])
})

test('dimensions say how people, posts and room are made up', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  await t.db.execute(
    sql`update users set locale = case when account_id = ${carol} then 'de' else 'en' end, sign_up_app = case when account_id in (${alice}, ${bob}) then 'Ivory' end where account_id in (${alice}, ${bob}, ${carol})`,
  )
  await t.db.execute(sql`update users set created_at = now() - interval '40 days' where account_id = ${bob}`)
  for (const account of [alice, bob, carol]) await wasActive(t, account, ago(1))
  await wasActive(t, carol, ago(3))
  const remote = await remoteAccount(t, 'dave')
  for (let i = 0; i < 3; i++) await remoteStatus(t, remote)
  await status(t, alice, { text: 'Hello' })
  await t.db.execute(sql`insert into remote_files (url, kind, file, bytes) values ('x', 'image', 'a', 2048)`)

  const answers = await ask('dimensions', {
    keys: ['languages', 'sources', 'servers', 'space_usage', 'software_versions'],
    ...last(7),
  })
  const [languages, sources, servers, space, versions] = answers
  expect(languages.data).toEqual([
    { key: 'en', human_key: 'English', value: '2' },
    { key: 'de', human_key: 'German', value: '1' },
  ])
  expect(sources.data).toEqual([
    { key: 'web', human_key: 'Website', value: '2' },
    { key: 'Ivory', human_key: 'Ivory', value: '1' },
  ])
  expect(partsOf(servers)).toEqual([
    ['remote.test', '3'],
    ['pipit.test', '1'],
  ])
  expect(space.data[1]).toMatchObject({ key: 'media', value: '2048', unit: 'bytes', human_value: '2 KB' })
  expect(space.data[0]).toMatchObject({ key: 'postgresql', unit: 'bytes' })
  expect(versions.data.map((part: Json) => part.key)).toEqual(['pipit', 'node', 'postgresql'])
  expect(versions.data[1].value).toBe(process.versions.node)
  // Without a span, the last 30 days; and no more than the wanted parts.
  expect(partsOf((await ask('dimensions', { keys: ['servers'], limit: 1 }))[0])).toEqual([['remote.test', '3']])
  expect((await ask('dimensions', { keys: ['languages'], start_at: ago(4), end_at: ago(2) }))[0].data).toEqual([
    { key: 'de', human_key: 'German', value: '1' },
  ])
})

test('retention follows those who signed up in a day or a month', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await asker(t, server)
  await t.db.execute(sql`update users set created_at = '2020-01-01'`)
  const people = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((name) => localAccount(t, name)))
  const [alice, bob, carol, dave] = people as [AccountId, AccountId, AccountId, AccountId]
  const signedUp = (id: AccountId, day: string) =>
    t.db.execute(sql`update users set created_at = ${noon(day).toISOString()} where account_id = ${id}`)
  for (const id of [alice, bob, carol]) await signedUp(id, ago(2))
  await signedUp(dave, ago(1))
  await wasActive(t, alice, ago(2), today)
  await wasActive(t, bob, ago(2))

  const cohorts = await ask('retention', { ...last(3), frequency: 'day' })
  expect(cohorts.map((one: Json) => one.data.map((period: Json) => period.value))).toEqual([
    ['2', '1', '1'],
    ['0', '0'],
    ['0'],
  ])
  expect(cohorts[0]).toMatchObject({ period: `${ago(2)}T00:00:00.000Z`, frequency: 'day' })
  expect(cohorts[0].data[1]).toEqual({ date: `${ago(1)}T00:00:00.000Z`, rate: 1 / 3, value: '1' })

  // By month: everybody who signed up in it, and was active in it or later.
  const first = `${today.slice(0, 7)}-01`
  const before = `${addDays(first, -1).slice(0, 7)}-01`
  for (const id of [alice, bob]) await signedUp(id, before)
  for (const id of [carol, dave]) await signedUp(id, first)
  await wasActive(t, bob, before)
  const months = await ask('retention', { start_at: addDays(first, -5), end_at: today, frequency: 'month' })
  expect(months.map((one: Json) => [one.period.slice(0, 10), one.data.map((period: Json) => period.value)])).toEqual([
    [before, ['2', today.slice(0, 7) === ago(2).slice(0, 7) ? '2' : '1']],
    [first, ['0']],
  ])
})

test('spans are bounded, and unknown keys ignored', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'mod', { role: 'moderator' }))
  const answer = async (what: string, body: object) => {
    const { status: code, body: said } = await server.call('POST', `/api/v1/admin/${what}`, { token, body })
    return [code, said.error ?? said]
  }
  const keys = ['new_users']
  expect(await answer('measures', { keys: ['nonsense', 'new_users', 'new_users'], ...last(1) })).toEqual([
    200,
    [expect.objectContaining({ key: 'new_users' })],
  ])
  expect(await answer('measures', last(1))).toEqual([200, []])
  expect(await answer('dimensions', { keys: ['nonsense'] })).toEqual([200, []])
  expect(await answer('measures', { keys, end_at: today })).toEqual([
    400,
    'param is missing or the value is empty: start_at',
  ])
  expect(await answer('retention', { start_at: today, frequency: 'day' })).toEqual([
    400,
    'param is missing or the value is empty: end_at',
  ])
  expect((await answer('measures', { keys, start_at: 'soon', end_at: today }))[0]).toBe(422)
  expect(await answer('measures', { keys, start_at: today, end_at: ago(1) })).toEqual([
    422,
    'Validation failed: End at must not lie before start at',
  ])
  for (const what of ['measures', 'dimensions'])
    expect(await answer(what, { keys, start_at: ago(366), end_at: today })).toEqual([
      422,
      'Validation failed: Start at must not lie more than 366 days before end at',
    ])
  expect((await answer('measures', { keys, start_at: ago(365), end_at: today }))[0]).toBe(200)
  expect(await answer('retention', { ...last(94), frequency: 'day' })).toEqual([
    422,
    'Validation failed: Start at must not lie more than 93 days before end at',
  ])
  expect((await answer('retention', { ...last(93), frequency: 'day' }))[0]).toBe(200)
  expect(await answer('retention', { start_at: '1000-01-01', end_at: '9999-01-01', frequency: 'month' })).toEqual([
    422,
    'Validation failed: Start at and end at must lie between the year 2000 and next year',
  ])
})

test('only roles that see the dashboard get figures, and only with the scope', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await t.db.execute(sql`
    insert into roles (id, name, permissions, position) values (77, 'Watcher', ${permissionBits.view_dashboard}::bigint, 5),
      (78, 'Gardener', ${permissionBits.manage_taxonomies | permissionBits.manage_reports}::bigint, 5)`)
  const answers = async (token?: string) =>
    Promise.all(
      ['measures', 'dimensions', 'retention'].map(
        async (what) =>
          (
            await server.call('POST', `/api/v1/admin/${what}`, {
              token,
              body: { keys: ['new_users', 'space_usage'], ...last(1), frequency: 'day' },
            })
          ).status,
      ),
    )
  const people: Record<string, AccountId> = {}
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const)
    people[role] = await localAccount(t, `the_${role}`, { role })
  for (const [name, role] of [
    ['watcher', 77],
    ['gardener', 78],
  ] as const) {
    people[name] = await localAccount(t, name)
    await t.db.execute(sql`update users set role_id = ${role} where account_id = ${people[name]}`)
  }
  const seen: Record<string, number[]> = { nobody: await answers() }
  for (const [who, id] of Object.entries(people)) seen[who] = await answers(await tokenOf(t.app, id, ['admin:read']))
  const [yes, no] = [
    [200, 200, 200],
    [403, 403, 403],
  ]
  expect(seen).toEqual({
    nobody: [401, 401, 401],
    user: no,
    moderator: yes,
    admin: yes,
    owner: yes,
    watcher: yes,
    gardener: no,
  })
  for (const scopes of [['admin:write'], ['read', 'admin:read:accounts']] as const)
    expect(await answers(await tokenOf(t.app, people['owner']!, [...scopes]))).toEqual(no)
})
