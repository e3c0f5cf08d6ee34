/** The page of one account for staff: what it shows, and each action of it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { bitsOf } from '#src/accounts/roles/permissions.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { storeUpload } from '#src/media/upload.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { setDomainRule } from '#src/moderation/domains.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import type { AccountId, MediaId, StatusId } from '#src/platform/ids.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { pages } from '../../web/app.tsx'
import { forgetJobs, localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
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
      location: `${at}?done=${action}`,
    })
    expect(await stateOf(t, alice), action).toMatchObject({ [field]: true })
    expect((await browser.get(at)).html).toContain(`formaction="${at}/${undo}"`)
    await browser.post(`${at}/${undo}`)
    expect(await stateOf(t, alice), undo).toMatchObject({ [field]: false })
    expect(await lastAudit(t)).toMatchObject({ actor: 'mod' })
  }
  expect((await browser.get(`${at}/suspend`)).html).toContain('it is kept until 30 days after that day')
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
  for (const verb of ['role', 'address', 'unsuspend', 'purge', 'suspend', 'reset-password', 'memorial', 'unmemorial'])
    expect((await owner.post(`${at}/${verb}`)).location, verb).toMatch(/^\/prove/)
  expect((await owner.get(`${at}/suspend`)).location).toMatch(/^\/prove/)
})

test('lifting a suspension by its strike takes a proof of identity, lifting a limit does not', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const [suspension, limit] = await t.db.transaction(async (tx) => [
    await strike(tx, commandLine, alice, { action: 'suspend' }),
    await strike(tx, commandLine, bob, { action: 'silence' }),
  ])
  const browser = await s.as('mod')
  await t.db.execute(sql`update sessions set proved_at = null`)
  expect((await browser.post(`/admin/accounts/${alice}/strikes/${suspension}/lift`)).location).toMatch(/^\/prove/)
  expect(await stateOf(t, alice)).toMatchObject({ suspended: true })
  expect((await browser.post(`/admin/accounts/${bob}/strikes/${limit}/lift`)).location).toBe(
    `/admin/accounts/${bob}?done=unlimit`,
  )
  expect(await stateOf(t, bob)).toMatchObject({ limited: false })
})

async function picture(t: TestDatabase, account: AccountId): Promise<MediaId> {
  const path = join(t.app.config.dataDir, `${crypto.randomUUID()}.png`)
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#a64' } })
  await writeFile(path, await image.png().toBuffer())
  return storeUpload(t.app, account, { path })
}

test('the profile, boosts and files of public posts are there, and nothing that is held back from the public', async () => {
  await using s = await scene()
  const { t, alice, bob, carol } = s
  await t.db.execute(
    sql`update accounts set note = '<p>I bake bread</p>', fields = ${JSON.stringify([
      { name: 'Town', value: 'Ghent', verifiedAt: null },
    ])}::jsonb where id = ${alice}`,
  )
  const [open, hidden] = [await picture(t, alice), await picture(t, alice)]
  await status(t, alice, { text: 'A loaf', mediaIds: [open] })
  await status(t, alice, { text: 'For my friends', mediaIds: [hidden], visibility: 'private' })
  const refused = await status(t, alice, { text: 'Refused by whom it answers' })
  await t.db.execute(sql`update statuses set consent = 'denied' where id = ${refused}`)
  const words = await status(t, bob, { text: 'Words of Bob' })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, alice, words))
  await remoteStatus(t, carol, { content: '<p>From afar</p>' })

  const browser = await s.as('mod')
  const at = `/admin/accounts/${alice}`
  for (const state of ['active', 'suspended']) {
    if (state === 'suspended') await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'suspend' }))
    const { html } = await browser.get(at)
    for (const shown of ['I bake bread', 'Ghent', 'A loaf', 'Words of Bob', `value="${boost}"`, `value="${open}"`])
      expect(html, state).toContain(shown)
    for (const not of ['For my friends', 'Refused by', `value="${hidden}"`]) expect(html, state).not.toContain(not)
  }
  await browser.post(`${at}/unsuspend`)
  expect(await browser.post(`${at}/posts`, { post: [boost], do: 'delete' })).toMatchObject({
    location: `${at}?done=delete`,
  })
  const left = await t.db.execute(sql`select id from statuses where reblog_of_id is not null and deleted_at is null`)
  expect(left.rows).toEqual([])
  expect((await t.db.execute(sql`select deleted_at from statuses where id = ${words}`)).rows).toEqual([
    { deleted_at: null },
  ])

  expect((await browser.post(`${at}/files`)).html).toContain('Choose files')
  expect(await browser.post(`${at}/files`, { file: [open], files_text: 'No bread' })).toMatchObject({
    location: `${at}?done=files`,
  })
  const after = (await browser.get(`${at}?done=files`)).html
  expect(after).toContain('The files are removed, and their posts stay.')
  expect(after).toContain('Files removed')
  expect(after).toContain('A loaf')
  expect(after).not.toContain(`value="${open}"`)
})

test('the page says what was done, and how far lifting a suspension brings things back', async () => {
  await using s = await scene()
  const { t, alice, carol } = s
  const browser = await s.as('mod')
  const done = async (path: string, fields: Record<string, string> = {}): Promise<string> => {
    const { location } = await browser.post(path, fields)
    const { html } = await browser.get(location ?? '')
    return /<div class="notice[^"]*" role="status">([^<]*)/.exec(html)?.[1] ?? ''
  }
  for (const [id, suspended, lifted] of [
    [alice, 'Other servers are told', 'Sessions and apps don’t come back'],
    [carol, 'Its follows of people here have ended for good', 'Its follows of people here are not'],
  ] as const) {
    const at = `/admin/accounts/${id}`
    expect((await browser.get(`${at}/suspend`)).html).toMatch(/Its data is deleted on [^<]*\d{4}/)
    expect(await done(`${at}/suspend`)).toContain(suspended)
    expect(await done(`${at}/suspend`)).toContain('Nothing changed')
    expect(await done(`${at}/unsuspend`)).toContain(lifted)
    expect(await done(`${at}/unsuspend`)).toContain('Nothing changed')
  }
  await t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, 'remote.test', { severity: 'suspend' }))
  await runJobs(t)
  await t.db.execute(sql`update accounts set suspended_by = 'moderator' where id = ${carol}`)
  expect(await done(`/admin/accounts/${carol}/unsuspend`)).toContain('still holds')
  expect((await browser.get(`/admin/accounts/${carol}`)).html).toContain('Suspended by the rule about its server.')
  // A text of somebody else's link is no message of the page.
  expect((await browser.get(`/admin/accounts/${alice}?done=constructor`)).html).not.toMatch(
    /class="notice[^"]*" role="status"/,
  )
})

test('a mail is sent only if staff want it, and what was chosen stays after a refusal', async () => {
  await using s = await scene()
  const { t, alice } = s
  const browser = await s.as('mod')
  const at = `/admin/accounts/${alice}`
  await forgetJobs(t)
  await browser.post(`${at}/act`, { action: 'none', text: 'First' })
  expect(await t.jobs()).not.toContain('strike-mail')
  await browser.post(`${at}/act`, { action: 'none', text: 'Second', mails: '1' })
  expect(await t.jobs()).toContain('strike-mail')
  const box = /<input type="checkbox" name="mails" value="1"( checked[^>]*)?/
  const fresh = (await browser.get(`${at}/suspend`)).html
  expect(box.exec(fresh)?.[1]).toBeDefined()
  const refused = (await browser.post(`${at}/suspend`, { text: 'Why', ends_on: '2020-01-01' })).html
  expect(box.exec(refused)?.[1]).toBeUndefined()
  expect(refused).toContain('Why</textarea>')
})

test('an applicant is approved, or led to the page on which applicants are rejected', async () => {
  await using s = await scene()
  const { t } = s
  const browser = await s.as('mod')
  const [ann, ben] = [
    await localAccount(t, 'ann', { isApproved: false }),
    await localAccount(t, 'ben', { isApproved: false }),
  ]
  expect((await browser.get('/admin/applicants')).html).toContain(`href="/admin/accounts/${ann}"`)
  expect(await browser.post(`/admin/accounts/${ann}/approve`)).toMatchObject({
    location: `/admin/accounts/${ann}?done=approve`,
  })
  const { html } = await browser.get(`/admin/accounts/${ben}`)
  const [, answer = ''] = /name="answer" value="(reject \d+)"/.exec(html) ?? []
  expect((await browser.post('/admin/applicants', { list: 'confirmed', answer })).html).toContain('@ben')
  expect((await browser.get(`/admin/accounts/${ann}`)).html).not.toContain('Reject the sign-up')
})

test('staff see and may do what their role allows: reports alone, addresses, the audit log', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  await localAccount(t, 'reader')
  await t.db.execute(
    sql`insert into roles (id, name, permissions, position) values (77, 'Reader', ${bitsOf(['manage_reports'])}::bigint, 5)`,
  )
  await t.db.execute(
    sql`update users set role_id = 77 where account_id = (select id from accounts where username = 'reader')`,
  )
  await t.db.execute(sql`update users set sign_up_address = '192.0.2.9' where account_id in (${alice}, ${bob})`)
  const at = `/admin/accounts/${alice}`
  await status(t, alice, { text: 'Good morning' })
  const [reader, moderator, owner] = [await s.as('reader'), await s.as('mod'), await s.as('olga')]

  const seen = (await reader.get(at)).html
  expect(seen).toContain('Good morning')
  for (const not of [
    'alice@mail.test',
    '192.0.2.9',
    'More actions',
    `${at}/suspend`,
    `${at}/security`,
    'What staff did',
  ])
    expect(seen).not.toContain(not)
  expect((await reader.get('/@alice')).html).toContain(`href="${at}"`)
  expect((await (await s.as('bob')).get('/@alice')).html).not.toContain(`href="${at}"`)
  for (const verb of ['suspend', 'unlimit', 'profile', 'end-sessions', 'approve'])
    expect((await reader.post(`${at}/${verb}`)).status, verb).toBe(404)
  await reader.post(`${at}/act`, { action: 'silence' })
  expect(await stateOf(t, alice)).toMatchObject({ limited: true })
  expect((await reader.get(at)).html).not.toContain(`formaction="${at}/unlimit"`)

  const ofModerator = (await moderator.get(at)).html
  for (const words of ['What staff did', 'alice@mail.test', `formaction="${at}/unlimit"`, `href="${at}/suspend"`])
    expect(ofModerator).toContain(words)
  for (const not of ['192.0.2.9', `action="${at}/role"`, `action="${at}/address"`, 'memorial', `action="${at}/purge"`])
    expect(ofModerator).not.toContain(not)
  const ofOwner = (await owner.get(at)).html
  for (const words of [`action="${at}/role"`, `action="${at}/address"`, `href="${at}/memorial"`])
    expect(ofOwner).toContain(words)
  expect(ofOwner).toContain('one other account')
  expect(ofOwner).toContain('href="/admin/accounts?address=192.0.2.9"')

  // Owners don't act on each other: the page offers nothing that would be refused.
  await localAccount(t, 'otto', { role: 'owner' })
  const { rows } = await t.db.execute<{ id: string }>(sql`select id::text as id from accounts where username = 'otto'`)
  const ofEqual = (await owner.get(`/admin/accounts/${rows[0]?.id}`)).html
  expect(ofEqual).toContain('so you can’t act on it')
  expect(ofEqual).not.toContain('More actions')
})

test('pages of an account lead to each other', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const owner = await s.as('olga')
  const at = `/admin/accounts/${alice}`
  const report = await t.db.transaction((tx) => createReport(tx, t.app.uris, bob, { targetId: alice, comment: 'Look' }))
  await t.db.execute(sql`update users set second_factor_since = now() where account_id = ${alice}`)
  const { html } = await owner.get(at)
  for (const path of [`${at}/security`, `${at}/private`, `/admin/reports/${report}`])
    expect(html).toContain(`href="${path}"`)
  expect(html).toContain('Reports about it (1)')
  expect(html).toContain('href="/admin/accounts/reset-factors?name=alice"')
  for (const path of [`${at}/security`, '/admin/accounts/reset-factors?name=alice', `/admin/reports/${report}`])
    expect((await owner.get(path)).html, path).toContain(`href="${at}"`)
  // The list knows its parameters: a link with another one would list everybody.
  await t.db.execute(sql`insert into invites (id, account_id, code_hash, code) values (7, ${alice}, '\\x00', '')`)
  await t.db.execute(sql`update users set invite_id = 7 where account_id = ${bob}`)
  const [, invited = ''] = /href="(\/admin\/accounts\?[^"]*)">Invited one person/.exec((await owner.get(at)).html) ?? []
  const listed = (await owner.get(invited.replaceAll('&amp;', '&'))).html
  expect(listed).toContain(`href="/admin/accounts/${bob}"`)
  expect(listed).not.toContain(`href="/admin/accounts/${s.mod}"`)
  expect((await owner.post(`${at}/role`, { role: '1' })).location).toBe(`${at}?done=role`)
  expect((await owner.get(at)).html).toContain(`href="/admin/audit?target=${alice}"`)
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

test('each look at reported posts that are not public is on record, and none at others', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const [open, secret] = [
    await status(t, alice, { text: 'Hello' }),
    await status(t, alice, { text: 'Psst', visibility: 'private' }),
  ]
  const report = (post: string, reporter: AccountId) =>
    t.db.transaction((tx) => createReport(tx, t.app.uris, reporter, { targetId: alice, statusIds: [post as StatusId] }))
  await makeFollow(t, bob, alice)
  const [first, second] = [await report(open, bob), await report(secret, bob)]
  const browser = await s.as('mod')
  await browser.get(`/admin/reports/${first}`)
  expect((await browser.get(`/admin/reports/${second}`)).html).toContain('Psst')
  const { rows } = await t.db.execute(
    sql`select target_id as id, actor_name as actor from audit_log where action = 'readPrivate'`,
  )
  expect(rows).toEqual([{ id: second, actor: 'mod' }])
})

test('a memorial and a reset of the password are asked for on a page that says what follows', async () => {
  await using s = await scene()
  const { t, alice, carol } = s
  const [owner, mod] = [await s.as('olga'), await s.as('mod')]
  const at = `/admin/accounts/${alice}`
  for (const [verb, words] of [
    ['memorial', 'Nobody can log in to it any more'],
    ['reset-password', 'The password stops working at once'],
  ] as const) {
    expect((await owner.get(at)).html).toContain(`href="${at}/${verb}"`)
    const asked = await owner.get(`${at}/${verb}`)
    expect(asked.html).toContain(words)
    expect(asked.html).toContain(`action="${at}/${verb}"`)
    expect((await mod.get(`${at}/${verb}`)).status).toBe(404)
    expect((await owner.get(`/admin/accounts/${carol}/${verb}`)).status).toBe(404)
  }
  expect(await stateOf(t, alice)).toMatchObject({ memorial: false, reset: false })
})

test('the dates of a strike are changed on the page, with an entry in the log, and not into the past', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const made = await t.db.transaction((tx) =>
    strike(tx, commandLine, alice, { action: 'silence', endsAt: new Date('2099-01-01T15:00:00Z') }),
  )
  const mod = await s.as('mod')
  const at = `/admin/accounts/${alice}`
  const dates = async () =>
    (await t.db.execute(sql`select ends_at::text as ends, review_at::text as review from strikes`)).rows[0]
  const send = (ends: string, review: string, account = at) =>
    mod.post(`${account}/strikes/${made}/dates`, { [`ends_${made}`]: ends, [`review_${made}`]: review })
  expect((await mod.get(at)).html).toContain('value="2099-01-01"')
  expect((await send('2099-01-01', '')).location).toBe(`${at}?done=unchanged`)
  expect((await send('2099-01-01', '2098-05-01')).location).toBe(`${at}?done=dates`)
  expect(await dates()).toEqual({ ends: '2099-01-01 15:00:00+00', review: '2098-05-01 00:00:00+00' })
  const refused = await send('2020-01-01', '2098-05-01')
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('value="2020-01-01"')
  expect((await send('', '', `/admin/accounts/${bob}`)).status).toBe(404)
  expect(await dates()).toMatchObject({ ends: '2099-01-01 15:00:00+00' })
  expect((await send('', '2098-05-01')).status).toBe(303)
  expect(await dates()).toEqual({ ends: null, review: '2098-05-01 00:00:00+00' })
  expect(await lastAudit(t)).toEqual({ action: 'changeStrike', actor: 'mod' })
  const log = (await mod.get('/admin/audit')).html
  for (const words of ['no longer ends by itself', 'comes up for review on']) expect(log).toContain(words)
})

test('what was typed for a change of address or role, or for the deletion, stands there again after a proof', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const at = `/admin/accounts/${alice}`
  const owner = await s.as('olga')
  await t.db.transaction((tx) => strike(tx, commandLine, alice, { action: 'suspend' }))
  const typed = {
    address: { fields: { email: 'new@mail.test' }, shown: /name="email"[^>]* value="new@mail\.test"/ },
    role: { fields: { role: '1' }, shown: /<option value="1" selected/ },
    purge: { fields: { name: 'alice' }, shown: /name="name"[^>]* value="alice"/ },
  }
  for (const [form, { fields, shown }] of Object.entries(typed)) {
    await t.db.execute(sql`update sessions set proved_at = null`)
    const asked = await owner.post(`${at}/${form}`, { ...fields, form, return_to: at })
    expect(asked.location, form).toBe(`/prove?${new URLSearchParams({ return_to: at })}`)
    await owner.post('/prove', { password, return_to: at })
    const { html } = await owner.get(at)
    expect(html, form).toMatch(/<details class="sheet account-more" open/)
    expect(html, form).toContain('What you typed stands here again')
    expect(html, form).toMatch(shown)
    expect((await owner.get(`/admin/accounts/${bob}`)).html, form).not.toContain('What you typed stands here again')
    expect((await owner.post(`${at}/${form}`, { ...fields, form, return_to: at })).location).toBe(`${at}?done=${form}`)
    expect((await owner.get(at)).html, form).not.toContain('What you typed stands here again')
  }
})
