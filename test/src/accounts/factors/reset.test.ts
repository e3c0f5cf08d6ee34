import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadFactors } from '#src/accounts/factors/factors.ts'
import { resetFactors } from '#src/accounts/factors/reset.ts'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { startState } from '#src/accounts/security/states.ts'
import { accessBy } from '#src/accounts/sessions/access-tokens.ts'
import { roles } from '#src/accounts/sessions/roles.ts'
import { openSession, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import { needsSecondFactor } from '#src/accounts/sessions/sign-in.ts'
import { securityEvents } from '#src/platform/db/schema/security.ts'
import { Refusal } from '#src/platform/errors.ts'
import { tokenOf } from '#test/api/server.ts'
import { localAccount } from '#test/cast.ts'
import { clientAt } from '#test/client.ts'
import { database } from '#test/database.ts'
import { giveAuthenticator, givePasskey } from '#test/factors.ts'

/** The roles whose factors each role may remove. */
const allowed = { user: [], moderator: [], admin: ['user', 'moderator'], owner: ['user', 'moderator', 'admin'] }

test.each(roles.flatMap((actor) => roles.map((target) => [actor, target] as const)))(
  'role %s removes the second factor of role %s only if it is admin or higher, and above it',
  async (actorRole, role) => {
    await using t = await database()
    const actor = await localAccount(t, 'actor', { role: actorRole })
    const target = await localAccount(t, 'target', { role })
    await giveAuthenticator(t, target)
    const isAllowed = (allowed[actorRole] as string[]).includes(role)
    const outcome = await t.db
      .transaction(async (tx) => resetFactors(tx, await staffMember(tx, actor), target))
      .catch((error: unknown) => (error instanceof Refusal ? error.code : error))
    expect(outcome).toBe(isAllowed ? true : 'not_permitted')
    expect(await needsSecondFactor(t.db, target)).toBe(!isAllowed)
  },
)

test('staff can’t reset their own second factors', async () => {
  await using t = await database()
  for (const role of roles) {
    const self = await localAccount(t, `self_${role}`, { role })
    await giveAuthenticator(t, self)
    await expect(
      t.db.transaction(async (tx) => resetFactors(tx, await staffMember(tx, self), self)),
    ).rejects.toMatchObject({ code: 'not_permitted' })
  }
})

test('a reset removes all factors and ends sessions and begun log-ins; apps stay, and it is logged and mailed', async () => {
  await using t = await database()
  const admin = await localAccount(t, 'admin_a', { role: 'admin' })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (const id of [alice, bob]) {
    await giveAuthenticator(t, id)
    await givePasskey(t, id)
    await startState(t.app, 'factor', 'browser', { method: 'password', returnTo: '/' }, id)
  }
  const session = await t.db.transaction((tx) => openSession(tx, alice, clientAt()))
  const token = await tokenOf(t.app, alice)

  const reset = () => t.db.transaction(async (tx) => resetFactors(tx, await staffMember(tx, admin), alice))
  expect(await reset()).toBe(true)
  expect(await loadFactors(t.db, alice)).toEqual({ hasAuthenticator: false, passkeys: 0, recoveryCodes: 0 })
  expect(await sessionViewer(t.db, session)).toBeNull()
  expect(await accessBy(t.db, token)).not.toBeNull()
  const { rows } = await t.db.execute(sql`select account_id::text as id from sign_in_states`)
  expect(rows).toEqual([{ id: bob }])
  expect(await loadFactors(t.db, bob)).toEqual({ hasAuthenticator: true, passkeys: 1, recoveryCodes: 10 })
  expect(await t.db.select().from(securityEvents)).toMatchObject([
    { accountId: alice, kind: 'factorsReset', actorId: admin, address: null },
  ])
  expect(await t.jobs()).toContain('security-mail')

  expect(await reset()).toBe(false)
  expect(await t.db.select().from(securityEvents).where(eq(securityEvents.accountId, alice))).toHaveLength(1)
})

test('the command line resets the second factors of an owner', async () => {
  await using t = await database()
  const owner = await localAccount(t, 'olga', { role: 'owner' })
  await giveAuthenticator(t, owner)
  expect(await t.db.transaction((tx) => resetFactors(tx, commandLine, owner))).toBe(true)
  expect(await needsSecondFactor(t.db, owner)).toBe(false)
  expect(await t.db.select().from(securityEvents)).toMatchObject([{ kind: 'factorsReset', actorId: null }])
})
