import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeReport } from '#src/instance/annual-reports/make.ts'
import { offeredYear } from '#src/instance/annual-reports/offer.ts'
import { loadReport } from '#src/instance/annual-reports/reports.ts'
import { idAt } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

const lastYear = new Date().getUTCFullYear() - 1
const path = `/year/${lastYear}`

test('a person asks for the report of a year, waits, and reads it; nobody else does', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const at = new Date(Date.UTC(lastYear, 2, 15))
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id, created_at)
    values (${idAt(at)}, ${alice}, true, 'https://pipit.test/old', 'https://pipit.test/old', 'public', '<p>Old words</p>', ${idAt(at)}, ${at.toISOString()})`)
  const site = pages(t.app)
  const [byAlice, byBob] = [visitor(site), visitor(site)]
  expect((await byAlice.get(path)).location).toBe(`/login?return_to=${encodeURIComponent(path)}`)
  await byAlice.logIn('alice', password)
  await byBob.logIn('bob', password)
  for (const wrong of ['/year/1969', '/year/20x5', '/year/12345']) expect((await byAlice.get(wrong)).status).toBe(404)

  expect((await byBob.get(path)).html).toContain('There is no report for this year')
  await byBob.post(`${path}/make`)
  expect(await t.jobPayloads('annual-report')).toEqual([])
  expect((await byAlice.get(path)).html).toContain(`action="${path}/make"`)
  expect((await byAlice.post(`${path}/make`)).location).toBe(path)
  expect((await byAlice.get(path)).html).toContain('Your year is being counted')
  expect(await t.jobPayloads('annual-report')).toEqual([{ accountId: alice, year: lastYear }])

  await makeReport(t.app, alice, lastYear)
  const { html } = await byAlice.get(path)
  expect(html).toContain('The listener')
  expect(html).toMatch(/March \d{4}.*?<\/svg>1</s)
  expect((await loadReport(t.db, alice, lastYear)).readAt).not.toBeNull()
  expect((await byBob.get(path)).html).not.toContain('The listener')
})

test('Home offers the year only in its season, to who wrote in it, until it is read', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const at = new Date(Date.UTC(lastYear, 2, 15))
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, thread_id, created_at)
    values (${idAt(at)}, ${alice}, true, 'https://pipit.test/old', 'https://pipit.test/old', 'public', ${idAt(at)}, ${at.toISOString()})`)
  const season = new Date(Date.UTC(lastYear, 11, 20))
  expect(await offeredYear(t.db, alice, new Date(Date.UTC(lastYear, 10, 20)))).toBeNull()
  expect(await offeredYear(t.db, alice, season)).toBe(lastYear)
  expect(await offeredYear(t.db, bob, season)).toBeNull()
  await makeReport(t.app, alice, lastYear)
  expect(await offeredYear(t.db, alice, season)).toBe(lastYear)
  await t.db.execute(sql`update annual_reports set read_at = now()`)
  expect(await offeredYear(t.db, alice, season)).toBeNull()
})
