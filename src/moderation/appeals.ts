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
import { appeals, strikes, type StruckStatus } from '../platform/db/schema/moderation.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, ReportId, StrikeId } from '../platform/ids.ts'
import { dayMs } from '../platform/time.ts'
import { countCharacters } from '../rules/count.ts'
import { isOpen } from '../statuses/access/visibility.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'
import { loadKeptPosts } from './accounts/strike-posts.ts'
import { liftStrike, targetOf } from './accounts/strike.ts'
import { tellStaff } from './staff-mail.ts'

/** Days after a strike in which it can be appealed. */
export const appealDays = 20
export const maxAppealLength = 2_000
export const maxAppealAnswer = 2_000

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
 * @param answer to the person, plain text
 * @throws Refusal `not_permitted`, `not_found` when no such appeal waits, `invalid` for a text that is too long
 */
export async function approveAppeal(tx: Tx, staff: Staff, strikeId: StrikeId, answer = ''): Promise<void> {
  await decide(tx, staff, strikeId, 'approve', answer)
  // The answer to the appeal says so.
  await liftStrike(tx, staff, strikeId, false)
}

/**
 * Rejects an appeal: the strike stays. The person is told by mail.
 *
 * @param answer to the person, plain text
 * @throws Refusal `not_permitted`, `not_found` when no such appeal waits, `invalid` for a text that is too long
 */
export async function rejectAppeal(tx: Tx, staff: Staff, strikeId: StrikeId, answer = ''): Promise<void> {
  await decide(tx, staff, strikeId, 'reject', answer)
}

async function decide(
  tx: Tx,
  staff: Staff,
  strikeId: StrikeId,
  decision: 'approve' | 'reject',
  words: string,
): Promise<void> {
  requirePermission(staff, 'manage_appeals')
  const answer = plainText(words).trim()
  if (countCharacters(answer) > maxAppealAnswer)
    throw refuse('invalid', 'appealAnswerTooLong', { max: maxAppealAnswer })
  const [decided] = await tx
    .update(appeals)
    .set({ [decision === 'approve' ? 'approvedAt' : 'rejectedAt']: sql`now()`, decidedById: staff.accountId, answer })
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

export type Appeal = {
  strikeId: StrikeId
  accountId: AccountId
  text: string
  createdAt: Date
  told: ToldAction
  /** The text of the strike. */
  reason: string
  struckAt: Date
  /** The report that the strike answered. */
  reportId: ReportId | null
  /** How many posts the strike is about. */
  postCount: number
  state: 'pending' | 'approved' | 'rejected'
  /** What staff wrote to the person when they decided. */
  answer: string
}

/** `posts`: what is kept of those that everybody could read; of how many others something is kept. */
export type WaitingAppeal = Appeal & { posts: StruckStatus[]; closedCount: number }

const columns = {
  strikeId: appeals.strikeId,
  accountId: strikes.accountId,
  text: appeals.text,
  createdAt: appeals.createdAt,
  told: toldAction,
  reason: strikes.text,
  struckAt: strikes.createdAt,
  reportId: strikes.reportId,
  postCount: sql<number>`cardinality(${strikes.statusIds})`,
  state: sql<Appeal['state']>`
    case when ${appeals.approvedAt} is not null then 'approved' when ${appeals.rejectedAt} is not null then 'rejected' else 'pending' end`,
  answer: appeals.answer,
}

/**
 * One appeal, with what is kept of the posts. A look at those that not everybody could read is recorded, and takes a role above that
 * of the account.
 *
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function lookAtAppeal(
  tx: Tx,
  staff: Staff,
  strikeId: StrikeId,
  { seesClosed }: { seesClosed: boolean },
): Promise<WaitingAppeal> {
  requirePermission(staff, 'manage_appeals')
  const [found] = await tx
    .select({ ...columns, username: accounts.username, domain: accounts.domain })
    .from(appeals)
    .innerJoin(strikes, eq(strikes.id, appeals.strikeId))
    .innerJoin(accounts, eq(accounts.id, strikes.accountId))
    .where(eq(appeals.strikeId, strikeId))
  if (!found) throw notFound()
  const { username, domain, ...row } = found
  const all = (await loadKeptPosts(tx, [strikeId])).get(strikeId) ?? []
  const posts = all.filter(({ visibility }) => isOpen(visibility))
  const closed = all.filter(({ visibility }) => !isOpen(visibility)).map(({ id }) => id)
  if (!seesClosed) return { ...row, posts, closedCount: closed.length }
  if (closed.length > 0) {
    await requireAbove(tx, staff, row.accountId)
    const target = { id: strikeId, name: targetOf({ id: row.accountId, username, domain }).name }
    await audit(tx, staff, 'appeal', 'readPrivate', target, { posts: closed })
  }
  return { ...row, posts: all, closedCount: 0 }
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
  const rows = await db
    .select(columns)
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
  const kept = await loadKeptPosts(
    db,
    rows.map(({ strikeId }) => strikeId),
  )
  return rows.map((row) => {
    const all = kept.get(row.strikeId) ?? []
    const posts = all.filter(({ visibility }) => isOpen(visibility))
    return { ...row, posts, closedCount: all.length - posts.length }
  })
}
