import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { permissionBits } from '#src/accounts/roles/permissions.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { changed } from '#src/platform/db/changes.ts'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

/** Pages of staff, and the bit of Mastodon's permission that opens them. */
const staffPages = [
  ['/admin/audit', 1 << 2],
  ['/admin', 1 << 3],
  ['/admin/reports', 1 << 4],
  ['/admin/servers', 1 << 5],
  ['/admin/settings', 1 << 6],
  ['/admin/trends', 1 << 8],
  ['/admin/accounts', 1 << 10],
  ['/admin/applicants', 1 << 10],
  ['/admin/invites', 1 << 11],
  ['/admin/rules', 1 << 12],
  ['/admin/roles', 1 << 17],
  ['/admin/accounts/reset-factors', 1 << 18],
] as const

test('apps read from the role what the website lets it do', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const site = pages(t.app)
  const found: Record<string, string> = {}
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const) {
    const id = await localAccount(t, `the_${role}`, { role })
    const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', await tokenOf(t.app, id))
    expect(me.role).toMatchObject({ highlighted: role !== 'user', permissions: expect.stringMatching(/^\d+$/) })
    found[role] = me.role.permissions
    const browser = visitor(site)
    await browser.logIn(`the_${role}`, password)
    for (const [path, bit] of staffPages) {
      const isAllowed = (Number(me.role.permissions) & bit) !== 0
      expect((await browser.get(path)).status, `${role} at ${path}`).toBe(isAllowed ? 200 : 404)
    }
    // Announcements are on the page of the rules.
    const announced = await browser.post('/admin/announcements', { announcement: `By the ${role}` })
    expect(announced.status, role).toBe((Number(me.role.permissions) & (1 << 13)) === 0 ? 404 : 303)
  }
  expect(found).toMatchObject({ user: '0', moderator: '1820', admin: '983038', owner: '983039' })
})

test('the permission to invite follows the settings', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, mod] = [await localAccount(t, 'alice'), await localAccount(t, 'mod', { role: 'moderator' })]
  const mayInvite = async () => {
    const bits = []
    for (const id of [alice, mod]) {
      const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', await tokenOf(t.app, id))
      bits.push((Number(me.role.permissions) & (1 << 16)) !== 0)
    }
    return bits
  }
  expect(await mayInvite()).toEqual([false, false])
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open', inviters: 'users' }))
  expect(await mayInvite()).toEqual([true, true])
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { inviters: 'staff' }))
  expect(await mayInvite()).toEqual([false, true])
})

test('a role that admins made opens the pages of its permissions and no others, and gets what they announce', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const bits = permissionBits.manage_reports | permissionBits.manage_taxonomies | permissionBits.view_dashboard
  await t.db.execute(sql`
    insert into roles (id, name, permissions, position, colour, is_highlighted) values (77, 'Gardener', ${bits}::bigint, 5, '#00aa00', true)`)
  const [gardener, alice] = [await localAccount(t, 'gardener'), await localAccount(t, 'alice')]
  await t.db.execute(sql`update users set role_id = 77 where account_id = ${gardener}`)
  const token = await tokenOf(t.app, gardener)
  const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', token)
  const badge = { id: '77', name: 'Gardener', color: '#00aa00' }
  expect(me.roles).toEqual([badge])
  expect(me.role).toMatchObject({ ...badge, permissions: String(bits), highlighted: true })

  const browser = visitor(pages(t.app))
  await browser.logIn('gardener', password)
  for (const [path, bit] of staffPages)
    expect((await browser.get(path)).status, path).toBe((Number(bits) & bit) === 0 ? 404 : 200)

  await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: gardener }))
  const { rows } = await t.db.execute(sql`select type from notifications where account_id = ${gardener}`)
  expect(rows).toEqual([{ type: 'admin.report' }])
  expect((await browser.get('/notifications')).html).toContain('href="/admin/reports/')
  expect(await server.get('/api/v1/notifications', '[Notification]', token)).toMatchObject([{ type: 'admin.report' }])
})

test('the menu leads whoever has a permission of staff to the first page that it opens', async () => {
  await using t = await database()
  await t.db.execute(sql`insert into roles (id, name, permissions, position) values (78, 'Helper', 0, 5)`)
  const helper = await localAccount(t, 'helper')
  await t.db.execute(sql`update users set role_id = 78 where account_id = ${helper}`)
  const browser = visitor(pages(t.app))
  await browser.logIn('helper', password)
  const first = {
    view_dashboard: '/admin',
    manage_reports: '/admin/reports',
    manage_users: '/admin/appeals',
    manage_announcements: '/admin/rules',
    manage_webhooks: '/admin/webhooks',
    manage_user_access: '/admin/accounts/reset-factors',
    invite_users: null,
  } as const
  for (const [name, path] of Object.entries(first)) {
    const bits = permissionBits[name as keyof typeof first]
    await t.db.transaction(async (tx) => {
      await tx.execute(sql`update roles set permissions = ${bits}::bigint where id = 78`)
      await changed(tx, 'roles')
    })
    const { html } = await browser.get('/')
    expect(/<a href="(\/admin[^"]*)"[^>]*>(?:(?!<\/a>).)*Administration/s.exec(html)?.[1] ?? null, name).toBe(path)
    expect((await browser.get(path ?? '/admin')).status, name).toBe(path === null ? 404 : 200)
  }
})

test('the page of rules and announcements shows what a role may change', async () => {
  await using t = await database()
  const bits = permissionBits.manage_announcements
  await t.db.execute(sql`insert into roles (id, name, permissions, position) values (79, 'Herald', ${bits}::bigint, 5)`)
  const herald = await localAccount(t, 'herald')
  await t.db.execute(sql`update users set role_id = 79 where account_id = ${herald}`)
  const browser = visitor(pages(t.app))
  await browser.logIn('herald', password)
  const { html } = await browser.get('/admin/rules')
  expect(html).toContain('action="/admin/announcements"')
  expect(html).not.toMatch(/action="\/admin\/(rules|texts)"/)
})
