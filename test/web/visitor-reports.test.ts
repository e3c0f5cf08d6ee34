import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { answerReport } from '#src/moderation/reports/handle.ts'
import { listReports } from '#src/moderation/reports/list.ts'
import type { ReportId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { askCaptchas, readSum } from '../captcha.ts'
import { localAccount, password, remoteAccount, remoteStatus, status, suspend } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { mailbox } from '../jobs/mailbox.ts'
import { runJobs } from '../jobs/run.ts'
import { visitor } from './visitor.ts'

const notice = { name: 'Vera <b>', email: 'vera@mail.test', reason: 'This is my photo' }
const countOf = async (t: TestDatabase) => (await listReports(t.db, { limit: 50 })).length

test('somebody without an account reports posts and profiles, and gets an answer by mail', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url })
  const [modId, bob, carol] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [post, remote] = [await status(t, bob, { text: 'A photo' }), await remoteStatus(t, carol)]
  const guest = visitor(pages(t.app))
  expect((await guest.get('/report')).html).toContain('Report unlawful content')
  const links = [
    `https://pipit.test/@bob/${post}`,
    'https://pipit.test/@bob',
    `https://pipit.test/@carol@remote.test/${remote}`,
  ].join('\n')
  expect(await guest.post('/report', { ...notice, links })).toMatchObject({ status: 200 })

  const { rows } = await t.db.execute(sql`
    select id, target_id as target, account_id as reporter, category, comment, reporter_email as email, snapshot -> 0 ->> 'text' as text
    from reports order by target_id desc`)
  const common = { reporter: null, category: 'legal', comment: notice.reason, email: notice.email }
  expect(rows).toMatchObject([
    { target: bob, text: 'A photo', ...common },
    { target: carol, text: 'Hello from afar', ...common },
  ])
  const id = rows[0]?.['id'] as ReportId
  const mod = visitor(pages(t.app))
  await mod.logIn('mod', password)
  expect((await mod.get('/notifications')).html).toContain(
    'Somebody without an account sent a report about <bdi>@bob</bdi>',
  )
  expect((await mod.get('/admin/reports')).html).toContain('Vera &lt;b&gt;')
  expect((await mod.get(`/admin/reports/${id}`)).html).toContain('href="mailto:vera@mail.test"')
  expect(await listReports(t.db, { limit: 5 })).toMatchObject([{ reporter: 'Vera <b>' }, { reporter: 'Vera <b>' }])

  const staff = await staffMember(t.db, modId)
  await t.db.transaction((tx) => answerReport(tx, staff, id, 'It is gone.'))
  await runJobs(t)
  expect(box.mails.map(({ to, subject }) => [to, subject]).sort()).toEqual([
    [['vera@mail.test'], 'About your report to Pipit'],
    [['vera@mail.test'], 'Pipit has your report'],
  ])
  const [answer, receipt] = box.mails.toSorted((a, b) => (a.subject ?? '').localeCompare(b.subject ?? ''))
  expect(answer?.text).toContain('> It is gone.')
  expect(answer?.text).not.toMatch(/\bmod\b/)
  expect(receipt?.text).toContain('It has the number')
  // The address may be somebody else's, so nothing that was typed goes there.
  for (const typed of ['Vera', notice.reason]) expect(receipt?.text).not.toContain(typed)
})

test('a form that names nothing public, or has holes, is refused and stores nothing', async () => {
  await using t = await database()
  const [bob, gone] = [await localAccount(t, 'bob'), await localAccount(t, 'gone')]
  await localAccount(t, 'waiting', { isApproved: false })
  await suspend(t, gone)
  const hidden = await status(t, bob, { visibility: 'private' })
  const guest = visitor(pages(t.app))
  for (const link of [`/@bob/${hidden}`, '/@bob/7', '/@nobody', '/@gone', '/@waiting', '/about', '.evil.test/@bob']) {
    const answer = await guest.post('/report', { ...notice, links: `https://pipit.test${link}` })
    expect(answer.status, link).toBe(422)
    expect(answer.html).toContain('names no post or profile that everybody can see here')
    expect(answer.html).toContain('value="Vera &lt;b&gt;"')
  }
  const links = 'https://pipit.test/@bob'
  for (const hole of [{ name: ' ' }, { email: 'vera' }, { reason: '' }, { links: '' }, { reason: 'x'.repeat(5_001) }])
    expect((await guest.post('/report', { ...notice, links, ...hole })).status, Object.keys(hole)[0]).toBe(422)
  expect(await countOf(t)).toBe(0)
})

test('the form has a captcha, and a limit', async () => {
  await using t = await database()
  await askCaptchas(t)
  await localAccount(t, 'bob')
  const guest = visitor(pages(t.app))
  const send = async (captcha: Record<string, string>) =>
    (await guest.post('/report', { ...notice, links: 'https://pipit.test/@bob', ...captcha })).status
  expect(await send({})).toBe(422)
  const sum = readSum((await guest.get('/report')).html)
  expect([await send(sum), await send(sum)]).toEqual([200, 422])
  const seen = []
  for (let i = 0; i < 5; i++) seen.push(await send(readSum((await guest.get('/report')).html)))
  expect(seen).toContain(429)
  expect(await countOf(t)).toBeLessThanOrEqual(5)
})

test('apps get the notification of such a report', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const bob = await localAccount(t, 'bob')
  // Whom a moderator blocks for their own part can be reported all the same.
  await t.db.transaction((tx) => block(tx, t.app.uris, mod, bob))
  await visitor(pages(t.app)).post('/report', { ...notice, links: 'https://pipit.test/@bob' })
  const list = await server.get(
    '/api/v1/notifications?supported_types[]=mention',
    '[Notification]',
    await tokenOf(t.app, mod),
  )
  expect(list).toMatchObject([
    {
      type: 'admin.report',
      report: { category: 'legal', target_account: { acct: 'bob' } },
      fallback: { title: 'Somebody without an account sent a report' },
      // Nobody else is named: bob did not report himself.
      account: { id: '1', acct: 'pipit.test' },
    },
  ])
  const grouped = await server.get('/api/v2/notifications', 'GroupedNotificationsResults', await tokenOf(t.app, mod))
  expect(grouped.notification_groups).toMatchObject([{ type: 'admin.report', sample_account_ids: ['1'] }])
  expect(grouped.accounts).toMatchObject([{ acct: 'pipit.test' }])
  const [group] = grouped.notification_groups as { group_key: string }[]
  const behind = await server.get(
    `/api/v2/notifications/${group?.group_key}/accounts`,
    '[Account]',
    await tokenOf(t.app, mod),
  )
  expect(behind).toMatchObject([{ id: '1', acct: 'pipit.test' }])
})

test('an address gets three receipts a day at most, and the reports come in all the same', async () => {
  await using t = await database()
  await localAccount(t, 'bob')
  for (let n = 1; n <= 4; n++)
    expect(
      await visitor(pages(t.app), `192.0.2.${n}`).post('/report', { ...notice, links: 'https://pipit.test/@bob' }),
    ).toMatchObject({ status: 200 })
  expect(await countOf(t)).toBe(4)
  expect((await t.jobs()).filter((name) => name === 'report-receipt')).toHaveLength(3)
})
