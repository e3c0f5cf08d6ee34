import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { openSession } from '#src/accounts/sessions/sessions.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { firstIdAt } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

type Door = {
  path: (t: TestDatabase) => Promise<string> | string
  form?: Record<string, string>
  /** What the log says of it. */
  entry: string
  isForModerators?: boolean
}

const idOf = async (t: TestDatabase, query: string): Promise<string> => {
  const { rows } = await t.db.execute<{ id: string }>(sql.raw(query))
  return String(rows[0]?.id)
}

const alice = (t: TestDatabase) => idOf(t, `select id from accounts where username = 'alice'`)

/** Each door to what staff changes, but those of accounts that have tests of their own. */
const doors: Door[] = [
  { path: () => '/admin/rules', form: { rule: 'Be kind' }, entry: 'Added the rule Be kind' },
  {
    path: async (t) =>
      `/admin/rules/${await idOf(t, `insert into rules (id, text, position) values (5, 'Old', 1) returning id`)}/remove`,
    entry: 'Removed the rule Old',
  },
  {
    path: () => '/admin/announcements',
    form: { announcement: 'Cake at four' },
    entry: 'Published the announcement Cake at four',
  },
  {
    path: async (t) =>
      `/admin/announcements/${await idOf(t, `insert into announcements (id, text) values (6, 'Stale') returning id`)}/remove`,
    entry: 'Removed the announcement Stale',
  },
  { path: () => '/admin/texts', form: { terms_of_service: 'Be good' }, entry: 'Changed the text termsOfService' },
  {
    path: async (t) => {
      await t.db.execute(sql`insert into hosts (host) values ('far.example')`)
      return '/admin/servers/far.example/stop'
    },
    entry: 'Stopped deliveries to far.example',
  },
  {
    path: async (t) =>
      `/admin/trends/tag/${await idOf(t, `insert into tags (id, name, display_name) values (9, 'cats', 'Cats') returning id`)}/approve`,
    entry: 'Let the hashtag Cats trend',
    isForModerators: true,
  },
  {
    path: async (t) => {
      const maker = { accountId: (await alice(t)) as never, role: 'user' as const }
      const { id } = await makeInvite(t.app, maker, { maxUses: 1, days: 1, follows: false, note: '' })
      return `/admin/invites/${id}/revoke`
    },
    entry: 'Revoked an invitation by alice',
  },
  {
    path: async (t) => {
      const id = await alice(t)
      await t.db.transaction((tx) => openSession(tx, id as never, { address: '', userAgent: '' }))
      return `/admin/accounts/${id}/security/sessions/end`
    },
    entry: 'Ended sessions of @alice',
    isForModerators: true,
  },
]

test.each(['user', 'moderator', 'admin', 'owner'] as const)(
  'what the role %s may do is in the audit log, and the rest is neither done nor logged',
  async (role) => {
    await using t = await database()
    await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open', inviters: 'users' }))
    await localAccount(t, 'alice')
    await localAccount(t, 'actor', { role })
    const browser = visitor(pages(t.app))
    await browser.logIn('actor', password)
    const done: string[] = []
    for (const { path, form = {}, entry, isForModerators = false } of doors) {
      const isAllowed = role === 'admin' || role === 'owner' || (role === 'moderator' && isForModerators)
      const { status } = await browser.post(await path(t), form)
      expect(status, entry).toBe(isAllowed ? 303 : 404)
      if (isAllowed) done.push(entry)
    }
    const { rows } = await t.db.execute(sql`select from audit_log where actor_name = 'actor'`)
    expect(rows).toHaveLength(done.length)
    if (role === 'user') return
    const log = await browser.get('/admin/audit')
    for (const entry of done) expect(log.html).toContain(entry)
    expect(log.html).toContain('Settings: who may sign up')
  },
)

test('the audit log is filtered by actor, kind, action and object, forty entries a page', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const bob = await localAccount(t, 'bob')
  await t.db.execute(sql`
    insert into audit_log (id, actor_id, actor_name, action, target_kind, target_id, target_name)
    select 100 + n, ${mod}, 'mod', 'warn', 'account', '7', 'person' || n from generate_series(1, 45) n`)
  await t.db.execute(sql`
    insert into audit_log (id, actor_id, actor_name, action, target_kind, target_id, target_name) values
    (200, null, 'command line', 'suspend', 'account', ${bob}, 'bob'), (201, null, 'command line', 'block', 'domain', 'far.example', 'far.example')`)
  const browser = visitor(pages(t.app))
  await browser.logIn('mod', password)
  const listed = async (query: string) =>
    [...(await browser.get(`/admin/audit?${query}`)).html.matchAll(/<li><div><p dir="auto">([^<]*)/g)].map(
      ([, text]) => text,
    )
  expect(await listed('')).toHaveLength(40)
  expect(await listed('max_id=108')).toHaveLength(7)
  const [suspended, blocked] = ['Suspended bob', 'Set the rule about far.example']
  expect(await listed('actor=command+line')).toEqual([blocked, suspended])
  expect(await listed('actor=%40mod')).toHaveLength(40)
  expect(await listed('actor=nobody')).toEqual([])
  expect(await listed('kind=domain')).toEqual([blocked])
  expect(await listed('action=account.suspend')).toEqual([suspended])
  expect(await listed('action=account.suspend&kind=domain')).toEqual([])
  expect(await listed('target=bob')).toEqual([suspended])
  expect(await listed('target=far.example')).toEqual([blocked])
})

test('the audit log is filtered by days, in any combination with the rest, also past a thousand entries', async () => {
  await using t = await database()
  const [mod, rare] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'rare', { role: 'moderator' }),
  ]
  const [first, second] = ['2026-03-01', '2026-03-02'].map((day) => firstIdAt(new Date(`${day}T12:00:00Z`)))
  await t.db.execute(sql`
    insert into audit_log (id, actor_id, actor_name, action, target_kind, target_id, target_name)
    select ${second}::bigint + n, ${mod}, 'mod', 'warn', 'account', '7', 'many' from generate_series(1, 1100) n`)
  await t.db.execute(sql`
    insert into audit_log (id, actor_id, actor_name, action, target_kind, target_id, target_name) values
    (${first}, ${rare}, 'rare', 'suspend', 'account', '8', 'one'), (${first}::bigint + 1, ${mod}, 'mod', 'create', 'rule', '9', 'two')`)
  const browser = visitor(pages(t.app))
  await browser.logIn('mod', password)
  const listed = async (query: string) =>
    [...(await browser.get(`/admin/audit?${query}`)).html.matchAll(/<li><div><p dir="auto">([^<]*)/g)].map(
      ([, text]) => text,
    )
  const [one, two] = ['Suspended one', 'Added the rule two']
  expect(await listed('to=2026-03-01')).toEqual([two, one])
  expect(await listed('from=2026-03-01&to=2026-03-01&kind=account')).toEqual([one])
  expect(await listed('from=2026-03-02')).toHaveLength(40)
  expect(await listed('from=2026-03-03')).toEqual([])
  expect(await listed('from=2026-03-02&to=2026-03-01')).toEqual([])
  const wrong = await browser.get('/admin/audit?from=yesterday&report=mine')
  expect(wrong.status).toBe(422)
  for (const words of ['is not a date', 'is not the number of a report', 'value="yesterday"', 'value="mine"'])
    expect(wrong.html).toContain(words)
  expect(await listed('to=0001-01-01')).toEqual([])
  expect(await listed('actor=rare')).toEqual([one])
  expect(await listed('actor=mod&kind=rule')).toEqual([two])
  expect(await listed('actor=mod&action=account.warn')).toHaveLength(40)
  expect(await listed('actor=rare&action=account.warn')).toEqual([])
  expect(await listed(`actor=mod&max_id=${second}`)).toEqual([two])
  const { html } = await browser.get('/admin/audit?from=2026-03-02&actor=mod')
  expect(html).toContain('name="from"')
  expect(html).toContain('from=2026-03-02&amp;max_id=')
})

test('a report’s number finds what was done with it: notes, looks, strikes and what became of them', async () => {
  await using t = await database()
  await localAccount(t, 'mod', { role: 'moderator' })
  const [reporter, bob] = [await localAccount(t, 'reporter'), await localAccount(t, 'bob')]
  const [post, hidden] = [await status(t, bob), await status(t, bob, { visibility: 'private' })]
  const file = () =>
    t.db.transaction((tx) => createReport(tx, t.app.uris, reporter, { targetId: bob, statusIds: [post] }))
  const [id, other] = [await file(), await file()]
  const browser = visitor(pages(t.app))
  await browser.logIn('mod', password)
  const at = `/admin/reports/${id}`
  await browser.post(`${at}/notes`, { note: 'Hm' })
  await browser.post(`/admin/reports/${other}/notes`, { note: 'Other' })
  await browser.post(`/admin/accounts/${bob}/notes`, { note: 'Him' })
  await browser.post(`/admin/accounts/${bob}/private`, { report: id })
  await browser.post(`${at}/posts`, { do: 'delete', post, words: 'Rude' })
  const strikeId = await idOf(t, 'select id from strikes')
  await browser.post(`/admin/accounts/${bob}/strikes/${strikeId}/lift`)
  await browser.post(`/admin/accounts/${bob}/act`, { action: 'none', text: 'By itself' })

  const { html } = await browser.get(`/admin/audit?report=${id}`)
  const lines = [...html.matchAll(/<li><div><p dir="auto">([^<]*)/g)].map(([, text]) => text)
  expect(lines).toEqual([
    'Took back an action against @bob',
    'Deleted posts of @bob',
    `Resolved the report #${id}`,
    expect.stringContaining('Deleted the post'),
    'Read posts of @bob that are not public',
    `Wrote a note about #${id}`,
  ])
  for (const words of ['“Rude”', `href="${at}">Report #${id}`, '1 post', 'by an action against the account'])
    expect(html).toContain(words)
  for (const raw of ['reportId', 'strikeId', 'delete_statuses', hidden]) expect(html).not.toContain(`${raw}:`)
  expect((await browser.get(at)).html).toContain(`href="/admin/audit?report=${id}"`)
})

test('entries of older versions about deleted posts are no warnings', async () => {
  await using t = await database()
  await localAccount(t, 'mod', { role: 'moderator' })
  await t.db.execute(sql`
    insert into audit_log (id, actor_name, action, target_kind, target_id, target_name, details) values
    (1, 'command line', 'warn', 'account', '7', '@bob', '{"action":"delete_statuses","text":"No"}'),
    (2, 'command line', 'changeRole', 'account', '7', '@bob', '{"from":"user","to":"1"}')`)
  const browser = visitor(pages(t.app))
  await browser.logIn('mod', password)
  const { html } = await browser.get('/admin/audit')
  for (const words of ['Deleted posts of @bob', '“No”', 'before: Everybody', 'now: Moderator'])
    expect(html).toContain(words)
  expect(html).not.toContain('<p dir="auto">Warned @bob')
})
