/** Invitations as those who hold the link use them: reading one, and signing up by it. */
import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, invites, users } from '../../platform/db/schema/accounts.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId, InviteId } from '../../platform/ids.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { withPowers } from '../roles/roles.ts'
import { accountStatusOf } from '../sessions/account-status.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { viewerColumns } from '../sessions/sessions.ts'
import { hashSecret } from '../sessions/tokens.ts'
import { mayApprove, mayInvite } from './permission.ts'

/** An invitation that lets somebody in at present. */
export type OpenInvite = {
  id: InviteId
  code: string
  makerId: AccountId
  /** Whether its maker may approve sign-ups, so that no moderator has to. */
  isByStaff: boolean
  /** Whether people who come by it follow its maker. */
  follows: boolean
}

/** SQL condition for links that were not revoked, have not expired and have a use left. */
export const isLive: SQL = and(
  isNull(invites.revokedAt),
  or(isNull(invites.expiresAt), sql`${invites.expiresAt} > now()`),
  or(isNull(invites.maxUses), sql`${invites.uses} < ${invites.maxUses}`),
)!

/**
 * The invitation with a code; null if there is none, and for each reason for which one lets nobody in.
 *
 * @param address of the client, whose guesses are limited
 * @throws Refusal `too_many`
 */
export async function readInvite(app: App, code: string, address: string): Promise<OpenInvite | null> {
  await countAttempt(app, `invitation from ${addressGroup(address)}`, { count: 120, minutes: 15 })
  if (!/^[\w-]{22}$/.test(code)) return null
  const [invite] = await app.db
    .select({ id: invites.id, makerId: invites.accountId, follows: invites.follows })
    .from(invites)
    .where(and(eq(invites.codeHash, hashSecret(code)), isLive))
  const permissions = invite ? await permittedMaker(app.db, await loadSettings(app.db), invite.makerId) : null
  return invite && permissions !== null ? { ...invite, code, isByStaff: mayApprove(permissions) } : null
}

/**
 * Counts a use of an invitation, in the transaction of the sign-up. At one moment, only one of several gets the last use.
 *
 * @returns whether its maker may approve sign-ups; null if it lets nobody in any more
 */
export async function spendInvite(
  tx: Tx,
  settings: InstanceSettings,
  id: InviteId,
): Promise<{ isByStaff: boolean } | null> {
  const [invite] = await tx
    .update(invites)
    .set({ uses: sql`${invites.uses} + 1` })
    .where(and(eq(invites.id, id), isLive))
    .returning({ makerId: invites.accountId })
  const permissions = invite ? await permittedMaker(tx, settings, invite.makerId) : null
  return permissions === null ? null : { isByStaff: mayApprove(permissions) }
}

/** The permissions of an invitation's maker who is still active and may invite; else null. */
async function permittedMaker(db: Reader, settings: InstanceSettings, makerId: AccountId): Promise<bigint | null> {
  const [maker] = await db
    .select(viewerColumns)
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, makerId))
  if (!maker || accountStatusOf(maker) !== 'active') return null
  const { permissions } = await withPowers(db, maker)
  return mayInvite(settings, permissions) ? permissions : null
}
