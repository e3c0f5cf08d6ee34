import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { changeRole } from '#src/moderation/accounts/manage.ts'
import { createRole } from '#src/moderation/roles.ts'
import type { RoleId } from '#src/platform/ids.ts'
import { pages } from '../../web/app.tsx'
import { serve, tokenOf } from '../api/server.ts'
import { localAccount, password, status as post } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const fields = {
  name: 'Gardener',
  position: '5',
  highlighted: '1',
  has_colour: '1',
  colour: '#ffee00',
  permission: ['manage_reports', 'view_dashboard'],
  max_collections: '3',
  max_invites: '',
}

const madeRole = async (t: TestDatabase) => {
  const found = [...(await loadRoles(t.db)).values()].find(({ builtIn }) => builtIn === null)
  return found ?? null
}

const gardener = (t: TestDatabase) =>
  t.db.transaction((tx) =>
    createRole(tx, commandLine, {
      name: 'Gardener',
      permissions: ['manage_taxonomies'],
      position: 5,
      colour: '#ffee00',
      isHighlighted: true,
      needsSecondFactor: false,
      maxCollections: 3,
      maxInvites: null,
    }),
  )

test('admins and owners make, change and delete roles, after a proof of identity; nobody else finds the pages', async () => {
  await using t = await database()
  const site = pages(t.app)
  const made = await gardener(t)
  const someone = await localAccount(t, 'helper')
  await t.db.transaction((tx) => changeRole(tx, commandLine, someone, made))
  const doors = ['/admin/roles', '/admin/roles/new', `/admin/roles/${made}`, '/admin/roles/-99', '/admin/roles/1']
  for (const role of ['user', 'moderator', 'admin', 'owner', 'made', 'nobody'] as const) {
    const name = role === 'made' ? 'helper' : `the_${role}`
    if (role !== 'made' && role !== 'nobody') await localAccount(t, name, { role })
    const browser = visitor(site)
    if (role !== 'nobody') await browser.logIn(name, password)
    const wanted = role === 'nobody' ? 303 : role === 'admin' || role === 'owner' ? 200 : 404
    for (const path of doors) expect((await browser.get(path)).status, `${role} at ${path}`).toBe(wanted)
    const ownersRole = role === 'owner' ? 200 : role === 'nobody' ? 303 : 404
    expect((await browser.get('/admin/roles/3')).status, `${role} at the owners' role`).toBe(ownersRole)
    if (wanted === 200) continue
    for (const path of ['/admin/roles', `/admin/roles/${made}`, `/admin/roles/${made}/delete`])
      expect((await browser.post(path, fields)).status, `${role} to ${path}`).toBe(wanted)
    expect((await madeRole(t))?.name).toBe('Gardener')
  }
  const boss = visitor(site)
  await boss.logIn('the_owner', password)
  await t.db.execute(sql`update sessions set proved_at = now() - interval '2 hours'`)
  for (const path of ['/admin/roles', `/admin/roles/${made}`, `/admin/roles/${made}/delete`])
    expect((await boss.post(path, fields)).location, path).toContain('/prove')
  expect((await boss.get('/admin/roles/new')).location).toContain('/prove')
})

test('a form makes, changes and deletes a role, and refuses what is wrong with what was typed', async () => {
  await using t = await database()
  await localAccount(t, 'boss', { role: 'owner' })
  const browser = visitor(pages(t.app))
  await browser.logIn('boss', password)
  expect(await browser.post('/admin/roles', fields)).toMatchObject({ status: 303, location: '/admin/roles?done=made' })
  const role = await madeRole(t)
  expect(role).toMatchObject({ name: 'Gardener', colour: '#ffee00', maxCollections: 3, maxInvites: null })
  const path = `/admin/roles/${role?.id}`
  const form = await browser.get(path)
  expect(form.html).toMatch(/value="manage_reports" checked/)
  expect(form.html).not.toMatch(/value="manage_users" checked/)
  const refused = await browser.post(path, { ...fields, name: 'Herbalist', position: '1000' })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('value="Herbalist"')
  expect(refused.html).toContain('must be between 1 and 999')
  const { has_colour: _, ...plain } = fields
  expect((await browser.post(path, { ...plain, permission: [] })).status).toBe(303)
  expect(await madeRole(t)).toMatchObject({ colour: '', permissions: 0n })
  expect((await browser.post(`${path}/delete`)).location).toBe('/admin/roles?done=deleted')
  expect(await madeRole(t)).toBeNull()
  expect((await browser.get(path)).status).toBe(404)
  expect((await browser.get('/admin/roles/abc')).status).toBe(404)
})

test('an admin sees, but cannot tick, a permission that they lack, and cannot open their own role', async () => {
  await using t = await database()
  await localAccount(t, 'head', { role: 'admin' })
  await t.db.execute(sql`
    insert into roles (id, name, permissions, position, is_highlighted) values (2, 'Admin', 131072, 100, true)`)
  const browser = visitor(pages(t.app))
  await browser.logIn('head', password)
  expect((await browser.get('/admin/roles/2')).status).toBe(404)
  const { html } = await browser.get('/admin/roles/1')
  expect(html).toMatch(/value="manage_reports" checked(="")? disabled/)
  expect(html).toContain('Your own role lacks this, so you can neither give nor take it.')
  const refused = await browser.post('/admin/roles/1', { ...fields, name: 'admin', permission: [] })
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('is the name of another role')
  // It still has what the browser did not send.
  expect(refused.html).toMatch(/value="manage_reports" checked(="")? disabled/)
  expect(html).toMatch(/value="manage_roles"(?! checked)(?! disabled)/)
})

test('the badge of a role stands on the profile and at the posts, as in the API, with its limits', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const role = await gardener(t)
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, role))
  const status = await post(t, alice, { text: 'Hello' })
  const reader = visitor(pages(t.app))
  for (const path of ['/@alice', `/@alice/${status}`]) expect((await reader.get(path)).html, path).toContain('Gardener')
  await post(t, bob, { text: 'Hi' })
  expect((await reader.get('/@bob')).html).not.toContain('class="tag role"')
  const badge = { id: role, name: 'Gardener', color: '#ffee00' }
  expect((await server.get(`/api/v1/accounts/${alice}`, 'Account')).roles).toEqual([badge])
  const me = await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', await tokenOf(t.app, alice))
  expect(me.role).toMatchObject({ ...badge, highlighted: true, collection_limit: 3 })
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, '-99' as RoleId))
  expect((await server.get(`/api/v1/accounts/${alice}`, 'Account')).roles).toEqual([])
})
