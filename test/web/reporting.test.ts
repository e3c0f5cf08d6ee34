import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { answerReport } from '#src/moderation/reports/handle.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

const reportsIn = async (t: TestDatabase) =>
  (
    await t.db.execute<{ category: string; comment: string; posts: string[]; rules: string[]; forwarded: boolean }>(sql`
      select category, comment, status_ids::text[] as posts, rule_ids::text[] as rules, is_forwarded as forwarded from reports order by id`)
  ).rows

test('a person reports a post with a further one, names a rule, and mutes the author at the same time', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await remoteAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const rule = await t.db.transaction((tx) => addRule(tx, commandLine, 'Be <kind>'))
  const [nasty, older, kind] = [
    await remoteStatus(t, bob, { content: '<p>Nasty words</p>' }),
    await remoteStatus(t, bob, { content: '<p>More of them</p>' }),
    await remoteStatus(t, bob, { content: '<p>Kind words</p>' }),
  ]
  const browser = await browserOf(t, 'alice')
  const link = `/reports/new?account=${bob}&status=${nasty}`
  expect((await browser.get('/@bob@remote.test')).html).toContain(`href="${link.replace('&', '&amp;')}"`)

  const form = (await browser.get(link)).html
  expect(form).toMatch(new RegExp(`value="${nasty}" checked`))
  expect(form).not.toMatch(new RegExp(`value="${older}" checked`))
  expect(form).toContain('Be &lt;kind&gt;')
  expect(form).toContain('Send a copy to remote.test')

  const sent = await browser.post('/reports/new', {
    account: bob,
    status: [nasty, older],
    category: 'violation',
    rule,
    comment: 'Look <here>',
    forward: '1',
    mute: '1',
  })
  expect(sent).toMatchObject({ status: 303, location: '/settings/reports?sent=1' })
  expect(await reportsIn(t)).toEqual([
    { category: 'violation', comment: 'Look <here>', posts: [nasty, older], rules: [rule], forwarded: true },
  ])
  expect(kind).not.toBe(older)
  expect(await loadRelationships(t.db, alice, [bob])).toMatchObject([
    { muting: true, following: true, blocking: false },
  ])
  expect((await browser.get('/settings/reports?sent=1')).html).toContain('The moderators have your report')
})

test('a report without a reason, or of what somebody else wrote, changes nothing', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const others = await status(t, carol, { text: 'Not by Bob' })
  const hidden = await status(t, bob, { text: 'Only for followers', visibility: 'private' })
  const browser = await browserOf(t, 'alice')

  const refused = await browser.post('/reports/new', { account: bob, comment: 'He is <rude>', block: '1' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('He is &lt;rude&gt;')
  expect(refused.html).toContain('id="category-problem"')
  const tooLong = { account: bob, category: 'spam', comment: 'a'.repeat(1_001) }
  expect((await browser.post('/reports/new', tooLong)).status).toBe(422)
  for (const status of [others, hidden, 'nonsense'])
    expect((await browser.post('/reports/new', { account: bob, category: 'spam', status })).status).toBe(404)
  for (const query of [`account=${bob}&status=${hidden}`, `account=${alice}`, 'account=17', ''])
    expect((await browser.get(`/reports/new?${query}`)).status, query).toBe(404)

  expect(await reportsIn(t)).toEqual([])
  expect(await loadRelationships(t.db, alice, [bob])).toMatchObject([{ blocking: false }])
  expect((await visitor(pages(t.app)).get(`/reports/new?account=${bob}`)).location).toMatch(/^\/login\?return_to=/)
})

test('more posts can be shown before a report is sent, and what was filled in stays', async () => {
  await using t = await database()
  const [, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const first = await status(t, bob, { text: 'The very first' })
  for (let i = 0; i < 11; i++) await status(t, bob, { text: `Post ${i}` })
  const browser = await browserOf(t, 'alice')
  expect((await browser.get(`/reports/new?account=${bob}`)).html).not.toContain('The very first')
  const more = await browser.post('/reports/new', {
    account: bob,
    more: '1',
    shown: '10',
    category: 'legal',
    comment: 'So far',
  })
  expect(more.status).toBe(200)
  expect(more.html).toContain(`value="${first}"`)
  expect(more.html).toMatch(/value="legal"[^>]* checked/)
  expect(more.html).toContain('So far')
  expect(await reportsIn(t)).toEqual([])
})

test('people see the answer to their own reports, and nobody else does', async () => {
  await using t = await database()
  const [alice, bob, mod] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'mod', { role: 'moderator' }),
  ]
  await localAccount(t, 'carol')
  const id = await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, alice, { targetId: bob, comment: 'He shouts', category: 'spam' }),
  )
  const browser = await browserOf(t, 'alice')
  expect((await browser.get('/settings/reports')).html).toMatch(/He shouts[\s\S]*Waits for the moderators/)
  await t.db.transaction(async (tx) => answerReport(tx, await staffMember(tx, mod), id, 'We spoke to <him>'))
  expect((await browser.get('/settings/reports')).html).toContain('We spoke to &lt;him&gt;')
  expect((await (await browserOf(t, 'carol')).get('/settings/reports')).html).not.toContain('He shouts')
})
