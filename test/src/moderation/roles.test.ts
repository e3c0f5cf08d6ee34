import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { bitsOf } from '#src/accounts/roles/permissions.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { canAct } from '#src/accounts/sessions/account-status.ts'
import { changeRole } from '#src/moderation/accounts/manage.ts'
import { createRole, deleteRole, editRole, listRoles, maxRoles, type RoleInput } from '#src/moderation/roles.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, RoleId } from '#src/platform/ids.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { localAccount } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'

const gardener: RoleInput = {
  name: 'Gardener',
  permissions: ['manage_reports'],
  position: 5,
  colour: '#00AA00',
  isHighlighted: true,
  needsSecondFactor: false,
  maxCollections: null,
  maxInvites: null,
}
const moderator = '1' as RoleId
const admin = '2' as RoleId
const owner = '3' as RoleId
const everybody = '-99' as RoleId

/** What a member of staff does to roles. */
const by = (t: TestDatabase, accountId: AccountId) => {
  const staff = () => staffMember(t.db, accountId)
  return {
    create: async (input: Partial<RoleInput> = {}) => {
      const one = await staff()
      return t.db.transaction((tx) => createRole(tx, one, { ...gardener, ...input }))
    },
    edit: async (id: RoleId, input: Partial<RoleInput> = {}) => {
      const one = await staff()
      const { permissions: _, ...before } = (await listRoles(t.db, commandLine)).find((role) => role.id === id)!
      const kept: RoleInput = { ...before, permissions: [] }
      return t.db.transaction((tx) => editRole(tx, one, id, { ...kept, ...input }))
    },
    delete: async (id: RoleId) => {
      const one = await staff()
      return t.db.transaction((tx) => deleteRole(tx, one, id))
    },
  }
}

const auditOf = async (t: TestDatabase) =>
  (
    await t.db.execute<{ actor: string; action: string; name: string; details: object }>(
      sql`select actor_name as actor, action, target_name as name, details from audit_log where target_kind = 'role' order by id`,
    )
  ).rows

test('a role is made, changed and deleted, each with its entry in the audit log; its people have the role of everybody then', async () => {
  await using t = await database()
  const [boss, alice] = [await localAccount(t, 'boss', { role: 'owner' }), await localAccount(t, 'alice')]
  const roles = by(t, boss)
  const id = await roles.create()
  expect((await loadRoles(t.db)).get(id)).toMatchObject({
    name: 'Gardener',
    colour: '#00aa00',
    permissions: bitsOf(['manage_reports']),
    limits: { maxCollections: 10, maxInvites: 20 },
  })
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, id))
  expect((await listRoles(t.db, commandLine)).find((role) => role.id === id)).toMatchObject({ holders: 1 })
  expect((await staffMember(t.db, alice)).permissions).toBe(bitsOf(['manage_reports']))

  await roles.edit(id, { name: 'Herbalist', permissions: ['manage_appeals'], position: 7 })
  expect(await staffMember(t.db, alice)).toMatchObject({ permissions: bitsOf(['manage_appeals']), position: 7 })
  await roles.edit(id, { permissions: ['manage_appeals'] })
  await roles.delete(id)
  expect(await staffMember(t.db, alice)).toMatchObject({ permissions: 0n, position: -1 })
  await expect(roles.delete(id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await auditOf(t)).toEqual([
    {
      actor: 'boss',
      action: 'create',
      name: 'Gardener',
      details: {
        name: 'Gardener',
        colour: '#00aa00',
        position: 5,
        given: ['manage_reports'],
        isHighlighted: true,
        needsSecondFactor: false,
      },
    },
    {
      actor: 'boss',
      action: 'change',
      name: 'Gardener',
      details: { name: 'Herbalist', position: 7, given: ['manage_appeals'], taken: ['manage_reports'] },
    },
    { actor: 'boss', action: 'delete', name: 'Herbalist', details: { holders: 1 } },
  ])
})

test('nobody gives a permission that they lack, or makes, changes or deletes a role as high as their own', async () => {
  await using t = await database()
  const [boss, head, alice] = [
    await localAccount(t, 'boss', { role: 'owner' }),
    await localAccount(t, 'head', { role: 'admin' }),
    await localAccount(t, 'alice'),
  ]
  const warden = await by(t, boss).create({
    name: 'Warden',
    permissions: ['manage_roles', 'manage_rules'],
    position: 50,
  })
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, warden))
  const garden = await by(t, boss).create({ permissions: ['manage_rules', 'manage_settings'] })
  const refused = { code: 'not_permitted' }

  const wardens = by(t, alice)
  await expect(wardens.create({ name: 'Guard', permissions: ['manage_reports'] })).rejects.toMatchObject(refused)
  await expect(wardens.create({ name: 'Guard', permissions: [], position: 50 })).rejects.toMatchObject(refused)
  await expect(wardens.edit(garden, { permissions: ['manage_users'] })).rejects.toMatchObject(refused)
  await expect(wardens.edit(garden, { position: 50 })).rejects.toMatchObject(refused)
  for (const id of [warden, admin, owner]) {
    await expect(wardens.edit(id, { needsSecondFactor: true }), id).rejects.toMatchObject(refused)
    await expect(wardens.delete(id), id).rejects.toMatchObject(refused)
  }
  // The permission that they lack stays, also when the form, which can't send it, is without it.
  await wardens.edit(garden, { permissions: [] })
  expect((await loadRoles(t.db)).get(garden)?.permissions).toBe(bitsOf(['manage_settings']))
  await wardens.edit(moderator, { name: 'Steward', permissions: [] })
  expect((await loadRoles(t.db)).get(moderator)).toMatchObject({ name: 'Steward', builtIn: 'moderator', position: 10 })

  await expect(by(t, head).edit(admin, { colour: '#ffffff' })).rejects.toMatchObject(refused)
  await expect(by(t, head).edit(owner, { needsSecondFactor: true })).rejects.toMatchObject(refused)
  await expect(by(t, boss).create({ name: 'Crown', permissions: ['administrator'] })).rejects.toMatchObject(refused)
  await by(t, boss).edit(admin, { permissions: ['manage_roles'], position: 90 })
  expect(await staffMember(t.db, head)).toMatchObject({ permissions: bitsOf(['manage_roles']), position: 90 })
  // Owners stay able to do everything, whatever a form says.
  await by(t, boss).edit(owner, { name: 'Nobody', permissions: [], position: 1 })
  expect(await staffMember(t.db, boss)).toMatchObject({ permissions: bitsOf(['administrator']), position: 1_000 })
  for (const id of [moderator, admin, owner, everybody])
    await expect(by(t, boss).delete(id), id).rejects.toMatchObject(refused)
  for (const one of [await localAccount(t, 'mod', { role: 'moderator' }), await localAccount(t, 'bob')]) {
    await expect(by(t, one).create()).rejects.toMatchObject(refused)
    await expect(by(t, one).delete(garden)).rejects.toMatchObject(refused)
    await expect(staffMember(t.db, one).then((staff) => listRoles(t.db, staff))).rejects.toMatchObject(refused)
  }
})

test('a role needs a name, a position between everybody and the owners, and a colour; there are at most 50', async () => {
  await using t = await database()
  const roles = by(t, await localAccount(t, 'boss', { role: 'owner' }))
  for (const [field, input] of [
    ['name', { name: ' ' }],
    ['position', { position: 0 }],
    ['position', { position: 1_000 }],
    ['position', { position: Number.NaN }],
    ['colour', { colour: 'red' }],
    ['max_collections', { maxCollections: -1 }],
    ['max_invites', { maxInvites: 1_001 }],
  ] as const)
    await expect(roles.create(input), field).rejects.toMatchObject({ code: 'invalid', problems: [{ field }] })
  await t.db.execute(sql`
    insert into roles (id, name, permissions, position) select n, 'Role ' || n, 0, 1 from generate_series(100, ${99 + maxRoles - 4}) n`)
  await expect(roles.create()).rejects.toMatchObject({ code: 'invalid', text: { key: 'tooManyRoles' } })
})

test('invitations and collections are limited by the role, else by that of everybody', async () => {
  await using t = await database()
  const [boss, alice, bob] = [
    await localAccount(t, 'boss', { role: 'owner' }),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open' }))
  const roles = by(t, boss)
  const id = await roles.create({ permissions: [], maxInvites: 1 })
  await roles.edit(everybody, { maxCollections: 1, maxInvites: 0 })
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, id))
  expect((await loadRoles(t.db)).get(id)?.limits).toEqual({ maxCollections: 1, maxInvites: 1 })

  const invite = (accountId: AccountId, roleId: RoleId | null) =>
    makeInvite(t.app, { accountId, role: 'user', roleId }, { maxUses: 1, days: 7, follows: false, note: '' })
  await invite(alice, id)
  await expect(invite(alice, id)).rejects.toMatchObject({ text: { key: 'tooManyInvites', values: { max: 1 } } })
  await expect(invite(bob, null)).rejects.toMatchObject({ text: { key: 'tooManyInvites', values: { max: 0 } } })
  const collect = () => t.db.transaction((tx) => createCollection(tx, alice, { name: 'Birds' }))
  await collect()
  await expect(collect()).rejects.toMatchObject({ text: { key: 'tooManyCollections', values: { max: 1 } } })
})

test('where staff invites, a role with that permission does, too', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const roles = by(t, await localAccount(t, 'boss', { role: 'owner' }))
  const id = await roles.create({ permissions: ['invite_users'] })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open', inviters: 'staff' }))
  const invite = (roleId: RoleId | null) =>
    makeInvite(t.app, { accountId: alice, role: 'user', roleId }, { maxUses: 1, days: 7, follows: false, note: '' })
  await expect(invite(null)).rejects.toMatchObject({ code: 'not_permitted' })
  await invite(id)
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { inviters: 'nobody' }))
  await expect(invite(id)).rejects.toMatchObject({ code: 'not_permitted' })
})

test('a role that needs a second factor keeps its people out until they have one; of built-in roles the old setting says so', async () => {
  await using t = await database()
  const [boss, alice, bob, mod] = [
    await localAccount(t, 'boss', { role: 'owner' }),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'mod', { role: 'moderator' }),
  ]
  const roles = by(t, boss)
  const id = await roles.create({ needsSecondFactor: true })
  await t.db.transaction((tx) => changeRole(tx, commandLine, alice, id))
  const canDo = async (accountId: AccountId) => canAct(t.db, accountId)
  expect(await Promise.all([alice, bob, mod].map(canDo))).toEqual([false, true, true])
  await roles.edit(id, { needsSecondFactor: false })
  await roles.edit(moderator, { needsSecondFactor: true })
  expect(await Promise.all([alice, bob, mod].map(canDo))).toEqual([true, true, false])
  expect((await loadSettings(t.db)).secondFactorRoles).toEqual(['moderator'])
  await roles.edit(everybody, { needsSecondFactor: true })
  await roles.edit(moderator, { needsSecondFactor: false })
  expect(await Promise.all([alice, bob, mod].map(canDo))).toEqual([false, false, true])
})

test('no two roles have the same name, however it is written; a role keeps its own', async () => {
  await using t = await database()
  const roles = by(t, await localAccount(t, 'boss', { role: 'owner' }))
  const id = await roles.create()
  const taken = { code: 'invalid', problems: [{ field: 'name', code: 'ERR_TAKEN' }] }
  for (const name of ['gardener', ' GARDENER ', 'Ｇardener', 'moderator', 'Owner'])
    await expect(roles.create({ name }), name).rejects.toMatchObject(taken)
  const other = await roles.create({ name: 'Herbalist' })
  await expect(roles.edit(other, { name: 'gardener' })).rejects.toMatchObject(taken)
  await expect(roles.edit(moderator, { name: 'Admin' })).rejects.toMatchObject(taken)
  await roles.edit(id, { name: 'gardener', position: 6 })
  await roles.edit(everybody, { maxInvites: 3 })
  await roles.delete(id)
  await roles.edit(other, { name: 'Gardener' })
})
