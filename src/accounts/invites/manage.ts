/** Making and revoking invitations: links by which people sign up. */
import { randomBytes } from 'node:crypto'
import { and, count, eq, isNull, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts, invites, type Role, users } from '../../platform/db/schema/accounts.ts'
import { type FieldProblem, notFound, Refusal } from '../../platform/errors.ts'
import { type AccountId, type InviteId, newId, type RoleId } from '../../platform/ids.ts'
import { loadSettings } from '../../rules/settings.ts'
import { cleanName } from '../../text/clean.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { audit } from '../roles/audit.ts'
import { loadRoles, powersOf, roleOf } from '../roles/roles.ts'
import { isAbove, requirePermission, staffOrCommandLine } from '../roles/staff.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { hashSecret } from '../sessions/tokens.ts'
import { mayInvite } from './permission.ts'
import { isLive } from './use.ts'

/** The numbers of uses, and of days until it expires, that a link can have; null: any number, and never. */
export const useChoices = [1, 5, 10, 25, 100, null] as const
export const dayChoices = [1, 7, 30, null] as const

export const maxInviteNote = 100

export type InviteInput = {
  /** One of `useChoices`. */
  maxUses: number | null
  /** One of `dayChoices`. */
  days: number | null
  /** Whether people who come by it follow its maker. */
  follows: boolean
  /** For its maker: to whom the link was given. */
  note: string
}

type Maker = { accountId: AccountId; role: Role; roleId?: RoleId | null }

/**
 * Makes an invitation. Its code is random and stored hashed, and sealed for its maker.
 *
 * @throws Refusal `not_permitted` where this person may not invite, `invalid` for other numbers than those that are offered, and when
 *   as many of the person's links are live as the role allows, `too_many` after 50 on a day
 */
export async function makeInvite(
  app: App,
  { accountId, role, roleId = null }: Maker,
  { maxUses, days, follows, note }: InviteInput,
): Promise<{ id: InviteId; code: string }> {
  const roles = await loadRoles(app.db)
  const { permissions } = powersOf(roles, { role, roleId })
  if (!mayInvite(await loadSettings(app.db), permissions)) throw refuse('not_permitted', 'mayNotInvite')
  const problems: FieldProblem[] = [
    ...(useChoices.some((choice) => choice === maxUses) ? [] : [problemWith('uses', 'ERR_INCLUSION', 'notOffered')]),
    ...(dayChoices.some((choice) => choice === days) ? [] : [problemWith('days', 'ERR_INCLUSION', 'notOffered')]),
  ]
  if (problems.length > 0) throw new Refusal('invalid', 'Invitation is invalid', problems)
  await countAttempt(app, `invitations of ${accountId}`, { count: 50, minutes: 1_440 })

  const maxLive = roleOf(roles, { role, roleId }).limits.maxInvites
  const id = newId<InviteId>()
  const code = randomBytes(16).toString('base64url')
  await app.db.transaction(async (tx) => {
    // The lock keeps several at the same time from all taking the last place.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`invitations ${accountId}`}, 0))`)
    const [live] = await tx
      .select({ all: count() })
      .from(invites)
      .where(and(eq(invites.accountId, accountId), isLive))
    if ((live?.all ?? 0) >= maxLive) throw refuse('invalid', 'tooManyInvites', { max: maxLive })
    await tx
      .insert(invites)
      .values({
        id,
        accountId,
        codeHash: hashSecret(code),
        code: app.secrets.seal(code),
        maxUses,
        follows,
        note: cleanName(note, maxInviteNote),
        expiresAt: days === null ? null : sql`now() + ${days} * interval '1 day'`,
      })
  })
  return { id, code }
}

/**
 * Revokes an invitation of one's own: nobody comes by it any more. Repeating it changes nothing.
 *
 * @throws Refusal `not_found`
 */
export async function revokeInvite(tx: Tx, accountId: AccountId, id: InviteId): Promise<void> {
  const own = and(eq(invites.id, id), eq(invites.accountId, accountId))
  const [invite] = await tx.select({ id: invites.id }).from(invites).where(own)
  if (!invite) throw notFound()
  await revoke(tx, id)
}

/**
 * Revokes anybody's invitation, for staff.
 *
 * @param staffId null: the command line
 * @throws Refusal `not_found`; `not_permitted` without the permission, and for an invitation of somebody else with the same or a higher
 *   role, except to owners
 */
export async function revokeInviteOfOther(tx: Tx, staffId: AccountId | null, id: InviteId): Promise<void> {
  const [invite] = await tx
    .select({ makerId: invites.accountId, maker: accounts.username, role: users.role, roleId: users.roleId })
    .from(invites)
    .leftJoin(users, eq(users.accountId, invites.accountId))
    .leftJoin(accounts, eq(accounts.id, invites.accountId))
    .where(eq(invites.id, id))
  if (!invite) throw notFound()
  const staff = await staffOrCommandLine(tx, staffId)
  requirePermission(staff, 'manage_invites')
  const mayRevoke =
    invite.makerId === staffId || (await isAbove(tx, staff, { role: invite.role ?? 'user', roleId: invite.roleId }))
  if (!mayRevoke) throw refuse('not_permitted', 'roleNotAbove')
  await revoke(tx, id)
  await audit(tx, staff, 'invite', 'revoke', { id, name: invite.maker ?? '' })
}

async function revoke(tx: Tx, id: InviteId): Promise<void> {
  await tx
    .update(invites)
    .set({ revokedAt: sql`now()` })
    .where(and(eq(invites.id, id), isNull(invites.revokedAt)))
}
