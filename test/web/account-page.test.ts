/** The page of one account for staff: what it shows, and each action of it. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function scene() {
  const t = await database()
  const [olga, mod, alice, bob] = [
    await localAccount(t, 'olga', { role: 'owner' }),
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const carol = await remoteAccount(t, 'carol')
  const site = pages(t.app)
  const as = async (name: string) => {
    const browser = visitor(site)
    await browser.logIn(name, password)
    return browser
  }
  return { t, olga, mod, alice, bob, carol, as, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() }
}

const stateOf = async (t: TestDatabase, id: string) =>
  (
    await t.db.execute<Record<string, unknown>>(sql`
      select a.suspended_at is not null as suspended, a.silenced_at is not null as limited, a.sensitized_at is not null as sensitive, a.is_memorial as memorial,
        a.display_name as name, u.disabled_at is not null as disabled, u.role, u.email, u.password_hash is null as reset
      from accounts a left join users u on u.account_id = a.id where a.id = ${id}::bigint`)
  ).rows[0]
const lastAudit = async (t: TestDatabase) =>
  (
    await t.db.execute<{ action: string; actor: string }>(
      sql`select action, actor_name as actor from audit_log order by id desc limit 1`,
    )
  ).rows[0]

test('the page has what staff need to judge an account, but no post that not everybody may read', async () => {
  await using s = await scene()
  const { t, alice, bob, carol } = s
  await status(t, alice, { text: 'Good morning' })
  await status(t, alice, { text: 'For my friends', visibility: 'private' })
  await status(t, alice, { text: 'Between us', visibility: 'direct' })
  await t.db.transaction((tx) => createReport(tx, t.app.uris, bob, { targetId: alice, comment: 'Look at her' }))
  await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: bob, comment: 'No, at him' }))
  await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'silence', text: 'Too loud' }))
  await t.db.execute(sql`update users set sign_up_address = '192.0.2.9' where account_id = ${alice}`)
  await remoteStatus(t, carol, { content: '<p>From afar</p>' })

  const [moderator, owner] = [await s.as('mod'), await s.as('olga')]
  const { html } = await moderator.get(`/admin/accounts/${alice}`)
  for (const words of ['Good morning', 'Look at her', 'No, at him', 'Too loud', 'alice@mail.test', 'Limited:'])
    expect(html).toContain(words)
  for (const words of ['For my friends', 'Between us', '192.0.2.9']) expect(html).not.toContain(words)
  expect((await owner.get(`/admin/accounts/${alice}`)).html).toContain('192.0.2.9')
  expect((await moderator.get(`/admin/accounts/${carol}`)).html).toContain('From afar')
  expect((await moderator.get('/admin/accounts/999')).status).toBe(404)
  // Nobody acts on an equal: the page shows it without forms for that.
  const equal = (await moderator.get(`/admin/accounts/${s.mod}`)).html
  expect(equal).toContain('so you can’t act on it')
  expect(equal).not.toContain(`action="/admin/accounts/${s.mod}/act"`)
  // The person is led nowhere.
  expect((await (await s.as('alice')).get(`/admin/accounts/${alice}`)).status).toBe(404)
})

test('each action has its effect, is undone from the page, and stands in the audit log', async () => {
  await using s = await scene()
  const { t, alice, carol } = s
  const browser = await s.as('mod')
  const at = `/admin/accounts/${alice}`
  for (const [action, undo, field] of [
    ['silence', 'unlimit', 'limited'],
    ['sensitive', 'unsensitive', 'sensitive'],
    ['disable', 'enable', 'disabled'],
  ] as const) {
    expect(await browser.post(`${at}/act`, { action, text: 'Please' })).toMatchObject({
      status: 303,
      location: `${at}?done=1`,
    })
    expect(await stateOf(t, alice), action).toMatchObject({ [field]: true })
    expect((await browser.get(at)).html).toContain(`formaction="${at}/${undo}"`)
    await browser.post(`${at}/${undo}`)
    expect(await stateOf(t, alice), undo).toMatchObject({ [field]: false })
    expect(await lastAudit(t)).toMatchObject({ actor: 'mod' })
  }
  expect((await browser.get(`${at}/suspend`)).html).toContain('Its data is deleted after 30 days')
  await browser.post(`${at}/suspend`, { text: 'Spam' })
  expect(await stateOf(t, alice)).toMatchObject({ suspended: true })
  expect((await browser.get(at)).html).toContain('Its data is deleted on')
  await browser.post(`${at}/unsuspend`)
  expect(await stateOf(t, alice)).toMatchObject({ suspended: false })

  expect((await browser.post(`${at}/act`, { action: 'nonsense' })).status).toBe(422)
  expect((await browser.post(`${at}/act`, { action: 'silence', ends_on: '2020-01-01' })).html).toContain(
    'The time must be in the future',
  )
  const equal = await browser.post(`/admin/accounts/${s.olga}/act`, { action: 'silence' })
  expect(equal.status).toBe(403)
  expect((await browser.post(`/admin/accounts/${carol}/refetch`)).status).toBe(303)
  expect(await t.jobs()).toContain('profile')
})

test('a strike is lifted by its own button, posts are deleted or marked, and notes are written and deleted', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const browser = await s.as('mod')
  const at = `/admin/accounts/${alice}`
  const [one, two] = [await status(t, alice, { text: 'One' }), await status(t, alice, { text: 'Two' })]
  expect((await browser.post(`${at}/posts`, { do: 'delete' })).status).toBe(422)
  await browser.post(`${at}/posts`, { post: [one], do: 'delete', words: 'Not here' })
  await browser.post(`${at}/posts`, { post: [two], do: 'mark' })
  const { rows } = await t.db.execute(
    sql`select deleted_at is not null as gone, is_sensitive as marked from statuses where id in (${one}, ${two}) order by id`,
  )
  expect(rows).toEqual([
    { gone: true, marked: false },
    { gone: false, marked: true },
  ])
  const { html } = await browser.get(at)
  const [, lift] = new RegExp(`formaction="(${at}/strikes/\\d+/lift)"`).exec(html) ?? []
  expect(html).toContain('Deleted posts can’t be brought back')
  const other = lift?.replace(alice, bob) ?? ''
  expect((await browser.post(other)).status).toBe(404)
  await browser.post(lift ?? '')
  expect((await t.db.execute(sql`select is_sensitive as marked from statuses where id = ${two}`)).rows).toEqual([
    { marked: false },
  ])

  expect((await browser.post(`${at}/notes`, { note: '' })).status).toBe(422)
  await browser.post(`${at}/notes`, { note: 'Keep an eye on her' })
  const noted = (await browser.get(at)).html
  expect(noted).toContain('Keep an eye on her')
  const [, remove] = new RegExp(`formaction="(${at}/notes/\\d+/delete)"`).exec(noted) ?? []
  await browser.post(remove ?? '')
  expect((await browser.get(at)).html).not.toContain('Keep an eye on her')
})

test('role, address, profile, ways in, memorial and deletion take their permissions, and a proof of identity', async () => {
  await using s = await scene()
  const { t, alice } = s
  const at = `/admin/accounts/${alice}`
  const [moderator, owner] = [await s.as('mod'), await s.as('olga')]
  for (const verb of ['role', 'address', 'reset-password', 'memorial', 'purge'])
    expect((await moderator.post(`${at}/${verb}`)).status, verb).toBe(404)

  await owner.post(`${at}/role`, { role: '1' })
  expect(await stateOf(t, alice)).toMatchObject({ role: 'moderator' })
  await owner.post(`${at}/role`, { role: '-99' })
  await owner.post(`${at}/address`, { email: 'new@mail.test' })
  await owner.post(`${at}/profile`, { was: 'x', displayName: 'Alice' })
  await owner.post(`${at}/memorial`)
  expect(await stateOf(t, alice)).toMatchObject({ role: 'user', email: 'new@mail.test', name: 'Alice', memorial: true })
  await owner.post(`${at}/unmemorial`)
  await owner.post(`${at}/reset-password`)
  expect(await stateOf(t, alice)).toMatchObject({ memorial: false, reset: true })
  await owner.post(`${at}/suspend`)
  expect((await owner.post(`${at}/purge`, { name: 'bob' })).html).toContain('That is not the username')
  expect((await owner.post(`${at}/purge`, { name: '@alice' })).status).toBe(303)

  await t.db.execute(sql`update sessions set proved_at = null`)
  for (const verb of ['role', 'address', 'unsuspend', 'purge', 'suspend'])
    expect((await owner.post(`${at}/${verb}`)).location, verb).toMatch(/^\/prove/)
})

test('reported posts are deleted or marked from within the report, which that resolves', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const [post, other] = [await status(t, alice, { text: 'Nasty' }), await status(t, alice, { text: 'Nice' })]
  const id = await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, bob, { targetId: alice, statusIds: [post], comment: 'Look' }),
  )
  const browser = await s.as('mod')
  const at = `/admin/reports/${id}`
  expect((await browser.get(at)).html).toContain(`name="post" value="${post}"`)
  expect((await browser.post(`${at}/posts`, { do: 'delete' })).status).toBe(422)
  expect((await browser.post(`${at}/posts`, { post: [other], do: 'delete' })).status).toBe(404)
  await browser.post(`${at}/posts`, { post: [post], do: 'delete', words: 'Be nicer' })
  const { rows } = await t.db.execute(sql`
    select (select deleted_at is not null from statuses where id = ${post}) as gone, (select resolved_at is not null from reports) as resolved,
      (select text from strikes) as text, (select report_id::text from strikes) as report`)
  expect(rows).toEqual([{ gone: true, resolved: true, text: 'Be nicer', report: id }])
  expect((await browser.get(at)).html).not.toContain('name="post"')
})
