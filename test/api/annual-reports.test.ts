import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { archetypeOf } from '#src/instance/annual-reports/archetype.ts'
import { makeReport } from '#src/instance/annual-reports/make.ts'
import { currentSeason, idsOf } from '#src/instance/annual-reports/season.ts'
import { type AccountId, idAt, type StatusId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { type Answer, type Json, serve, tokenOf } from './server.ts'

const lastYear = new Date().getUTCFullYear() - 1

/** Puts a post back into a month (1 to 12) of last year. */
async function backTo(t: TestDatabase, id: StatusId, month: number): Promise<StatusId> {
  const moment = new Date(Date.UTC(lastYear, month - 1, 15))
  const older = idAt<StatusId>(moment)
  await t.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`)
    await tx.execute(
      sql`update statuses set id = ${older}, thread_id = ${older}, created_at = ${moment.toISOString()} where id = ${id}`,
    )
    for (const table of ['status_stats', 'status_tags', 'polls'])
      await tx.execute(sql`update ${sql.identifier(table)} set status_id = ${older} where status_id = ${id}`)
    await tx.execute(sql`update statuses set reblog_of_id = ${older} where reblog_of_id = ${id}`)
  })
  return older
}

const refreshOf = ({ headers }: Answer<Json>): string =>
  /^id="([^"]+)", retry=3, result_count=0$/.exec(headers.get('Mastodon-Async-Refresh') ?? '')?.[1] ?? ''

test('the report of a past year is counted at the first request, and stored for later ones', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [token, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const path = `/api/v1/annual_reports/${lastYear}`
  const state = async (as = token) => (await server.get(`${path}/state`, 'AnnualReportState', as)).state
  expect(await state()).toBe('ineligible')

  const loved = await status(t, alice, { text: 'All about #Moss and #ferns' })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, loved))
  const best = await backTo(t, loved, 3)
  await backTo(t, await status(t, alice, { text: 'More #moss' }), 3)
  await backTo(t, await status(t, alice, { text: 'Secret #ferns #ferns #ferns', visibility: 'private' }), 7)
  await status(t, alice, { text: 'Of this year, #moss' })
  await makeFollow(t, bob, alice)
  await t.db.execute(sql`update follows set created_at = ${`${lastYear}-03-02T00:00:00Z`}`)

  expect(await state()).toBe('eligible')
  expect((await server.call('GET', path, { token })).status).toBe(404)
  const asked = await server.call('POST', `${path}/generate`, { token })
  expect([asked.status, asked.body]).toEqual([202, {}])
  const refresh = `/api/v1_alpha/async_refreshes/${refreshOf(asked)}`
  expect(await server.get(refresh, 'WrappedAsyncRefresh', token)).toMatchObject({
    async_refresh: { status: 'running', result_count: 0 },
  })
  expect(await state()).toBe('generating')
  expect(refreshOf(await server.call('POST', `${path}/generate`, { token }))).toBe(refreshOf(asked))
  expect(await t.jobPayloads('annual-report')).toEqual([{ accountId: alice, year: lastYear }])

  await runJobs(t)
  await makeReport(t.app, alice, lastYear)
  expect(await server.get(refresh, 'WrappedAsyncRefresh', token)).toMatchObject({
    async_refresh: { status: 'finished', result_count: 1 },
  })
  expect(await state()).toBe('available')
  const again = await server.call('POST', `${path}/generate`, { token })
  expect([again.status, again.headers.get('Mastodon-Async-Refresh')]).toEqual([200, null])

  const { annual_reports: reports, accounts, statuses } = await server.get(path, 'WrappedAnnualReports', token)
  expect(reports).toMatchObject([{ year: lastYear, schema_version: 2, share_url: null, account_id: alice }])
  const { data } = reports[0]
  expect(data).toMatchObject({
    archetype: 'lurker',
    top_hashtags: [{ name: 'Moss', count: 2 }],
    top_statuses: { by_reblogs: best, by_replies: null, by_favourites: null },
  })
  expect(data.time_series).toHaveLength(12)
  expect(data.time_series.filter((month: Json) => month.statuses + month.followers > 0)).toEqual([
    { month: 3, statuses: 2, followers: 1 },
    { month: 7, statuses: 1, followers: 0 },
  ])
  expect([accounts.map(({ id }: Json) => id), statuses.map(({ id }: Json) => id)]).toEqual([[alice], [best]])
  expect(await server.get('/api/v1/annual_reports', 'WrappedAnnualReports', token)).toEqual({
    annual_reports: reports,
    accounts,
    statuses,
  })
  expect((await server.call('POST', `${path}/read`, { token })).body).toEqual({})

  expect(await server.get('/api/v1/annual_reports', 'WrappedAnnualReports', asBob)).toEqual({
    annual_reports: [],
    accounts: [],
    statuses: [],
  })
  expect((await server.call('POST', `${path}/read`, { token: asBob })).status).toBe(404)

  await t.db.transaction((tx) => deleteStatus(tx, alice, best))
  const [left] = (await server.get(path, 'WrappedAnnualReports', token)).annual_reports
  expect(left.data.top_statuses.by_reblogs).toBeNull()

  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await t.db.execute(sql`select from annual_reports`)).rowCount).toBe(0)
})

test('an invalid or unfinished year has no report', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  await status(t, alice, { text: 'Hello' })
  for (const year of ['abc', '0001', '99999', '-1'])
    expect((await server.call('GET', `/api/v1/annual_reports/${year}/state`, { token })).status, year).toBe(404)
  const next = await server.call('POST', `/api/v1/annual_reports/${lastYear + 2}/generate`, { token })
  expect([next.status, next.body]).toEqual([200, {}])
  expect(await server.get('/api/v1/annual_reports/9999/state', 'AnnualReportState', token)).toEqual({
    state: 'ineligible',
  })
  expect(await t.jobs()).not.toContain('annual-report')
  expect((await server.call('GET', '/api/v1_alpha/async_refreshes/unknown', { token })).status).toBe(404)
  await makeReport(t.app, '5' as AccountId, lastYear)
  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
    wrapstodon: currentSeason() === null ? null : String(lastYear + 1),
  })
})

test('an annual report is offered from 10 December on, and its archetype follows from the year’s counts', () => {
  expect(currentSeason(new Date('2026-12-09T23:59:59Z'))).toBeNull()
  expect(currentSeason(new Date('2026-12-10T00:00:00Z'))).toBe(2026)
  expect(currentSeason(new Date('2027-01-01T00:00:00Z'))).toBeNull()
  const [from, to] = idsOf(2026)
  expect([from, to].map((id) => new Date(Number(BigInt(id) >> 16n)).toISOString())).toEqual([
    '2026-01-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ])
  const kinds = [
    [5, 5, 1, 0],
    [5, 5, 30, 0],
    [50, 20, 30, 7],
    [20, 50, 30, 1],
    [50, 20, 30, 1],
  ] as const
  expect(kinds.map(([posts, replies, boosts, polls]) => archetypeOf({ posts, replies, boosts, polls }))).toEqual([
    'lurker',
    'booster',
    'pollster',
    'replier',
    'oracle',
  ])
})
