import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { setDomainRule } from '#src/moderation/domains.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { firstIdAt } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const path = '/about/transparency'

async function blockServers(t: TestDatabase) {
  await t.db.transaction(async (tx) => {
    await setDomainRule(tx, commandLine, t.app.uris, 'spam.test', {
      severity: 'suspend',
      publicComment: 'Sends <b>spam</b>',
      privateComment: 'Told by our friends',
    })
    await setDomainRule(tx, commandLine, t.app.uris, 'secretive.test', { severity: 'silence', isObfuscated: true })
    await setDomainRule(tx, commandLine, t.app.uris, 'watched.test', { severity: 'noop' })
  })
}

const figure = z.int().multipleOf(5).nullable()
const figures = {
  reports: z.strictObject({
    local: figure,
    remote: figure,
    visitors: figure,
    categories: z.strictObject({ spam: figure, legal: figure, violation: figure, other: figure }),
    resolved: figure,
    median_hours: z.int().min(1).nullable(),
  }),
  actions: z.strictObject({
    warnings: figure,
    sensitive: figure,
    limited: figure,
    disabled: figure,
    suspended: figure,
    posts_deleted: figure,
    posts_marked: figure,
    files_removed: figure,
    lifted: figure,
  }),
  appeals: z.strictObject({ made: figure, approved: figure, rejected: figure }),
  sign_ups_rejected: figure,
  servers: z.strictObject({ limited: figure, suspended: figure }),
}
/** As `docs/moderation.md` describes it. */
const schema = z.strictObject({
  version: z.literal(1),
  host: z.literal('pipit.test'),
  counted_at: z.iso.datetime(),
  months: z.array(z.strictObject({ month: z.string().regex(/^\d{4}-\d\d$/), ...figures })).length(12),
  total: z.strictObject(figures),
  servers: z
    .array(
      z.strictObject({
        domain: z.string(),
        digest: z.string().length(64),
        severity: z.enum(['silence', 'suspend']),
        reason: z.string().nullable().optional(),
      }),
    )
    .nullable(),
})

test('everybody reads the figures, and programs the same; admins can hide both', async () => {
  await using t = await database()
  await localAccount(t, 'boss', { role: 'owner' })
  const alice = await localAccount(t, 'alice')
  const now = new Date()
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 10))
  await t.db.execute(sql`
    insert into reports (id, account_id, target_id, category, comment, created_at)
    select ${firstIdAt(last)}::bigint + n, ${alice}, ${alice}, 'spam', 'A secret comment', ${last.toISOString()}::timestamptz from generate_series(1, 12) n`)
  const guest = visitor(pages(t.app))
  expect((await guest.get('/about')).html).toContain(`href="${path}"`)
  const shown = await guest.get(path)
  expect(shown.html).toMatch(/<td>10<\/td>/)
  for (const personal of ['alice', 'boss', 'A secret comment']) expect(shown.html).not.toContain(personal)
  const json = await guest.get(`${path}.json`)
  expect(json.headers.get('Content-Type')).toContain('application/json')
  expect(json.headers.get('Cache-Control')).toBe('public, max-age=3600')
  const data = schema.parse(JSON.parse(json.html))
  expect(data.months.at(-1)?.reports).toMatchObject({ local: 10, remote: 0 })
  expect(data.servers).toBeNull()

  const boss = visitor(pages(t.app))
  await boss.logIn('boss', password)
  expect((await boss.get('/admin/settings')).html).toMatch(/name="shows_transparency" value="1" checked/)
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { showsTransparency: false }))
  for (const browser of [guest, boss])
    for (const hidden of [path, `${path}.json`]) expect((await browser.get(hidden)).status, hidden).toBe(404)
  expect((await guest.get('/about')).html).not.toContain(`href="${path}"`)
})

test('servers and reasons are shown to those who may see them, obfuscated names and comments of staff to nobody', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await blockServers(t)
  const site = pages(t.app)
  const [guest, alice] = [visitor(site), visitor(site)]
  await alice.logIn('alice', password)
  const set = (rules: 'nobody' | 'users' | 'all', reasons: 'nobody' | 'users' | 'all') =>
    t.db.transaction((tx) => saveSettings(tx, commandLine, { showsDomainRules: rules, showsDomainReasons: reasons }))
  const reads = async (browser: typeof guest) => {
    const { html } = await browser.get(path)
    for (const secret of ['secretive.test', 'watched.test', 'Told by our friends', '<b>spam'])
      expect(html).not.toContain(secret)
    return { rules: html.includes('spam.test'), reasons: html.includes('Sends &lt;b&gt;spam') }
  }
  const json = async () => schema.parse(JSON.parse((await guest.get(`${path}.json`)).html)).servers
  expect([await reads(guest), await reads(alice)]).toEqual([
    { rules: false, reasons: false },
    { rules: false, reasons: false },
  ])
  await set('users', 'users')
  expect([await reads(guest), await reads(alice)]).toEqual([
    { rules: false, reasons: false },
    { rules: true, reasons: true },
  ])
  // What everybody gets alike is what visitors may see.
  expect(await json()).toBeNull()
  await set('all', 'users')
  expect([await reads(guest), await reads(alice)]).toEqual([
    { rules: true, reasons: false },
    { rules: true, reasons: true },
  ])
  expect(await json()).toMatchObject([{ domain: 'spam.test' }, { domain: 'secr*****.*est' }])
  expect(JSON.stringify(await json())).not.toContain('Sends')
  await set('all', 'all')
  expect(await json()).toMatchObject([
    { domain: 'spam.test', severity: 'suspend', reason: 'Sends <b>spam</b>' },
    { severity: 'silence', reason: null },
  ])
})
