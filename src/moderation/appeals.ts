/** Appeals: a person asks that an action of staff against their account be looked at again. One for each, within 20 days. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { countAttempt } from '../accounts/sessions/attempts.ts'
import { toldAction, type ToldAction } from '../notices/told-action.ts'
import { emit } from '../outbox/emit.ts'
import type { App } from '../platform/app.ts'
import { changed } from '../platform/db/changes.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import { appeals, strikes } from '../platform/db/schema/moderation.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, StrikeId } from '../platform/ids.ts'
import { dayMs } from '../platform/time.ts'
import { countCharacters } from '../rules/count.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'
import { liftStrike, targetOf } from './accounts/strike.ts'
import { tellStaff } from './staff-mail.ts'

/** Days after a strike in which it can be appealed. */
export const appealDays = 20
export const maxAppealLength = 2_000

/** Whether a strike can still be appealed. A strike of the latest days that nobody lifted, without an appeal, can. */
export const canBeAppealed = (
  strike: { createdAt: Date; liftedAt: Date | null; appeal: unknown },
  now = new Date(),
): boolean =>
  strike.appeal === null && strike.liftedAt === null && now.getTime() - strike.createdAt.getTime() < appealDays * dayMs

const subject = (strikeId: StrikeId): string => `appeal ${strikeId}`

/**
 * The page of a strike. The link of a mail is signed: a person whose account was suspended or disabled can't log in, and appeals by it.
 */
export const strikeUrl = (app: Pick<App, 'uris' | 'secrets'>, strikeId: StrikeId): string =>
  `${app.uris.origin}/settings/strikes/${strikeId}?signature=${app.secrets.sign('links', subject(strikeId))}`

/**
 * The page of the strike that keeps a person from logging in, for somebody who knows the password; null if no strike does, and for
 * accounts with a second factor, which a password alone does not open.
 */
export async function closingStrikeUrl(
  app: Pick<App, 'db' | 'uris' | 'secrets'>,
  accountId: AccountId,
): Promise<string | null> {
  const [row] = await app.db
    .select({ id: strikes.id })
    .from(strikes)
    .innerJoin(users, eq(users.accountId, strikes.accountId))
    .where(
      and(
        eq(strikes.accountId, accountId),
        inArray(strikes.action, ['suspend', 'disable']),
        isNull(strikes.liftedAt),
        isNull(users.secondFactorSince),
      ),
    )
    .orderBy(desc(strikes.id))
    .limit(1)
  return row ? strikeUrl(app, row.id) : null
}

/**
 * The account that a signed link of a mail is for.
 *
 * @throws Refusal `not_found` when the signature is not ours
 */
export async function accountOfStrikeLink(
  app: Pick<App, 'db' | 'secrets'>,
  strikeId: StrikeId,
  signature: string,
): Promise<AccountId> {
  if (!app.secrets.verify('links', subject(strikeId), signature)) throw notFound()
  const [row] = await app.db.select({ accountId: strikes.accountId }).from(strikes).where(eq(strikes.id, strikeId))
  if (!row) throw notFound()
  return row.accountId
}

/**
 * Appeals a strike, and tells staff by mail.
 *
 * @param accountId the person, logged in or by the signed link
 * @throws Refusal `not_found` for a strike of somebody else, `conflict` for a second appeal, `unprocessable` when it is too late or the
 *   strike was lifted, `invalid` for a text that is empty or too long, TooMany
 */
export async function appeal(app: App, accountId: AccountId, strikeId: StrikeId, words: string): Promise<void> {
  const text = plainText(words).trim()
  if (text === '') throw refuse('invalid', 'appealBlank')
  if (countCharacters(text) > maxAppealLength) throw refuse('invalid', 'appealTooLong', { max: maxAppealLength })
  await countAttempt(app, `appeals of ${accountId}`, { count: 10, minutes: 1_440 })
  await app.db.transaction(async (tx) => {
    const [strike] = await tx
      .select({ createdAt: strikes.createdAt, liftedAt: strikes.liftedAt })
      .from(strikes)
      .where(and(eq(strikes.id, strikeId), eq(strikes.accountId, accountId)))
      .for('update')
    if (!strike) throw notFound()
    if (!canBeAppealed({ ...strike, appeal: null })) throw refuse('unprocessable', 'appealLate', { days: appealDays })
    const made = await tx.insert(appeals).values({ strikeId, text }).onConflictDoNothing().returning()
    if (made.length === 0) throw refuse('conflict', 'appealedAlready')
    await changed(tx, 'appeals')
    await tellStaff(tx, 'appeals')
  })
}

/**
 * Approves an appeal, which lifts the strike. The person is told by mail.
 *
 * @throws Refusal `not_permitted`, `not_found` when no such appeal waits
 */
export async function approveAppeal(tx: Tx, staff: Staff, strikeId: StrikeId): Promise<void> {
  await decide(tx, staff, strikeId, 'approve')
  // The answer to the appeal says so.
  await liftStrike(tx, staff, strikeId, false)
}

/**
 * Rejects an appeal: the strike stays. The person is told by mail.
 *
 * @throws Refusal `not_permitted`, `not_found` when no such appeal waits
 */
export async function rejectAppeal(tx: Tx, staff: Staff, strikeId: StrikeId): Promise<void> {
  await decide(tx, staff, strikeId, 'reject')
}

async function decide(tx: Tx, staff: Staff, strikeId: StrikeId, decision: 'approve' | 'reject'): Promise<void> {
  requirePermission(staff, 'manage_appeals')
  const [decided] = await tx
    .update(appeals)
    .set({ [decision === 'approve' ? 'approvedAt' : 'rejectedAt']: sql`now()`, decidedById: staff.accountId })
    .where(and(eq(appeals.strikeId, strikeId), isNull(appeals.approvedAt), isNull(appeals.rejectedAt)))
    .returning({ strikeId: appeals.strikeId })
  if (!decided) throw notFound()
  const [account] = await tx
    .select({ id: accounts.id, username: accounts.username, domain: accounts.domain })
    .from(strikes)
    .innerJoin(accounts, eq(accounts.id, strikes.accountId))
    .where(eq(strikes.id, strikeId))
  if (!account) throw notFound()
  await requireAbove(tx, staff, account.id)
  await audit(tx, staff, 'appeal', decision, { id: strikeId, name: targetOf(account).name })
  await changed(tx, 'appeals')
  await emit(tx, { type: 'appeal.decided', strikeId })
}

export type WaitingAppeal = {
  strikeId: StrikeId
  accountId: AccountId
  text: string
  createdAt: Date
  told: ToldAction
  /** The text of the strike. */
  reason: string
  struckAt: Date
}

/**
 * Appeals that wait, the oldest strike first.
 *
 * @param after the strike of the last one of the page before
 */
export async function waitingAppeals(
  db: Reader,
  staff: Staff,
  { after, before, limit }: { after?: StrikeId | undefined; before?: StrikeId | undefined; limit: number },
): Promise<WaitingAppeal[]> {
  requirePermission(staff, 'manage_appeals')
  return db
    .select({
      strikeId: appeals.strikeId,
      accountId: strikes.accountId,
      text: appeals.text,
      createdAt: appeals.createdAt,
      told: toldAction,
      reason: strikes.text,
      struckAt: strikes.createdAt,
    })
    .from(appeals)
    .innerJoin(strikes, eq(strikes.id, appeals.strikeId))
    .where(
      and(
        isNull(appeals.approvedAt),
        isNull(appeals.rejectedAt),
        after ? gt(appeals.strikeId, after) : undefined,
        before ? lt(appeals.strikeId, before) : undefined,
      ),
    )
    .orderBy(asc(appeals.strikeId))
    .limit(limit)
}
