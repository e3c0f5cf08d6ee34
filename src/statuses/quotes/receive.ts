/** Quotes that come from other servers, and what other servers say to ours. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { quotes, statuses } from '../../platform/db/schema/statuses.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { statusByUri } from '../find.ts'
import { countedQuote, endQuote, quotable, quoteIdOf } from './quote.ts'

/** What a status of another server quotes, and the QuoteAuthorization that it shows for it. */
export type RemoteQuote = { uri: string; approvalUri: string | null }

/**
 * Stores, or brings up to date, what a status of another server quotes. Only a quote of oneself counts at once; for any other a job asks the
 * server of who is quoted.
 *
 * @param depth how many statuses were fetched for one another until this one
 */
export async function receiveQuote(
  tx: Tx,
  status: { id: StatusId; accountId: AccountId },
  quote: RemoteQuote,
  depth: number,
): Promise<void> {
  const [known] = await tx.select().from(quotes).where(eq(quotes.statusId, status.id)).for('update')
  if (known && (await isAbout(tx, known, quote.uri))) {
    // A consent that came later, for one that waits still.
    if (known.state !== 'pending' || quote.approvalUri === null || quote.approvalUri === known.approvalUri) return
    await freeStamp(tx, quote.approvalUri)
    await tx.update(quotes).set({ approvalUri: quote.approvalUri }).where(eq(quotes.id, known.id))
    return emit(tx, { type: 'quote.received', statusId: status.id, depth })
  }
  if (known) await dropQuote(tx, status.id)
  if (quote.approvalUri !== null) await freeStamp(tx, quote.approvalUri)
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
    // A stamp that was proven for another status proves nothing for this one.
    .onConflictDoNothing()
  const target = await statusByUri(tx, quote.uri)
  if (target && !target.deletedAt) await linkQuote(tx, status.id, target.id)
  if (!target || quote.approvalUri !== null) await emit(tx, { type: 'quote.received', statusId: status.id, depth })
}

/** Whether a quote is of what a URI names; older servers name it by its page. */
async function isAbout(
  tx: Tx,
  known: { quotedUri: string; quotedStatusId: StatusId | null },
  uri: string,
): Promise<boolean> {
  if (known.quotedUri === uri) return true
  if (!known.quotedStatusId) return false
  const [quoted] = await tx.select({ url: statuses.url }).from(statuses).where(eq(statuses.id, known.quotedStatusId))
  return quoted?.url === uri
}

/** An edit of another server took out what its status quoted. */
export async function dropQuote(tx: Tx, statusId: StatusId): Promise<void> {
  const [known] = await tx.select().from(quotes).where(eq(quotes.statusId, statusId)).for('update')
  if (!known) return
  await endQuote(tx, known, 'revoked')
  await tx.delete(quotes).where(eq(quotes.id, known.id))
}

/** Who shows a stamp that is not theirs keeps nobody from showing their own. */
async function freeStamp(tx: Tx, approvalUri: string): Promise<void> {
  await tx
    .update(quotes)
    .set({ approvalUri: null })
    .where(and(eq(quotes.approvalUri, approvalUri), eq(quotes.state, 'pending')))
}

/** Says which status a quote means, now that it is here. Nobody needs consent to quote themselves. */
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
  if (quote && quote.state === 'pending' && quote.accountId === quoted.accountId) await acceptQuote(tx, statusId, null)
}

/** Most quotes that learn at once that what they quote has arrived. */
const maxWaiting = 100

/** Quotes that came before what they quote find it now. */
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

/** What the job that looks after a received quote has to know; null when there is nothing more to do. */
export async function pendingQuote(db: Reader, statusId: StatusId) {
  const [found] = await db
    .select({
      quotedStatusId: quotes.quotedStatusId,
      quotedUri: quotes.quotedUri,
      approvalUri: quotes.approvalUri,
      uri: statuses.uri,
    })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.statusId))
    .where(and(eq(quotes.statusId, statusId), eq(quotes.state, 'pending'), isNull(statuses.deletedAt)))
  return found ?? null
}

/**
 * Makes a quote that waits an accepted one.
 *
 * @param approvalUri the consent's id; null where none is needed
 */
export async function acceptQuote(tx: Tx, statusId: StatusId, approvalUri: string | null): Promise<void> {
  const [quote] = await tx
    .update(quotes)
    .set({ state: 'accepted', ...(approvalUri === null ? {} : { approvalUri }) })
    .where(and(eq(quotes.statusId, statusId), eq(quotes.state, 'pending'), sql`${quotes.quotedStatusId} is not null`))
    .returning()
  const [status] = quote
    ? await tx
        .select()
        .from(statuses)
        .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
    : []
  if (!status || !quote?.quotedStatusId || !quote.quotedAccountId) return
  await countedQuote(tx, status, { id: quote.quotedStatusId, accountId: quote.quotedAccountId })
  if (status.isLocal) await emit(tx, { type: 'status.refreshed', statusId })
}

/** How another server names a request of ours: by its id, or by what was asked. */
export type RequestName = { requestUri: string | null; quotingUri: string | null; quotedUri: string | null }

/** The status whose wish to quote an account of another server answers; null when we asked it nothing like that. */
async function requested(tx: Tx, authorId: AccountId, { requestUri, quotingUri, quotedUri }: RequestName) {
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

/** The author of another server lets one of ours quote, if we asked. */
export async function receiveQuoteAccept(
  tx: Tx,
  authorId: AccountId,
  request: RequestName,
  approvalUri: string,
): Promise<void> {
  const quote = await requested(tx, authorId, request)
  if (quote?.state === 'pending') await acceptQuote(tx, quote.statusId, approvalUri)
}

/** The author of another server lets one of ours not quote, or no longer. */
export async function receiveQuoteReject(tx: Tx, authorId: AccountId, request: RequestName): Promise<void> {
  const quote = await requested(tx, authorId, request)
  if (quote?.state === 'pending') await endQuote(tx, quote, 'rejected')
  else if (quote?.state === 'accepted') await endQuote(tx, quote, 'revoked')
}

/** The author of another server takes a consent back. Returns whether it was one that we knew. */
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

/** What an account of another server asks one of ours. */
export type QuoteWish = { requestUri: string; accountId: AccountId; quotedId: StatusId; quotingUri: string }

/**
 * Whether an account of another server may quote a local status, as its policy says. Null where it may not even know of it, so that it gets no
 * answer.
 */
export async function answerToWish(db: Reader, accountId: AccountId, quotedId: StatusId): Promise<boolean | null> {
  const quoted = await quotable(db, accountId, quotedId).catch((error: unknown) =>
    error instanceof Refusal ? null : Promise.reject(error),
  )
  return quoted?.isLocal ? quoted.answer === 'automatic' : null
}

/** Refuses a wish: its server is told. */
export async function refuseWish(tx: Tx, wish: QuoteWish): Promise<void> {
  await emit(tx, { type: 'quote.refused', ...wish })
}

/**
 * Grants a wish whose status is stored. One whose consent was taken back before is refused.
 *
 * @param statusId the status that quotes
 */
export async function grantWish(tx: Tx, uris: Uris, wish: QuoteWish, statusId: StatusId): Promise<void> {
  if ((await answerToWish(tx, wish.accountId, wish.quotedId)) !== true) return refuseWish(tx, wish)
  await receiveQuote(
    tx,
    { id: statusId, accountId: wish.accountId },
    { uri: uris.status(wish.quotedId), approvalUri: null },
    0,
  )
  const [quote] = await tx
    .select()
    .from(quotes)
    .where(and(eq(quotes.statusId, statusId), eq(quotes.quotedStatusId, wish.quotedId)))
    .for('update')
  if (!quote || quote.state === 'revoked') return refuseWish(tx, wish)
  await tx.update(quotes).set({ requestUri: wish.requestUri }).where(eq(quotes.id, quote.id))
  if (quote.state !== 'accepted') {
    await tx.update(quotes).set({ state: 'pending' }).where(eq(quotes.id, quote.id))
    await acceptQuote(tx, statusId, uris.activity('quote-authorizations', quote.id))
  }
  await emit(tx, { type: 'quote.granted', statusId })
}
