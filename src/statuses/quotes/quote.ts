/**
 * Quotes (FEP-044f): a status shows another one, with the consent of its author. A local author's policy answers at once. A remote
 * author's server is asked, and the quote is pending until it answers. The row of a quote has the id of the quoting status, so
 * that lists of quotes are sorted by age.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { mentions, type QuoteState, quotes, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import { notFound, Refusal } from '../../platform/errors.ts'
import type { AccountId, RelationId, StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { isOpen } from '../access/visibility.ts'
import { bumpStatus } from '../counters.ts'
import { actionTarget } from '../find.ts'
import { type QuoteAnswer, quoteAnswer, type QuotePolicy, quoteGroups } from './policy.ts'

/** A status to be quoted, with its policy's answer. */
export type Quotable = {
  id: StatusId
  accountId: AccountId
  isLocal: boolean
  uri: string
  url: string
  visibility: Visibility
  answer: QuoteAnswer
}

/** A quoting status, with its author and visibility. */
type Quoting = { id: StatusId; accountId: AccountId; visibility: Visibility }

/**
 * A status (for a boost, the boosted one) with its policy's answer to an account that wants to quote it.
 *
 * @throws Refusal `not_found` when the account may not see it
 */
export async function quotable(db: Reader, accountId: AccountId, statusId: StatusId): Promise<Quotable> {
  const { id, consent } = await actionTarget(db, accountId, statusId)
  const [row] = await db
    .select({
      id: statuses.id,
      accountId: statuses.accountId,
      isLocal: statuses.isLocal,
      uri: statuses.uri,
      url: statuses.url,
      visibility: statuses.visibility,
      quoteAutomatic: statuses.quoteAutomatic,
      quoteManual: statuses.quoteManual,
      followsAuthor: sql<boolean>`exists (select from follows f where f.follower_id = ${accountId} and f.target_id = ${statuses.accountId})`,
      followedByAuthor: sql<boolean>`exists (select from follows f where f.follower_id = ${statuses.accountId} and f.target_id = ${accountId})`,
    })
    .from(statuses)
    .where(eq(statuses.id, id))
  if (!row) throw notFound()
  const { quoteAutomatic, quoteManual, followsAuthor, followedByAuthor, ...status } = row
  // Only its author sees a status that waits for consent.
  if (consent === 'asked' || consent === 'refused') return { ...status, answer: 'denied' }
  const answer = quoteAnswer(
    { visibility: row.visibility, quoteAutomatic, quoteManual },
    { isAuthor: row.accountId === accountId, followsAuthor, followedByAuthor },
  )
  return { ...status, answer }
}

/**
 * As `quotable`, but refuses a status that may not be quoted.
 *
 * @throws Refusal `not_found`, `invalid` when its author does not allow quotes
 */
export async function toBeQuoted(db: Reader, accountId: AccountId, statusId: StatusId): Promise<Quotable> {
  const quoted = await quotable(db, accountId, statusId)
  if (quoted.answer === 'denied') throw new Refusal('invalid', 'This post may not be quoted')
  return quoted
}

/** A quote's audience is never wider than that of the quoted status: a quote of a private status is private or direct. */
export const visibilityOfQuote = (wanted: Visibility, quoted: Pick<Quotable, 'visibility'>): Visibility =>
  quoted.visibility === 'private' && isOpen(wanted) ? 'private' : wanted

/**
 * Stores the quote of a new local status, whose mentions are stored already.
 *
 * @throws Refusal `not_found`, `invalid` or `unprocessable` when the quote is not allowed
 */
export async function addQuote(tx: Tx, uris: Uris, status: Quoting, quotedId: StatusId): Promise<void> {
  const quoted = await toBeQuoted(tx, status.accountId, quotedId)
  const isOwn = quoted.accountId === status.accountId
  if (status.visibility === 'direct' && !isOwn && !(await isMentioned(tx, status.id, quoted.accountId))) {
    throw new Refusal('unprocessable', 'Cannot quote a non-mentioned user in a Private Mention post.')
  }
  const id = quoteIdOf(status.id)
  const isAccepted = isOwn || quoted.isLocal
  await tx.insert(quotes).values({
    id,
    statusId: status.id,
    accountId: status.accountId,
    quotedStatusId: quoted.id,
    quotedAccountId: quoted.accountId,
    quotedUri: quoted.uri,
    state: isAccepted ? 'accepted' : 'pending',
    requestUri: isAccepted ? null : uris.activity('quote-requests', id),
    // Quotes of oneself need no authorization.
    approvalUri: isAccepted && !isOwn ? uris.activity('quote-authorizations', id) : null,
  })
  if (isAccepted) await countQuote(tx, status, quoted)
  else await emit(tx, { type: 'quote.requested', statusId: status.id })
}

/** The id of a status's quote. */
export const quoteIdOf = (statusId: StatusId): RelationId => statusId as string as RelationId

async function isMentioned(tx: Tx, statusId: StatusId, accountId: AccountId): Promise<boolean> {
  const row = await tx
    .select({ id: mentions.accountId })
    .from(mentions)
    .where(and(eq(mentions.statusId, statusId), eq(mentions.accountId, accountId)))
  return row.length > 0
}

/** Counts an accepted quote and notifies the quoted author. */
export async function countQuote(
  tx: Tx,
  status: Quoting,
  quoted: { id: StatusId; accountId: AccountId },
): Promise<void> {
  if (isOpen(status.visibility)) await bumpStatus(tx, quoted.id, 'quotesCount', 1, status.id)
  await notify(tx, { type: 'quote', for: quoted.accountId, from: status.accountId, statusId: status.id })
}

type StoredQuote = {
  id: RelationId
  statusId: StatusId
  accountId: AccountId
  quotedStatusId: StatusId | null
  quotedAccountId: AccountId | null
  state: QuoteState
}

/**
 * Revokes the consent to a quote. The quoted author may do so at any time. Repeating it changes nothing.
 *
 * @throws Refusal `not_found` when the account has no such status, or that status does not quote it
 */
export async function revokeQuote(tx: Tx, accountId: AccountId, quotedId: StatusId, statusId: StatusId): Promise<void> {
  const [quote] = await tx
    .select()
    .from(quotes)
    .where(
      and(eq(quotes.statusId, statusId), eq(quotes.quotedStatusId, quotedId), eq(quotes.quotedAccountId, accountId)),
    )
    .for('update')
  if (!quote) throw notFound()
  if (quote.state === 'revoked') return
  await endQuote(tx, quote, 'revoked')
  await emit(tx, { type: 'quote.revoked', statusId })
}

/** Ends a quote. Lowers the count and deletes the notification, unless the quoting status was deleted before. */
export async function endQuote(tx: Tx, quote: StoredQuote, state: 'rejected' | 'revoked'): Promise<void> {
  await tx.update(quotes).set({ state }).where(eq(quotes.id, quote.id))
  const [status] = await tx
    .select({ id: statuses.id, visibility: statuses.visibility, isLocal: statuses.isLocal })
    .from(statuses)
    .where(and(eq(statuses.id, quote.statusId), isNull(statuses.deletedAt)))
  if (quote.state !== 'accepted' || !status) return
  if (quote.quotedStatusId && isOpen(status.visibility))
    await bumpStatus(tx, quote.quotedStatusId, 'quotesCount', -1, status.id)
  if (quote.quotedAccountId)
    await unnotify(tx, { type: 'quote', for: quote.quotedAccountId, from: quote.accountId, statusId: quote.statusId })
  if (status.isLocal) await emit(tx, { type: 'status.refreshed', statusId: quote.statusId })
}

/** Lowers the quote count of the status that a deleted status quoted. */
export async function uncountQuoteOf(tx: Tx, statusId: StatusId): Promise<void> {
  const [quote] = await tx
    .select({ quotedStatusId: quotes.quotedStatusId })
    .from(quotes)
    .where(and(eq(quotes.statusId, statusId), eq(quotes.state, 'accepted')))
  if (quote?.quotedStatusId) await bumpStatus(tx, quote.quotedStatusId, 'quotesCount', -1, statusId)
}

/**
 * Changes the quote policy of a status. Existing quotes stay.
 *
 * @throws Refusal `not_found` when the account has no such status
 */
export async function setQuotePolicy(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  policy: QuotePolicy,
): Promise<void> {
  const [status] = await tx
    .select({ id: statuses.id, visibility: statuses.visibility, automatic: statuses.quoteAutomatic })
    .from(statuses)
    .where(
      and(
        eq(statuses.id, statusId),
        eq(statuses.accountId, accountId),
        sql`${statuses.deletedAt} is null and ${statuses.reblogOfId} is null`,
      ),
    )
    .for('update')
  if (!status) throw notFound()
  const automatic = quoteGroups(policy, status.visibility)
  if (automatic.join() === status.automatic.join()) return
  await tx.update(statuses).set({ quoteAutomatic: automatic, quoteManual: [] }).where(eq(statuses.id, statusId))
  await emit(tx, { type: 'status.refreshed', statusId })
}

/** The page of the quoted status, while the quote is pending or accepted; else null. */
export async function quotedPage(db: Reader, statusId: StatusId): Promise<string | null> {
  const [row] = await db
    .select({ url: statuses.url })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.quotedStatusId))
    .where(and(eq(quotes.statusId, statusId), isOneOf(quotes.state, ['pending', 'accepted'])))
  return row?.url ?? null
}
