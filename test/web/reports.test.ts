import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { createReport, type ReportInput } from '#src/moderation/reports/create.ts'
import type { AccountId, ReportId } from '#src/platform/ids.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { recorded } from '../statements.ts'
import { visitor } from './visitor.ts'

const report = (t: TestDatabase, by: AccountId, input: ReportInput): Promise<ReportId> =>
  t.db.transaction((tx) => createReport(tx, t.app.uris, by, input))

async function browserOf(t: TestDatabase, username: string, role: 'user' | 'moderator' | 'admin' | 'owner') {
  await localAccount(t, username, { role })
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

const stateOf = async (t: TestDatabase, id: ReportId) =>
  (
    await t.db.execute<{ resolved: boolean; assigned: boolean; category: string; answer: string }>(sql`
      select resolved_at is not null as resolved, assigned_to_id is not null as assigned, category, answer from reports where id = ${id}`)
  ).rows[0]

test('a moderator works through a report without scripts', async () => {
  await using t = await database()
  const [mod, alice, bob] = [
    await browserOf(t, 'mod', 'moderator'),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const rule = await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const post = await status(t, bob, { text: 'Nasty <words>' })
  const id = await report(t, alice, { targetId: bob, statusIds: [post], comment: 'He is <rude>' })
  const at = `/admin/reports/${id}`

  expect((await mod.get('/notifications')).html).toContain(`href="${at}"`)
  const queue = await mod.get('/admin/reports')
  expect(queue.html).toContain('Reports (1)')
  expect(queue.html).toContain('He is &lt;rude&gt;')
  expect(queue.html).toContain(`href="${at}"`)
  expect(queue.html).toMatch(/Administration<\/span><span class="badge">1</)
  const page = await mod.get(at)
  expect(page).toMatchObject({ status: 200 })
  expect(page.html).toContain('Nasty &lt;words&gt;')

  const press = async (path: string, fields = {}) => {
    const answer = await mod.post(`${at}/${path}`, fields)
    expect(answer.status, path).toBe(303)
    return (await mod.get(answer.location ?? '')).html
  }
  expect(await press('assign')).toContain('The report is yours.')
  expect((await mod.get('/admin/reports?assigned=me')).html).toContain(`href="${at}"`)
  expect((await mod.get('/admin/reports?assigned=nobody')).html).not.toContain(`href="${at}"`)
  const noted = await press('notes', { note: 'Seen <it>' })
  expect(noted).toContain('Seen &lt;it&gt;')
  const note = /\/notes\/(\d+)\/delete/.exec(noted)?.[1]
  expect(await press(`notes/${note}/delete`)).not.toContain('Seen &lt;it&gt;')
  await press('change', { category: 'violation', rule: [rule] })
  expect(await press('answer', { answer: 'We are on it.' })).toContain('We are on it.')
  expect(await press('act', { action: 'none', text: 'Stop it' })).toContain('Done. The report is resolved.')
  expect(await stateOf(t, id)).toEqual({
    resolved: true,
    assigned: true,
    category: 'violation',
    answer: 'We are on it.',
  })
  expect((await mod.get('/admin/reports')).html).not.toContain('Reports (1)')
  expect((await mod.get('/admin/reports?state=resolved')).html).toContain(`href="${at}"`)
  expect(await press('reopen')).toContain('The report is open again.')
  expect(await press('act', { action: 'silence' })).toContain('Done. The report is resolved.')
  await press('reopen')
  expect(await press('act', { action: 'silence' })).toContain('in that state already')
  // As from apps: whoever acts on a report is done with it.
  expect((await stateOf(t, id))?.resolved).toBe(true)
  await press('reopen')
  expect(await press('resolve')).toContain('The report is resolved.')
})

test('a refused form says why, and keeps what was typed', async () => {
  await using t = await database()
  const [mod, alice, bob] = [
    await browserOf(t, 'mod', 'moderator'),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const id = await report(t, alice, { targetId: bob })
  const at = `/admin/reports/${id}`
  const unchosen = await mod.post(`${at}/act`, { text: 'My long text' })
  expect(unchosen).toMatchObject({ status: 422 })
  expect(unchosen.html).toContain('My long text')
  expect(unchosen.html).toContain('Choose an action first.')
  const past = await mod.post(`${at}/act`, { action: 'silence', ends_on: '2020-01-01' })
  expect(past.html).toContain('The time must be in the future.')
  const long = await mod.post(`${at}/notes`, { note: 'x'.repeat(2_001) })
  expect(long.html).toContain('The note has more than 2,000 characters.')
  const owner = await localAccount(t, 'boss', { role: 'owner' })
  const above = await report(t, alice, { targetId: owner })
  const refused = await mod.post(`/admin/reports/${above}/act`, { action: 'none' })
  expect(refused).toMatchObject({ status: 403 })
  expect(refused.html).toContain('whose role is as high as yours')
  expect((await stateOf(t, above))?.resolved).toBe(false)
})

test('suspending needs a proof of the last ten minutes; what was typed waits for it', async () => {
  await using t = await database()
  const [mod, alice, bob] = [
    await browserOf(t, 'mod', 'moderator'),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const id = await report(t, alice, { targetId: bob })
  const at = `/admin/reports/${id}/suspend`
  expect((await mod.get(at)).html).toContain('it is kept until 30 days after that day')
  await t.db.execute(sql`update sessions set proved_at = now() - interval '11 minutes'`)
  const typed = { text: 'Bye <all>', review_on: '2099-01-02', return_to: at }
  for (const answer of [await mod.get(at), await mod.post(at, typed)])
    expect(answer.location).toBe(`/prove?${new URLSearchParams({ return_to: at })}`)
  expect((await stateOf(t, id))?.resolved).toBe(false)
  expect((await mod.post('/prove', { password, return_to: at })).location).toBe(at)
  const { html } = await mod.get(at)
  for (const text of ['Bye &lt;all&gt;', 'value="2099-01-02"', 'What you typed stands here again'])
    expect(html).toContain(text)
  // The box for the mail was not ticked.
  expect(html).not.toMatch(/name="mails"[^>]*checked/)
  const other = await report(t, alice, { targetId: alice })
  expect((await mod.get(`/admin/reports/${other}/suspend`)).html).not.toContain('Bye')
  expect((await mod.post(at, { text: 'Bye' })).location).toBe(`/admin/reports/${id}?done=act`)
  const { rows } = await t.db.execute(
    sql`select suspended_at is not null as suspended from accounts where username = 'bob'`,
  )
  expect(rows).toEqual([{ suspended: true }])
  expect((await mod.get(`/admin/reports/${id}`)).html).toContain('Suspended')
  expect((await mod.get(at)).html).not.toContain('Bye')
})

test('each door of reports asks for the permission', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const fields: Record<string, Record<string, string>> = {
    assign: {},
    unassign: {},
    resolve: {},
    reopen: {},
    forward: {},
    notes: { note: 'Hello' },
    answer: { answer: 'Hello' },
    change: { category: 'spam' },
    act: { action: 'silence' },
    suspend: {},
  }
  const browsers = {
    nobody: visitor(pages(t.app)),
    user: await browserOf(t, 'the_user', 'user'),
    moderator: await browserOf(t, 'the_moderator', 'moderator'),
    admin: await browserOf(t, 'the_admin', 'admin'),
    owner: await browserOf(t, 'the_owner', 'owner'),
  }
  for (const [role, browser] of Object.entries(browsers)) {
    const id = await report(t, alice, { targetId: carol, statusIds: [await remoteStatus(t, carol)] })
    const before = await stateOf(t, id)
    const expected = role === 'nobody' ? 303 : role === 'user' ? 404 : 200
    for (const path of ['/admin/reports', `/admin/reports/${id}`, `/admin/reports/${id}/suspend`])
      expect((await browser.get(path)).status, `${role} at ${path}`).toBe(expected)
    for (const [door, form] of Object.entries(fields)) {
      const answer = await browser.post(`/admin/reports/${id}/${door}`, form)
      expect(answer.status, `${role} at ${door}`).toBe(role === 'user' ? 404 : 303)
    }
    const done = { resolved: true, category: 'spam', answer: 'Hello' }
    expect(await stateOf(t, id), role).toMatchObject(role === 'nobody' || role === 'user' ? before! : done)
    await t.db.execute(
      sql`update accounts set suspended_at = null, suspended_by = null, purge_at = null, silenced_at = null, silenced_by = null where domain is not null`,
    )
  }
})

test('the queue takes the same queries for 1 report as for 40, and has pages', async () => {
  await using r = await recorded({ ORIGIN: 'https://pipit.test' })
  const { t } = r
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'mod', { role: 'moderator' })
  const mod = visitor(pages(r.app))
  await mod.logIn('mod', password)
  const id = await report(t, alice, { targetId: await localAccount(t, 'bird00') })
  const count = () => r.countOf(() => mod.get('/admin/reports'))
  const countOne = () => r.countOf(() => mod.get(`/admin/reports/${id}`))
  const [one, single] = [await count(), await countOne()]
  for (let i = 1; i < 45; i++) {
    const target = await remoteAccount(t, `bird${i}`)
    await report(t, alice, { targetId: target, statusIds: [await remoteStatus(t, target)] })
  }
  const { html } = await mod.get('/admin/reports')
  expect(html.match(/<article /g)).toHaveLength(40)
  expect(await count()).toBe(one)
  expect(await countOne()).toBe(single)
  const older = /href="(\/admin\/reports\?max_id=\d+)"/.exec(html)?.[1] ?? ''
  expect((await mod.get(older)).html.match(/<article /g)).toHaveLength(5)
})

test('a moderator deletes and marks reported posts and collections from within the report', async () => {
  await using t = await database()
  const [mod, alice, bob] = [
    await browserOf(t, 'mod', 'moderator'),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const [one, two] = [await status(t, bob, { text: 'Spam one' }), await status(t, bob, { text: 'Spam two' })]
  const other = await status(t, bob, { text: 'Not reported' })
  const collection = await t.db.transaction((tx) => createCollection(tx, bob, { name: 'Buy <here>' }))
  const id = await report(t, alice, { targetId: bob, statusIds: [one, two], collectionIds: [collection] })
  const at = `/admin/reports/${id}`
  const page = (await mod.get(at)).html
  for (const box of [`name="post" value="${one}"`, `name="collection" value="${collection}"`])
    expect(page).toContain(box)
  expect(page).toContain('Buy &lt;here&gt;')

  const empty = await mod.post(`${at}/posts`, { do: 'mark', collection: [collection], words: 'Spam, really' })
  expect([empty.status, empty.html.includes('Spam, really</textarea>')]).toEqual([422, true])
  expect((await mod.post(`${at}/posts`, { do: 'delete', post: [other] })).status).toBe(404)
  expect((await mod.post(`${at}/posts`, { do: 'mark', post: [one] })).location).toBe(`${at}?done=act`)
  expect((await mod.get(at)).html).toContain('It counts as sensitive.')
  expect((await mod.post(`${at}/posts`, { do: 'mark', post: [one] })).location).toBe(`${at}?done=already-posts`)

  const deleted = await mod.post(`${at}/posts`, { do: 'delete', post: [two], collection: [collection] })
  const after = (await mod.get(deleted.location ?? '')).html
  expect(after).toContain('Done. The report is resolved.')
  expect(after).not.toContain(`name="post" value="${two}"`)
  expect(after).not.toContain('Buy &lt;here&gt;')
  expect(after).toContain('Spam two')
})

test('the reports by one person stay theirs when they are filtered, and the page says whose they are', async () => {
  await using t = await database()
  const mod = await browserOf(t, 'mod', 'moderator')
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await report(t, alice, { targetId: bob, comment: 'By alice' })
  await report(t, bob, { targetId: alice, comment: 'By bob' })
  const { html } = await mod.get(`/admin/reports?state=all&reporter=${alice}`)
  expect(html).toContain('Only reports by @alice.')
  expect(html).toContain('By alice')
  expect(html).not.toContain('By bob')
  expect(html).toContain(`name="reporter" value="${alice}"`)
  expect((await mod.get(`/admin/reports?category=spam&target=${bob}`)).html).toContain('Only reports about @bob.')
})

test('a report about somebody whose role is as high offers nothing that would be refused', async () => {
  await using t = await database()
  const [mod, boss] = [await browserOf(t, 'mod', 'moderator'), await browserOf(t, 'boss', 'admin')]
  const [alice, other] = [await localAccount(t, 'alice'), await localAccount(t, 'other', { role: 'moderator' })]
  const id = await report(t, alice, { targetId: other, statusIds: [await status(t, other, { text: 'Well' })] })
  const at = `/admin/reports/${id}`
  const { html } = await mod.get(at)
  expect(html).toContain('Well')
  expect(html).toContain('Somebody with a higher role can.')
  for (const action of ['act', 'posts']) expect(html).not.toContain(`action="${at}/${action}"`)
  expect(html).not.toContain('/private?report=')
  const asked = [`${at}/suspend`, `/admin/accounts/${other}/suspend`]
  for (const path of asked) expect(await mod.get(path), path).toMatchObject({ status: 403 })
  for (const path of asked) expect(await boss.get(path), path).toMatchObject({ status: 200 })
  expect((await boss.get(at)).html).toContain(`action="${at}/act"`)
})
