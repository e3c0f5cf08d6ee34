/** Quotes by remote statuses, and remote answers to local quote requests. */
import { and, eq, isNull } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { quotes, statuses } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { askAuthor, withdrawRequest } from '../access/ask-author.ts'
import { statusByUri } from '../find.ts'
import type { QuoteAnswer } from './policy.ts'
import { countQuote, endQuote, quotable, quoteIdOf } from './quote.ts'

/** The quote of a remote status: the quoted URI, and the QuoteAuthorization that it claims. */
export type RemoteQuote = { uri: string; approvalUri: string | null }

/**
 * Stores or updates the quote of a remote status. A quote of oneself is accepted at once. For any other, a job asks the quoted
 * author's server.
 *
 * @param depth the number of statuses that were fetched in a chain up to this one
 */
export async function receiveQuote(
  tx: Tx,
  status: { id: StatusId; accountId: AccountId },
  quote: RemoteQuote,
  depth: number,
): Promise<void> {
  const [stored] = await tx.select().from(quotes).where(eq(quotes.statusId, status.id)).for('update')
  if (stored && (await isAbout(tx, stored, quote.uri))) {
    // A later authorization counts only for a pending quote.
    if (stored.state !== 'pending' || quote.approvalUri === null || quote.approvalUri === stored.approvalUri) return
    await clearPendingAuthorization(tx, quote.approvalUri)
    await tx.update(quotes).set({ approvalUri: quote.approvalUri }).where(eq(quotes.id, stored.id))
    return emit(tx, { type: 'quote.received', statusId: status.id, depth })
  }
  if (stored) await dropQuote(tx, status.id)
  if (quote.approvalUri !== null) await clearPendingAuthorization(tx, quote.approvalUri)
  await tx
    .insert(quotes)
    .values({
      id: quoteIdOf(status.id),
      statusId: status.id,
      accountId: status.accountId,
      quotedUri: quote.uri,
      state: 'pending',
      approvalUri: quote.approvalUri,
    })
    // An authorization that was proven for another status is not valid for this one.
    .onConflictDoNothing()
  const target = await statusByUri(tx, quote.uri)
  if (target && !target.deletedAt) await linkQuote(tx, status.id, target.id)
  if (!target || quote.approvalUri !== null) await emit(tx, { type: 'quote.received', statusId: status.id, depth })
}

/** Whether a quote is of the status with a URI. Older servers send the URL of its page. */
async function isAbout(
  tx: Tx,
  stored: { quotedUri: string; quotedStatusId: StatusId | null },
  uri: string,
): Promise<boolean> {
  if (stored.quotedUri === uri) return true
  if (!stored.quotedStatusId) return false
  const [quoted] = await tx.select({ url: statuses.url }).from(statuses).where(eq(statuses.id, stored.quotedStatusId))
  return quoted?.url === uri
}

/** Deletes the quote of a remote status, after an edit that removed it. */
export async function dropQuote(tx: Tx, statusId: StatusId): Promise<void> {
  const [stored] = await tx.select().from(quotes).where(eq(quotes.statusId, statusId)).for('update')
  if (!stored) return
  await endQuote(tx, stored, 'revoked')
  // The status may quote another one next, to which its author has not consented.
  await withdrawRequest(tx, 'quote', { interactionId: statusId })
  await tx.delete(quotes).where(eq(quotes.id, stored.id))
}

/** Removes an authorization from pending quotes: so a forged one does not block a later valid one. */
async function clearPendingAuthorization(tx: Tx, approvalUri: string): Promise<void> {
  await tx
    .update(quotes)
    .set({ approvalUri: null })
    .where(and(eq(quotes.approvalUri, approvalUri), eq(quotes.state, 'pending')))
}

/** Links a quote to the quoted status, once that is stored. A quote of oneself is accepted without consent. */
export async function linkQuote(tx: Tx, statusId: StatusId, quotedId: StatusId): Promise<void> {
  const [quoted] = await tx
    .select({ id: statuses.id, accountId: statuses.accountId, uri: statuses.uri })
    .from(statuses)
    .where(and(eq(statuses.id, quotedId), isNull(statuses.reblogOfId)))
  if (!quoted || quotedId === statusId) return
  const [quote] = await tx
    .update(quotes)
    .set({ quotedStatusId: quoted.id, quotedAccountId: quoted.accountId, quotedUri: quoted.uri })
    .where(and(eq(quotes.statusId, statusId), isNull(quotes.quotedStatusId)))
    .returning()
  if (quote && quote.state === 'pending' && quote.accountId === quoted.accountId)
    await acceptQuote(tx, statusId, quotedId, null)
}

/** Waiting quotes that are linked when the quoted status arrives. */
const maxWaiting = 100

/** Links quotes that arrived before the quoted status. */
export async function adoptQuotes(tx: Tx, quoted: { id: StatusId; uri: string }): Promise<void> {
  const waiting = await tx
    .select({ statusId: quotes.statusId, approvalUri: quotes.approvalUri })
    .from(quotes)
    .where(and(eq(quotes.quotedUri, quoted.uri), isNull(quotes.quotedStatusId)))
    .limit(maxWaiting)
  for (const quote of waiting) {
    await linkQuote(tx, quote.statusId, quoted.id)
    if (quote.approvalUri !== null) await emit(tx, { type: 'quote.received', statusId: quote.statusId, depth: 0 })
  }
}

/** The data of a pending quote for the job that verifies it; null when it is no longer pending. */
export async function pendingQuote(db: Reader, statusId: StatusId) {
  const [row] = await db
    .select({
      quotedStatusId: quotes.quotedStatusId,
      quotedUri: quotes.quotedUri,
      approvalUri: quotes.approvalUri,
      uri: statuses.uri,
    })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.statusId))
    .where(and(eq(quotes.statusId, statusId), eq(quotes.state, 'pending'), isNull(statuses.deletedAt)))
  return row ?? null
}

/**
 * Accepts a pending quote, unless an edit has put another one in its place.
 *
 * @param quotedId the status whose author consents
 * @param approvalUri id of the authorization; null when none is needed
 */
export async function acceptQuote(
  tx: Tx,
  statusId: StatusId,
  quotedId: StatusId,
  approvalUri: string | null,
): Promise<void> {
  const [quote] = await tx
    .update(quotes)
    .set({ state: 'accepted', ...(approvalUri === null ? {} : { approvalUri }) })
    .where(and(isQuoteOf(statusId, quotedId), eq(quotes.state, 'pending')))
    .returning()
  const [status] = quote
    ? await tx
        .select()
        .from(statuses)
        .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
    : []
  if (!status || !quote?.quotedAccountId) return
  await countQuote(tx, status, { id: quotedId, accountId: quote.quotedAccountId })
  if (status.isLocal) await emit(tx, { type: 'status.refreshed', statusId })
}

/** How a remote server refers to a local quote request: by its id, or by both statuses. */
export type RequestName = { requestUri: string | null; quotingUri: string | null; quotedUri: string | null }

/** The quote whose request a remote author answers; null when there was no such request to the author. */
async function requestedQuote(tx: Tx, authorId: AccountId, { requestUri, quotingUri, quotedUri }: RequestName) {
  const ofAuthor = eq(quotes.quotedAccountId, authorId)
  const [byId] =
    requestUri === null
      ? []
      : await tx
          .select()
          .from(quotes)
          .where(and(eq(quotes.requestUri, requestUri), ofAuthor))
          .for('update')
  if (byId || quotingUri === null || quotedUri === null) return byId ?? null
  const status = await statusByUri(tx, quotingUri)
  const [byContent] = status
    ? await tx
        .select()
        .from(quotes)
        .where(and(eq(quotes.statusId, status.id), eq(quotes.quotedUri, quotedUri), ofAuthor))
        .for('update')
    : []
  return byContent ?? null
}

/** A remote author accepts a local quote request. */
export async function receiveQuoteAccept(
  tx: Tx,
  authorId: AccountId,
  request: RequestName,
  approvalUri: string,
): Promise<void> {
  const quote = await requestedQuote(tx, authorId, request)
  if (quote?.state === 'pending' && quote.quotedStatusId)
    await acceptQuote(tx, quote.statusId, quote.quotedStatusId, approvalUri)
}

/** A remote author rejects a local quote request, or revokes an accepted quote. */
export async function receiveQuoteReject(tx: Tx, authorId: AccountId, request: RequestName): Promise<void> {
  const quote = await requestedQuote(tx, authorId, request)
  if (quote?.state === 'pending') await endQuote(tx, quote, 'rejected')
  else if (quote?.state === 'accepted') await endQuote(tx, quote, 'revoked')
}

/** A remote author revokes an authorization. Returns whether a quote with it was known. */
export async function receiveRevocation(tx: Tx, authorId: AccountId, approvalUri: string): Promise<boolean> {
  const [quote] = await tx
    .select()
    .from(quotes)
    .where(and(eq(quotes.approvalUri, approvalUri), eq(quotes.quotedAccountId, authorId)))
    .for('update')
  if (!quote) return false
  if (quote.state === 'accepted' || quote.state === 'pending') await endQuote(tx, quote, 'revoked')
  return true
}

/** A remote account's request to quote a local status. */
export type RemoteQuoteRequest = { requestUri: string; accountId: AccountId; quotedId: StatusId; quotingUri: string }

/**
 * How the policy of a local status answers a remote account that wants to quote it. Null means no answer, as the account must not
 * even learn that the status exists.
 */
export async function answerQuoteRequest(
  db: Reader,
  accountId: AccountId,
  quotedId: StatusId,
): Promise<QuoteAnswer | null> {
  const quoted = await quotable(db, accountId, quotedId).catch((error: unknown) =>
    error instanceof Refusal ? null : Promise.reject(error),
  )
  return quoted?.isLocal ? quoted.answer : null
}

/** Queues a Reject of a quote request. */
export async function refuseQuoteRequest(tx: Tx, request: RemoteQuoteRequest): Promise<void> {
  await emit(tx, { type: 'quote.refused', ...request })
}

/**
 * Answers a quote request whose quoting status is stored: grants it, or asks the author. Refuses it if that quote was rejected or
 * revoked before, or if too much waits for the author.
 *
 * @param statusId the quoting status
 */
export async function receiveQuoteRequest(
  tx: Tx,
  uris: Uris,
  request: RemoteQuoteRequest,
  statusId: StatusId,
): Promise<void> {
  const answer = await answerQuoteRequest(tx, request.accountId, request.quotedId)
  if (answer !== 'automatic' && answer !== 'manual') return refuseQuoteRequest(tx, request)
  await receiveQuote(
    tx,
    { id: statusId, accountId: request.accountId },
    { uri: uris.status(request.quotedId), approvalUri: null },
    0,
  )
  const [quote] = await tx.select().from(quotes).where(isQuoteOf(statusId, request.quotedId)).for('update')
  if (!quote?.quotedAccountId || quote.state === 'revoked' || (quote.state === 'rejected' && answer === 'manual'))
    return refuseQuoteRequest(tx, request)
  await tx.update(quotes).set({ requestUri: request.requestUri }).where(eq(quotes.id, quote.id))
  if (answer === 'automatic' || quote.state === 'accepted') return grantQuote(tx, uris, statusId, request.quotedId)
  const { requestUri, accountId: fromAccountId, quotedId, quotingUri } = request
  const isWaiting = await askAuthor(tx, {
    kind: 'quote',
    accountId: quote.quotedAccountId,
    fromAccountId,
    statusId: quotedId,
    subject: { interactionId: statusId },
    interactionUri: quotingUri,
    requestUri,
  })
  if (!isWaiting) await refuseQuoteRequest(tx, request)
}

/** A local author consents to a quote, with an authorization that other servers can look up. */
export async function grantQuote(tx: Tx, uris: Uris, statusId: StatusId, quotedId: StatusId): Promise<void> {
  const [quote] = await tx.select().from(quotes).where(isQuoteOf(statusId, quotedId)).for('update')
  if (!quote) return
  if (quote.state !== 'accepted') {
    await tx.update(quotes).set({ state: 'pending' }).where(eq(quotes.id, quote.id))
    await acceptQuote(tx, statusId, quotedId, uris.activity('quote-authorizations', quote.id))
  }
  await emit(tx, { type: 'quote.granted', statusId })
}

/** A local author denies a quote. */
export async function denyQuote(tx: Tx, statusId: StatusId, quotedId: StatusId): Promise<void> {
  const [quote] = await tx.select().from(quotes).where(isQuoteOf(statusId, quotedId)).for('update')
  if (quote?.state === 'pending') await endQuote(tx, quote, 'rejected')
}

/** SQL condition: the quote is still of the status whose author was asked. */
const isQuoteOf = (statusId: StatusId, quotedId: StatusId) =>
  and(eq(quotes.statusId, statusId), eq(quotes.quotedStatusId, quotedId))
