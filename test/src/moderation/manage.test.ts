/** Each door of staff to an account, with every role and without one; and what each does. */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { resetFactors } from '#src/accounts/factors/reset.ts'
import { loadRoles } from '#src/accounts/roles/roles.ts'
import { commandLine, type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { openSession } from '#src/accounts/sessions/sessions.ts'
import { approveApplicants as approve, rejectApplicants as reject } from '#src/accounts/sign-up/applicants.ts'
import { findAccounts, staffAccount } from '#src/moderation/accounts/find.ts'
import {
  changeAddress,
  changeProfile,
  changeRole,
  confirmAddress,
  endSessions,
  resetPassword,
  setMemorial,
} from '#src/moderation/accounts/manage.ts'
import { purgeAccount } from '#src/moderation/accounts/purge.ts'
import { endEffect, strike } from '#src/moderation/accounts/strike.ts'
import { waitingAppeals } from '#src/moderation/appeals.ts'
import { actOnStatuses, markStatuses, purgeStatuses, removeStatuses } from '#src/moderation/statuses.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { accounts, type Role, roles, sessions, staffRoles, users } from '#src/platform/db/schema/accounts.ts'
import { auditLog } from '#src/platform/db/schema/moderation.ts'
import { type AccountId, newId, type RoleId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { clientAt } from '../../client.ts'
import { giveAuthenticator } from '../../factors.ts'

const action =
  (name: 'none' | 'sensitive' | 'silence' | 'disable' | 'suspend') => (tx: Tx, staff: Staff, id: AccountId) =>
    strike(tx, staff, id, { action: name })

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error)

test('each door opens to the roles that may, for lower roles only', async () => {
  await using t = await database()
  const ids = {} as Record<Role, AccountId>
  for (const role of roles) ids[role] = await localAccount(t, role, { role })
  const second = await localAccount(t, 'second', { role: 'owner' })
  const target = await localAccount(t, 'target')
  const posts = new Map<AccountId, Awaited<ReturnType<typeof status>>>()
  for (const id of [...Object.values(ids), target]) posts.set(id, await status(t, id))
  const post = (id: AccountId) => [posts.get(id)!]

  type Door = (tx: Tx, staff: Staff, id: AccountId) => Promise<unknown>
  const moderators: Door[] = [
    action('none'),
    action('sensitive'),
    action('silence'),
    action('disable'),
    action('suspend'),
    (tx, staff, id) => endEffect(tx, staff, id, 'suspend'),
    confirmAddress,
    endSessions,
    (tx, staff, id) => changeProfile(tx, staff, id, { displayName: 'Other' }),
    (tx, staff, id) => actOnStatuses(tx, staff, id, post(id), { action: 'delete_statuses' }),
    (tx, staff, id) => removeStatuses(tx, staff, id, post(id)),
    (tx, staff, id) => markStatuses(tx, staff, id, post(id), true),
  ]
  const admins: Door[] = [
    resetPassword,
    resetFactors,
    (tx, staff, id) => changeAddress(tx, staff, id, 'new@mail.test'),
    (tx, staff, id) => changeRole(tx, staff, id, '1' as RoleId),
    (tx, staff, id) => setMemorial(tx, staff, id, true),
  ]
  const rank = (role: Role) => roles.indexOf(role)
  class Undone extends Error {}
  const tries = async (door: Door, by: AccountId, on: AccountId) => {
    try {
      await t.db.transaction(async (tx) => {
        await door(tx, await staffMember(tx, by), on)
        throw new Undone()
      })
    } catch (error) {
      if (error instanceof Undone) return 'done'
      return codeOf(error)
    }
    return 'nothing'
  }
  for (const [doors, least] of [
    [moderators, 'moderator'],
    [admins, 'admin'],
  ] as const) {
    for (const [i, door] of doors.entries()) {
      for (const role of roles) {
        for (const on of [target, ...Object.values(ids)]) {
          const onRole = roles.find((name) => ids[name] === on) ?? 'user'
          const isOpen = rank(role) >= rank(least) && rank(role) > rank(onRole)
          expect(await tries(door, ids[role], on), `${least} ${i}: ${role} on ${onRole}`).toBe(
            isOpen ? 'done' : 'not_permitted',
          )
        }
      }
    }
  }
  // Nobody gives a role that is not below their own.
  expect(await tries((tx, staff, id) => changeRole(tx, staff, id, '2' as RoleId), ids.admin, target)).toBe(
    'not_permitted',
  )
  expect(await tries((tx, staff, id) => changeRole(tx, staff, id, '2' as RoleId), ids.owner, target)).toBe('done')
  expect(await tries((tx, staff, id) => purgeAccount(tx, staff, id), ids.moderator, target)).toBe('not_permitted')
  expect(await tries(action('suspend'), ids.owner, second)).toBe('not_permitted')
  for (const role of roles) {
    const may = rank(role) >= rank('moderator')
    const staff = await staffMember(t.db, ids[role])
    const codes = await Promise.all(
      [
        () => findAccounts(t.db, staff, {}, { limit: 1 }),
        () => staffAccount(t.db, staff, target),
        () => waitingAppeals(t.db, staff, { limit: 1 }),
        () => t.db.transaction((tx) => approve(tx, staff, [])),
        () => t.db.transaction((tx) => reject(tx, t.app.secrets, staff, [])),
        () => purgeStatuses(t.db, staff, target, new Date(0)),
      ].map((read) => read().then(() => 'done', codeOf)),
    )
    expect(codes, role).toEqual([
      ...Array.from({ length: 5 }, () => (may ? 'done' : 'not_permitted')),
      rank(role) >= rank('admin') ? 'done' : 'not_permitted',
    ])
  }
})

describe('further actions', () => {
  test('write one entry each, and nothing when nothing changes', async () => {
    await using t = await database()
    const alice = await localAccount(t, 'alice', { isConfirmed: false, isApproved: false })
    const bob = await localAccount(t, 'bob', { isApproved: false })
    const run = <T>(work: (tx: Tx) => Promise<T>) => t.db.transaction(work)
    for (let time = 0; time < 2; time++) {
      await run((tx) => confirmAddress(tx, commandLine, alice))
      await run((tx) => approve(tx, commandLine, [alice]))
      await run((tx) => reject(tx, t.app.secrets, commandLine, [bob], 'No.'))
      await run((tx) => changeRole(tx, commandLine, alice, '1' as RoleId))
      await run((tx) => changeAddress(tx, commandLine, alice, 'new@mail.test'))
      await run((tx) => setMemorial(tx, commandLine, alice, true))
    }
    const entries = await t.db
      .select({ action: auditLog.action, name: auditLog.targetName })
      .from(auditLog)
      .orderBy(auditLog.id)
    expect(entries.map(({ action, name }) => `${action} ${name}`)).toEqual([
      'confirm @alice',
      'approve @alice',
      'reject @bob',
      'changeRole @alice',
      'changeAddress @alice',
      'memorialise @alice',
    ])
    expect(await t.db.select().from(users)).toMatchObject([{ email: 'new@mail.test', role: 'moderator' }])
    expect(await t.jobs()).toEqual(expect.arrayContaining(['security-mail', 'rejection-mail', 'account-mail']))
  })

  test('a new password and new factors are for the person alone: the old ones and all sessions end', async () => {
    await using t = await database()
    const alice = await localAccount(t, 'alice')
    await giveAuthenticator(t, alice)
    await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
    await t.db.transaction((tx) => resetPassword(tx, commandLine, alice))
    expect(await t.db.transaction((tx) => resetFactors(tx, commandLine, alice))).toBe(true)
    expect(await t.db.select().from(sessions)).toEqual([])
    expect(await t.db.select().from(users)).toMatchObject([{ passwordHash: null, totpSecret: null }])
    expect(await t.jobs()).toEqual(expect.arrayContaining(['account-mail', 'security-mail']))
  })

  test('a made role is given and taken', async () => {
    await using t = await database()
    const alice = await localAccount(t, 'alice')
    const id = newId<RoleId>()
    await t.db.insert(staffRoles).values({ id, name: 'Helper', permissions: 0x10n, position: 5 })
    expect((await loadRoles(t.db)).get(id)?.name).toBe('Helper')
    await t.db.transaction((tx) => changeRole(tx, commandLine, alice, id))
    expect(await t.db.select().from(users)).toMatchObject([{ role: 'user', roleId: id }])
    await t.db.transaction((tx) => changeRole(tx, commandLine, alice, '-99' as RoleId))
    expect(await t.db.select().from(users)).toMatchObject([{ role: 'user', roleId: null }])
  })

  test('of a remote account only images are removed', async () => {
    await using t = await database()
    const carol = await remoteAccount(t, 'carol')
    await t.db.update(accounts).set({ avatarRemoteUrl: 'https://remote.test/a.png' }).where(eq(accounts.id, carol))
    const change = (input: Parameters<typeof changeProfile>[3]) =>
      t.db.transaction((tx) => changeProfile(tx, commandLine, carol, input))
    await expect(change({ displayName: 'Other' })).rejects.toMatchObject({ code: 'invalid' })
    await change({ avatar: true })
    expect((await t.db.select().from(accounts))[0]).toMatchObject({ avatarRemoteUrl: null, displayName: 'carol' })
  })
})
