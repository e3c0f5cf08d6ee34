/** Requests that wait for a local author's consent: the list, and the author's answers. ask-author.ts makes requests. */
import { and, eq, sql } from 'drizzle-orm'
import { unnotify } from '../../notices/notify.ts'
import { emit } from '../../outbox/emit.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import {
  interactionRequests,
  type RequestKind,
  requestKinds,
  type RequestState,
} from '../../platform/db/schema/interactions.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, Id, RelationId, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'
import type { Uris } from '../../platform/uris.ts'
import { revokeQuote } from '../quotes/quote.ts'
import { denyQuote, grantQuote, refuseQuoteRequest } from '../quotes/receive.ts'
import { isOpenRequest, unnotifyRequest } from './ask-author.ts'
import { acceptInteraction, type OwnInteraction, rejectInteraction, withdrawConsent } from './consent.ts'
import { grantInteraction, refuseInteraction } from './interaction-requests.ts'
import { acceptReply } from './outside-replies.ts'

export type { RequestKind } from '../../platform/db/schema/interactions.ts'

type Row = typeof interactionRequests.$inferSelect

/** A request, with the ids of all that it is about. */
export type RequestHead = Pick<
  Row,
  | 'id'
  | 'kind'
  | 'state'
  | 'fromAccountId'
  | 'statusId'
  | 'interactionId'
  | 'interactionUri'
  | 'createdAt'
  | 'answeredAt'
>

export type RequestFilter = { kinds?: readonly RequestKind[]; statusId?: StatusId; state?: RequestState }

/** A page of the requests to an author, the latest first; those that wait, if the filter names no other state. */
export async function listRequests(
  db: Reader,
  accountId: AccountId,
  page: Page,
  { kinds = requestKinds, statusId, state = 'pending' }: RequestFilter = {},
): Promise<RequestHead[]> {
  const { where, orderBy, limit } = slice(interactionRequests.id, page)
  const rows = await db
    .select()
    .from(interactionRequests)
    .where(
      and(
        eq(interactionRequests.accountId, accountId),
        eq(interactionRequests.state, state),
        isOneOf(interactionRequests.kind, kinds),
        statusId && eq(interactionRequests.statusId, statusId),
        isOpenRequest,
        where,
      ),
    )
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

/** @throws Refusal `not_found` when there is no such request to the author */
export async function findRequest(db: Reader, accountId: AccountId, id: RelationId): Promise<RequestHead> {
  const [row] = await db
    .select()
    .from(interactionRequests)
    .where(and(ofAuthor(accountId, id), isOpenRequest))
  if (!row) throw notFound()
  return row
}

const ofAuthor = (accountId: AccountId, id: RelationId) =>
  and(eq(interactionRequests.id, id), eq(interactionRequests.accountId, accountId))

/**
 * The author accepts: the interaction is shown and counted, and its server gets an authorization that others can look up. Accepting
 * again changes nothing.
 *
 * @throws Refusal `not_found` when there is no such request, or it was rejected
 */
export async function acceptRequest(tx: Tx, uris: Uris, accountId: AccountId, id: RelationId): Promise<void> {
  const request = await lockRequest(tx, accountId, id)
  if (request.state === 'accepted') return
  if (request.state === 'rejected') throw notFound()
  await answer(tx, request, 'accepted')
  if (request.kind === 'quote') return grantQuote(tx, uris, idOfStatus(request), request.statusId)
  const interaction = interactionOf(request.kind, request)
  const consent = uris.activity(`${interaction.kind}-authorizations`, interaction.id)
  const isOutside = request.kind === 'reply' && (await acceptReply(tx, idOfStatus(request), consent))
  if (!isOutside) await acceptInteraction(tx, accountId, interaction, consent)
  if (request.interactionUri !== null)
    await grantInteraction(tx, { kind: interaction.kind, requestUri: request.requestUri }, interaction.id)
}

/**
 * The author rejects, or takes back an earlier consent. A favourite or boost is deleted. A reply stays outside of its thread, and a
 * quote shows no more than a link. Rejecting again changes nothing.
 *
 * @throws Refusal `not_found` when there is no such request
 */
export async function rejectRequest(tx: Tx, accountId: AccountId, id: RelationId): Promise<void> {
  const request = await lockRequest(tx, accountId, id)
  if (request.state === 'rejected') return
  if (request.state === 'accepted') return revoke(tx, accountId, request)
  await reject(tx, request)
}

async function reject(tx: Tx, request: Row): Promise<void> {
  const { kind, accountId, fromAccountId, statusId, interactionUri, requestUri } = request
  await answer(tx, request, 'rejected')
  if (kind === 'quote') {
    await denyQuote(tx, idOfStatus(request), statusId)
    if (interactionUri !== null && requestUri !== null)
      await refuseQuoteRequest(tx, {
        requestUri,
        accountId: fromAccountId,
        quotedId: statusId,
        quotingUri: interactionUri,
      })
    return
  }
  await rejectInteraction(tx, accountId, interactionOf(kind, request))
  if (interactionUri !== null)
    await refuseInteraction(tx, { kind, requestUri, accountId: fromAccountId, statusId, interactionUri })
}

async function revoke(tx: Tx, accountId: AccountId, request: Row): Promise<void> {
  const { kind, fromAccountId, statusId, interactionUri } = request
  await answer(tx, request, 'rejected')
  if (kind === 'quote') return revokeQuote(tx, accountId, statusId, idOfStatus(request))
  const interaction = interactionOf(kind, request)
  await withdrawConsent(tx, interaction)
  if (kind === 'like') await unnotify(tx, { type: 'favourite', for: accountId, from: fromAccountId, statusId })
  // Other servers never saw a favourite by a local account.
  if (kind === 'like' && interactionUri === null) return
  const { id: interactionId } = interaction
  await emit(tx, {
    type: 'interaction.revoked',
    kind,
    interactionId,
    accountId: fromAccountId,
    statusId,
    interactionUri,
  })
}

async function lockRequest(tx: Tx, accountId: AccountId, id: RelationId): Promise<Row> {
  const [request] = await tx
    .select()
    .from(interactionRequests)
    .where(and(ofAuthor(accountId, id), isOpenRequest))
    .for('update')
  if (!request) throw notFound()
  return request
}

async function answer(tx: Tx, request: Row, state: 'accepted' | 'rejected'): Promise<void> {
  const { id, kind, interactionId } = request
  // The favourite or boost will be deleted, and would delete the request with it.
  const isLetGo = state === 'rejected' && (kind === 'like' || kind === 'announce')
  await tx
    .update(interactionRequests)
    .set({ state, answeredAt: sql`now()`, ...(isLetGo ? { favouriteId: null, interactionId: null } : {}) })
    .where(eq(interactionRequests.id, id))
  if (request.state === 'pending')
    await unnotifyRequest(tx, { ...request, subject: interactionId && { interactionId } })
}

/** The interaction of a request that is not about a quote. */
function interactionOf(kind: InteractionKind, { favouriteId, interactionId }: Row): OwnInteraction {
  const id: Id<string> | null = kind === 'like' ? favouriteId : interactionId
  if (id === null) throw new Error('A request without its interaction was rejected before')
  return { kind, id }
}

function idOfStatus({ interactionId }: Row): StatusId {
  if (interactionId === null) throw new Error('Only a favourite is no status')
  return interactionId
}

/** How long an author may take to answer, and how long a rejection is remembered. */
const keptDays = 90

/**
 * Rejects up to `limit` requests that nobody answered in time, and forgets old rejections.
 *
 * @returns how many there were
 */
export async function expireRequests(tx: Tx, limit: number): Promise<number> {
  const old = await tx
    .select()
    .from(interactionRequests)
    .where(
      // The age of the request as well, for its index.
      sql`${interactionRequests.createdAt} < now() - ${keptDays} * interval '1 day' and ${interactionRequests.state} <> 'accepted'
        and coalesce(${interactionRequests.answeredAt}, ${interactionRequests.createdAt}) < now() - ${keptDays} * interval '1 day'`,
    )
    .orderBy(interactionRequests.createdAt)
    .limit(limit)
    .for('update', { skipLocked: true })
  for (const request of old) {
    if (request.state === 'pending') await reject(tx, request)
    await tx.delete(interactionRequests).where(eq(interactionRequests.id, request.id))
  }
  return old.length
}
