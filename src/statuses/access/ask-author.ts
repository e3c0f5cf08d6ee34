/** Requests for the consent of local authors: how they begin, and how they are taken back. The answers are in requests.ts. */
import { and, eq, ne, or, type SQL, sql } from 'drizzle-orm'
import { notify, unnotify } from '../../notices/notify.ts'
import type { Tx } from '../../platform/db/index.ts'
import { interactionRequests, type RequestKind } from '../../platform/db/schema/interactions.ts'
import type { NotificationType } from '../../platform/db/schema/notifications.ts'
import { type AccountId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { blockedEitherWay } from '../../rules/avoidance.ts'
import { refuse } from '../../text/refusals.ts'

/** Requests of one account that may wait for the same author. */
const maxOfAccount = 20
/** Requests that may wait for an author. */
const maxOfAuthor = 1_000

/** A stored interaction that waits for the author of a local status. */
export type Asking = {
  kind: RequestKind
  /** The author. */
  accountId: AccountId
  fromAccountId: AccountId
  /** The author's status. */
  statusId: StatusId
  /** The favourite, or else the reply, boost or quoting status. */
  subject: { favouriteId: RelationId } | { interactionId: StatusId }
  /** ActivityPub ids of a remote interaction and, if its server asks for consent, of its request. */
  interactionUri?: string | null
  requestUri?: string | null
}

/**
 * Asks a local author for consent. Repeating it changes nothing but the id of the request, which the answer names.
 *
 * @returns whether it waits now; false when the author rejected the same before, or too much waits already
 */
export async function askAuthor(tx: Tx, asking: Asking): Promise<boolean> {
  const { kind, accountId, fromAccountId, statusId, subject, interactionUri = null, requestUri = null } = asking
  // The lock keeps several at the same time from all taking the last place.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`requests ${accountId}`}, 0))`)
  const [known] = await tx
    .update(interactionRequests)
    .set({ requestUri: sql`coalesce(${requestUri}, ${interactionRequests.requestUri})` })
    .where(isAbout(asking))
    .returning({ state: interactionRequests.state })
  if (known) return known.state === 'pending'
  await tx.delete(interactionRequests).where(isOutdated(asking))
  if (!(await hasRoom(tx, accountId, fromAccountId))) return false
  await tx
    .insert(interactionRequests)
    .values({
      id: newId<RelationId>(),
      accountId,
      fromAccountId,
      statusId,
      kind,
      interactionUri,
      requestUri,
      ...subject,
    })
  await notify(tx, noticeOf(asking))
  return true
}

/** As `askAuthor`, for callers that can't store the interaction otherwise. @throws Refusal `not_permitted` */
export async function mustAskAuthor(tx: Tx, asking: Asking): Promise<void> {
  if (!(await askAuthor(tx, asking))) throw refuse('not_permitted', 'requestDeclined')
}

/** The same interaction, or an earlier favourite or boost by the same account, which the author rejected. */
function isAbout({ kind, fromAccountId, statusId, subject }: Asking) {
  const same =
    'favouriteId' in subject
      ? eq(interactionRequests.favouriteId, subject.favouriteId)
      : eq(interactionRequests.interactionId, subject.interactionId)
  if (kind === 'reply' || kind === 'quote')
    return and(same, eq(interactionRequests.kind, kind), eq(interactionRequests.statusId, statusId))
  return and(
    eq(interactionRequests.kind, kind),
    or(
      same,
      and(
        eq(interactionRequests.statusId, statusId),
        eq(interactionRequests.fromAccountId, fromAccountId),
        eq(interactionRequests.state, 'rejected'),
      ),
    ),
  )
}

/** Earlier requests of the same status about another one: an edit can replace the quoted status. */
const isOutdated = ({ kind, statusId, subject }: Asking) =>
  and(
    'favouriteId' in subject
      ? eq(interactionRequests.favouriteId, subject.favouriteId)
      : eq(interactionRequests.interactionId, subject.interactionId),
    eq(interactionRequests.kind, kind),
    ne(interactionRequests.statusId, statusId),
  )

/** SQL condition: the interaction still exists, and its account is neither suspended nor blocked. */
export const isOpenRequest: SQL = sql`(select a.suspended_at is null from accounts a where a.id = ${interactionRequests.fromAccountId})
  and (select s.deleted_at is null from statuses s where s.id = ${interactionRequests.statusId})
  and (${interactionRequests.interactionId} is null or (select s.deleted_at is null from statuses s where s.id = ${interactionRequests.interactionId}))
  and not ${blockedEitherWay(sql`${interactionRequests.accountId}`, sql`${interactionRequests.fromAccountId}`)}`

/** Requests that the author can't answer, as their account is blocked or suspended, don't count. */
async function hasRoom(tx: Tx, accountId: AccountId, fromAccountId: AccountId): Promise<boolean> {
  const { rows } = await tx.execute<{ all: number; own: number }>(sql`
    select (select count(*)::int from (select from interaction_requests where account_id = ${accountId} and state = 'pending' and ${isOpenRequest} limit ${maxOfAuthor}) waiting) as all,
      (select count(*)::int from (select from interaction_requests where from_account_id = ${fromAccountId} and account_id = ${accountId} and state = 'pending' limit ${maxOfAccount}) waiting) as own`)
  const [waiting] = rows
  return waiting !== undefined && waiting.all < maxOfAuthor && waiting.own < maxOfAccount
}

const notices: Record<RequestKind, NotificationType> = {
  like: 'pending.favourite',
  announce: 'pending.reblog',
  reply: 'pending.reply',
  quote: 'pending.quote',
}

type Noticed = Pick<Asking, 'kind' | 'accountId' | 'fromAccountId' | 'statusId'> & { subject: Asking['subject'] | null }

/** A reply or quote is shown itself; of a favourite or boost, the status that it is for. */
function noticeOf({ kind, accountId, fromAccountId, statusId, subject }: Noticed) {
  const isShown = (kind === 'reply' || kind === 'quote') && subject && 'interactionId' in subject
  return {
    type: notices[kind],
    for: accountId,
    from: fromAccountId,
    statusId: isShown ? subject.interactionId : statusId,
  } as const
}

/** Deletes the notification of a request that no longer waits. */
export const unnotifyRequest = (tx: Tx, request: Noticed): Promise<void> => unnotify(tx, noticeOf(request))

/** Forgets the request of a favourite, boost or quote that its account takes back. A rejected one stays. */
export async function withdrawRequest(tx: Tx, kind: RequestKind, subject: Asking['subject']): Promise<void> {
  const [gone] = await tx
    .delete(interactionRequests)
    .where(
      and(
        'favouriteId' in subject
          ? eq(interactionRequests.favouriteId, subject.favouriteId)
          : eq(interactionRequests.interactionId, subject.interactionId),
        eq(interactionRequests.kind, kind),
        ne(interactionRequests.state, 'rejected'),
      ),
    )
    .returning()
  if (gone?.state === 'pending') await unnotifyRequest(tx, { ...gone, subject })
}

/** Forgets the requests about a deleted status, and those that it made itself. Notifications of the status go with it. */
export async function forgetRequestsAbout(tx: Tx, statusId: StatusId): Promise<void> {
  await tx
    .delete(interactionRequests)
    .where(or(eq(interactionRequests.statusId, statusId), eq(interactionRequests.interactionId, statusId)))
}
