import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { changeRole } from '#src/moderation/accounts/manage.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { createRole, type RoleInput } from '#src/moderation/roles.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const words = 'Words for followers'
const reason = 'Threats that were announced elsewhere'

async function withRole(t: TestDatabase, username: string, permissions: RoleInput['permissions']) {
  const role = await t.db.transaction((tx) =>
    createRole(tx, commandLine, {
      name: username,
      permissions,
      position: 5,
      colour: '',
      isHighlighted: false,
      needsSecondFactor: false,
      maxCollections: null,
      maxInvites: null,
    }),
  )
  const id = await localAccount(t, username)
  await t.db.transaction((tx) => changeRole(tx, commandLine, id, role))
}

const looks = async (t: TestDatabase) =>
  (await t.db.execute(sql`select actor_name as name, details from audit_log where action = 'readPrivate' order by id`))
    .rows

async function world(t: TestDatabase) {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob, { text: words, visibility: 'private' })
  const report = await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: bob }))
  return { post, report, path: `/admin/accounts/${bob}/private` }
}

test('each role at the door: with a report, with a reason, and with neither', async () => {
  await using t = await database()
  const { path, report } = await world(t)
  const site = pages(t.app)
  await withRole(t, 'clerk', ['manage_reports'])
  await withRole(t, 'herald', ['manage_announcements', 'view_audit_log'])
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const) await localAccount(t, `the_${role}`, { role })
  const [refused, stranger] = [
    { report: 404, reason: 404 },
    { report: 303, reason: 303 },
  ]
  const doors = {
    the_user: refused,
    herald: refused,
    '': stranger,
    clerk: { report: 200, reason: 403 },
    the_moderator: { report: 200, reason: 200 },
    the_admin: { report: 200, reason: 200 },
    the_owner: { report: 200, reason: 200 },
  }
  for (const [name, expected] of Object.entries(doors)) {
    const browser = visitor(site)
    if (name) await browser.logIn(name, password)
    const forms = [await browser.get(`${path}?report=${report}`), await browser.get(path)]
    const before = await looks(t)
    for (const form of forms) expect(form.html, `form of ${name}`).not.toContain(words)
    expect(
      forms.map((form) => form.status),
      `forms of ${name}`,
    ).toEqual([expected.report, expected.reason])
    const byReport = await browser.post(path, { report })
    const byReason = await browser.post(path, { reason })
    expect([byReport.status, byReason.status], `looks of ${name}`).toEqual([expected.report, expected.reason])
    for (const look of [byReport, byReason])
      expect(look.html.includes(words), `what ${name} sees`).toBe(look.status === 200)
    const allowed = [expected.report, expected.reason].filter((code) => code === 200).length
    expect(await looks(t), `log of ${name}`).toHaveLength(before.length + allowed)
    if (expected.reason !== 200) continue
    const none = await browser.post(path, { reason: 'curious' })
    expect(none.status).toBe(422)
    expect(none.html).toContain('at least 3 words')
    expect(none.html).not.toContain(words)
  }
})

test('a look asks for a proof of identity, and is in the audit log with its reason and the posts, not their words', async () => {
  await using t = await database()
  const { path, report, post } = await world(t)
  await localAccount(t, 'mod', { role: 'moderator' })
  const mod = visitor(pages(t.app))
  await mod.logIn('mod', password)
  expect((await mod.get(`/admin/reports/${report}`)).html).toContain(`href="${path}?report=${report}"`)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '1 hour'`)
  expect((await mod.get(path)).location).toContain('/prove')
  expect((await mod.post(path, { reason, return_to: path })).location).toContain('/prove')
  expect(await looks(t)).toEqual([])
  await t.db.execute(sql`update sessions set proved_at = now()`)
  expect((await mod.get(path)).html).toContain(reason)
  const look = await mod.post(path, { reason })
  expect(look.html).toContain(words)
  expect(look.headers.get('Cache-Control')).toContain('no-store')
  await mod.post(path, { report })
  expect(await looks(t)).toEqual([
    { name: 'mod', details: { reason, posts: [post] } },
    { name: 'mod', details: { report, posts: [post] } },
  ])
  const log = await mod.get('/admin/audit?action=account.readPrivate')
  expect(log.html).toContain('Read posts of @bob that are not public')
  expect(log.html).toContain(reason)
  expect(log.html).not.toContain(words)
  for (const wrong of ['/admin/accounts/abc/private', `${path}?report=abc`, `${path}?report=12345`])
    expect((await mod.get(wrong)).status, wrong).toBe(404)
  await mod.post(`/admin/reports/${report}/resolve`)
  expect((await mod.get(`/admin/reports/${report}`)).html).not.toContain(`${path}?report`)
})

test('what a look shows is deleted or marked from there, for the report, and refused forms show it again, on record', async () => {
  await using t = await database()
  const { path, report, post } = await world(t)
  await localAccount(t, 'mod', { role: 'moderator' })
  await localAccount(t, 'carl')
  const mod = visitor(pages(t.app))
  await mod.logIn('mod', password)
  const look = await mod.post(path, { report })
  expect(look.html).toContain(`action="${path}/posts"`)
  expect(look.html).toContain(`value="${post}"`)
  const none = await mod.post(`${path}/posts`, { report, do: 'delete', words: 'Because' })
  expect(none.status).toBe(422)
  for (const shown of ['Because</textarea>', words]) expect(none.html).toContain(shown)
  expect(await looks(t)).toHaveLength(2)
  const carl = visitor(pages(t.app))
  await carl.logIn('carl', password)
  expect((await carl.post(`${path}/posts`, { report, do: 'delete', post })).status).toBe(404)

  const marked = await mod.post(`${path}/posts`, { reason, do: 'mark', post, words: 'Covered' })
  expect(marked.location).toBe(`${path.replace('/private', '')}?done=mark`)
  const done = await mod.post(`${path}/posts`, { report, do: 'delete', post, words: 'Because' })
  expect(done.location).toBe(`/admin/reports/${report}?done=act`)
  const { rows } = await t.db.execute(sql`
    select action, text, report_id::text as report, (select resolved_at is not null from reports) as resolved from strikes order by id`)
  expect(rows).toEqual([
    { action: 'mark_statuses_as_sensitive', text: 'Covered', report: null, resolved: true },
    { action: 'delete_statuses', text: 'Because', report, resolved: true },
  ])
  expect((await mod.post(`${path}/posts`, { report, do: 'delete', post })).status).toBe(409)
})
