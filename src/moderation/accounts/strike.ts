/**
 * Strikes: actions of staff against an account, of which its person is told by mail and notification, which they may appeal, and
 * which can be lifted.
 */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { audit, type AuditAction } from '../../accounts/roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { notify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { reports, type StrikeAction, strikes } from '../../platform/db/schema/moderation.ts'
import { notFound } from '../../platform/errors.ts'
import { type AccountId, newId, type ReportId, type StatusId, type StrikeId } from '../../platform/ids.ts'
import { dayOf } from '../../platform/time.ts'
import { countCharacters } from '../../rules/count.ts'
import { setSensitive } from '../../statuses/mark-sensitive.ts'
import { acctOf } from '../../text/acct.ts'
import { plainText } from '../../text/clean.ts'
import { refuse } from '../../text/refusals.ts'
import { type Dates, type EffectName, effects, isInEffect, purgeAfter, type Target } from './effects.ts'

export type StrikeInput = {
  action: StrikeAction
  /** To the person, plain text. */
  text?: string
  statusIds?: StatusId[]
  /** The report that it answers, which it resolves. */
  reportId?: ReportId | null
  /** When it lifts itself. */
  endsAt?: Date | null
  /** When it comes up for review. */
  reviewAt?: Date | null
  /** Whether the person gets a mail; a notification comes in any case. */
  mails?: boolean
}

export const maxTextLength = 5_000

const auditNames = {
  none: 'warn',
  mark_statuses_as_sensitive: 'markPosts',
  delete_statuses: 'deletePosts',
  sensitive: 'sensitive',
  disable: 'disable',
  silence: 'silence',
  suspend: 'suspend',
} as const satisfies Record<StrikeAction, AuditAction<'account'>>

/** The removal of files is stored as a deletion that keeps which files were removed. */
const auditNameOf = (action: StrikeAction, before: Record<string, unknown>): AuditAction<'account'> =>
  action === 'delete_statuses' && 'files' in before ? 'removeFiles' : auditNames[action]

const isEffect = (action: StrikeAction): action is EffectName => Object.hasOwn(effects, action)

/**
 * Acts against an account. Without an effect that changes anything (it is in that state already), nothing happens.
 *
 * @param before further state by which the action is undone, of posts
 * @returns the strike; null when the account was in that state already
 * @throws Refusal `not_permitted` without the permission or for a role that is not below, `not_found`, `invalid`
 */
export async function strike(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  input: StrikeInput,
  before: Record<string, unknown> = {},
): Promise<StrikeId | null> {
  requirePermission(
    staff,
    ...(input.action === 'suspend' ? ['manage_users' as const] : (['manage_users', 'manage_reports'] as const)),
  )
  await requireAbove(tx, staff, accountId)
  const text = checkedText(input)
  const target = await lockTarget(tx, accountId)
  if (input.reportId) await requireReport(tx, input.reportId, accountId)

  let stored = before
  if (isEffect(input.action)) {
    const earlier = await effects[input.action].apply(tx, target, input)
    if (earlier === null) return null
    stored = { ...before, ...earlier }
    await tellOfEffect(tx, target, input.action)
  }
  const id = newId<StrikeId>()
  await tx
    .insert(strikes)
    .values({
      id,
      accountId,
      actorId: staff.accountId,
      action: input.action,
      text,
      statusIds: input.statusIds ?? [],
      reportId: input.reportId ?? null,
      before: stored,
      endsAt: input.endsAt ?? null,
      reviewAt: input.reviewAt ?? null,
    })
  if (input.reportId) await resolveReport(tx, staff, input.reportId, accountId)
  await audit(tx, staff, 'account', auditNameOf(input.action, before), targetOf(target), {
    action: input.action,
    text,
    ...datesIn({ endsAt: input.endsAt ?? undefined, reviewAt: input.reviewAt ?? undefined }),
    ...(input.reportId ? { reportId: input.reportId } : {}),
  })
  if (target.domain === null) {
    await notify(tx, { type: 'moderation_warning', for: accountId, from: accountId, strikeId: id })
    if (input.mails !== false) await emit(tx, { type: 'strike.made', strikeId: id })
  }
  return id
}

/**
 * The text of a strike as it is stored.
 *
 * @throws Refusal `invalid` for a text that is too long, or dates that are past
 */
export function checkedText({ text: typed = '', ...dates }: Pick<StrikeInput, 'text' | 'endsAt' | 'reviewAt'>): string {
  const text = plainText(typed).trim()
  if (countCharacters(text) > maxTextLength) throw refuse('invalid', 'strikeTextTooLong', { max: maxTextLength })
  requireFuture(dates)
  return text
}

/**
 * Lifts a strike: the account comes back to its state before, as far as that is possible. A second time nothing happens.
 *
 * @param mails whether the person is told by mail
 * @throws Refusal `not_permitted`, `not_found`
 */
export async function liftStrike(tx: Tx, staff: Staff, strikeId: StrikeId, mails = true): Promise<void> {
  requirePermission(staff, 'manage_users', 'manage_appeals')
  const [row] = await tx
    .update(strikes)
    .set({ liftedAt: sql`now()`, liftedById: staff.accountId })
    .where(and(eq(strikes.id, strikeId), isNull(strikes.liftedAt)))
    .returning()
  if (!row) return
  await requireAbove(tx, staff, row.accountId)
  const target = await lockTarget(tx, row.accountId)
  const marked = row.before['marked']
  if (row.action === 'mark_statuses_as_sensitive' && Array.isArray(marked))
    await setSensitive(tx, target.id, marked as StatusId[], false)
  if (isEffect(row.action)) {
    await effects[row.action].lift(tx, target, row.before)
    await tellOfEffect(tx, target, row.action)
  }
  await audit(tx, staff, 'account', liftNameOf(row.action), targetOf(target), { strikeId, action: row.action })
  await changed(tx, 'appeals')
  if (mails && target.domain === null) await emit(tx, { type: 'strike.lifted', strikeId })
}

/**
 * Lifts a strike of an account.
 *
 * @returns what the strike did
 * @throws Refusal as `liftStrike`, and `not_found` for a strike of another account
 */
export async function liftStrikeOf(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  strikeId: StrikeId,
): Promise<StrikeAction> {
  requirePermission(staff, 'manage_users')
  const [row] = await tx
    .select({ action: strikes.action })
    .from(strikes)
    .where(and(eq(strikes.id, strikeId), eq(strikes.accountId, accountId)))
  if (!row) throw notFound()
  await liftStrike(tx, staff, strikeId)
  return row.action
}

/** Whether a strike suspended its account. */
export async function isSuspension(db: Reader, strikeId: StrikeId): Promise<boolean> {
  const [row] = await db.select({ action: strikes.action }).from(strikes).where(eq(strikes.id, strikeId))
  return row?.action === 'suspend'
}

/**
 * How far lifting a strike brings the account back: all of it, all but the follows by a remote account, which its server had to end,
 * or nothing, as deleted posts are gone for good.
 */
export function undoingOf({
  action,
  isLocal,
}: {
  action: StrikeAction
  isLocal: boolean
}): 'all' | 'withoutFollows' | 'nothing' {
  if (action === 'delete_statuses') return 'nothing'
  return action === 'suspend' && !isLocal ? 'withoutFollows' : 'all'
}

/**
 * Changes on which days (UTC) a strike of an account lifts itself or comes up for review. The time within a day that stays is kept.
 *
 * @returns whether that changed anything
 * @throws Refusal as `changeStrike`, and `not_found` for a strike of another account
 */
export async function changeStrikeOf(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  strikeId: StrikeId,
  dates: { endsAt: Date | null; reviewAt: Date | null },
): Promise<boolean> {
  requirePermission(staff, 'manage_users')
  const [row] = await tx
    .select({ endsAt: strikes.endsAt, reviewAt: strikes.reviewAt })
    .from(strikes)
    .where(and(eq(strikes.id, strikeId), eq(strikes.accountId, accountId)))
    .for('update')
  if (!row) throw notFound()
  const changes = {
    ...(sameDay(row.endsAt, dates.endsAt) ? {} : { endsAt: dates.endsAt }),
    ...(sameDay(row.reviewAt, dates.reviewAt) ? {} : { reviewAt: dates.reviewAt }),
  }
  if (Object.keys(changes).length === 0) return false
  await changeStrike(tx, staff, strikeId, changes)
  return true
}

const sameDay = (one: Date | null, other: Date | null): boolean => (one && dayOf(one)) === (other && dayOf(other))

/**
 * Changes when a strike lifts itself or comes up for review. An undefined member leaves its date unchanged. The data of a suspended
 * account is kept as long as the new dates need, and never for a shorter time than before.
 *
 * @throws Refusal `not_permitted`, `not_found` when no such strike holds, `invalid` for a time that is past
 */
export async function changeStrike(
  tx: Tx,
  staff: Staff,
  strikeId: StrikeId,
  dates: { endsAt?: Date | null; reviewAt?: Date | null },
): Promise<void> {
  requirePermission(staff, 'manage_users')
  requireFuture(dates)
  const [row] = await tx
    .update(strikes)
    .set(dates)
    .where(and(eq(strikes.id, strikeId), isNull(strikes.liftedAt)))
    .returning({ accountId: strikes.accountId, action: strikes.action })
  if (!row) throw notFound()
  await requireAbove(tx, staff, row.accountId)
  const target = await lockTarget(tx, row.accountId)
  if (row.action === 'suspend') await postponePurge(tx, target, dates)
  await audit(tx, staff, 'account', 'changeStrike', targetOf(target), {
    strikeId,
    action: row.action,
    ...datesIn(dates),
  })
  await changed(tx, 'appeals')
}

async function postponePurge(tx: Tx, { id, purgeAt }: Target, { endsAt, reviewAt }: Dates): Promise<void> {
  const now = new Date()
  // Staff may have begun to delete it.
  if (!purgeAt || purgeAt <= now || (!endsAt && !reviewAt)) return
  const wanted = purgeAfter(now, endsAt, reviewAt)
  if (wanted > purgeAt) await tx.update(accounts).set({ purgeAt: wanted }).where(eq(accounts.id, id))
}

function requireFuture({ endsAt, reviewAt }: Dates): void {
  const now = new Date()
  if ((endsAt && endsAt <= now) || (reviewAt && reviewAt <= now)) throw refuse('invalid', 'strikeTimePast')
}

/** Null: there was a date, which was taken away. */
const datesIn = ({ endsAt, reviewAt }: Dates) => ({
  ...(endsAt === undefined ? {} : { endsAt: endsAt && endsAt.toISOString() }),
  ...(reviewAt === undefined ? {} : { reviewAt: reviewAt && reviewAt.toISOString() }),
})

const liftNames = {
  sensitive: 'unsensitive',
  disable: 'enable',
  silence: 'unsilence',
  suspend: 'unsuspend',
} as const satisfies Record<EffectName, AuditAction<'account'>>

const liftNameOf = (action: StrikeAction): AuditAction<'account'> =>
  isEffect(action) ? liftNames[action] : action === 'none' ? 'unwarn' : 'liftStrike'

/**
 * Ends an effect, whichever strike or older version caused it.
 *
 * @returns whether it was in effect
 * @throws Refusal `not_permitted`, `not_found`, also if the data of a suspended account is deleted already
 */
export async function endEffect(tx: Tx, staff: Staff, accountId: AccountId, effect: EffectName): Promise<boolean> {
  requirePermission(staff, 'manage_users')
  await requireAbove(tx, staff, accountId)
  const [row] = await tx
    .select({ id: strikes.id })
    .from(strikes)
    .where(and(eq(strikes.accountId, accountId), eq(strikes.action, effect), isNull(strikes.liftedAt)))
    .orderBy(desc(strikes.id))
    .limit(1)
  if (row) {
    await liftStrike(tx, staff, row.id)
    return true
  }
  const target = await lockTarget(tx, accountId)
  if (!(await isInEffect(tx, target, effect))) return false
  await effects[effect].lift(tx, target, {})
  await tellOfEffect(tx, target, effect)
  await audit(tx, staff, 'account', liftNames[effect], targetOf(target))
  return true
}

/** Of a suspension other servers are told, too, by an event of its own. */
async function tellOfEffect(tx: Tx, target: Target, effect: EffectName): Promise<void> {
  if (target.domain === null && effect !== 'suspend')
    await emit(tx, { type: 'account.moderated', accountId: target.id })
}

/**
 * The account that staff act on, locked.
 *
 * @throws Refusal `not_found`, `gone` if its data is deleted
 */
export async function lockTarget(tx: Tx, accountId: AccountId): Promise<Target> {
  const [target] = await tx.select().from(accounts).where(eq(accounts.id, accountId)).for('update')
  if (!target) throw notFound()
  if (target.deletedAt) throw refuse('gone', 'accountPurged')
  return target
}

/** An account in the audit log. */
export const targetOf = (account: { id: AccountId; username: string; domain: string | null }) => ({
  id: account.id,
  name: `@${acctOf(account)}`,
})

/** @throws Refusal `not_found` when the report does not exist, or is about another account */
async function requireReport(tx: Tx, reportId: ReportId, targetId: AccountId): Promise<void> {
  const [report] = await tx
    .select({ id: reports.id })
    .from(reports)
    .where(and(eq(reports.id, reportId), eq(reports.targetId, targetId)))
  if (!report) throw notFound()
}

async function resolveReport(tx: Tx, staff: Staff, reportId: ReportId, targetId: AccountId): Promise<void> {
  const resolved = await tx
    .update(reports)
    .set({ resolvedAt: sql`now()`, resolvedById: staff.accountId, updatedAt: sql`now()` })
    .where(and(eq(reports.id, reportId), eq(reports.targetId, targetId), isNull(reports.resolvedAt)))
    .returning({ id: reports.id })
  if (resolved.length === 0) return
  await changed(tx, 'reports')
  await emit(tx, { type: 'report.changed', reportId })
  await audit(tx, staff, 'report', 'resolve', { id: reportId, name: `#${reportId}` }, { by: 'action' })
}
