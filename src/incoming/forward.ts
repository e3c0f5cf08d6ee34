/**
 * Forwards remote replies: a person who follows only the author of a thread would otherwise miss them.
 *
 * @see https://www.w3.org/TR/activitypub/#inbox-forwarding
 */
import { sql } from 'drizzle-orm'
import { storeActivity } from '../outgoing/store.ts'
import type { Tx } from '../platform/db/index.ts'
import { type AccountId, type ActivityId, newId, type StatusId } from '../platform/ids.ts'
import { isPublicOrUnlisted } from '../statuses/access/visibility.ts'

/** An activity of another server about a reply, as received. */
export type ForwardedActivity = {
  /** Its id, made unique if others have the same one: each is forwarded once. */
  uri: string
  type: string
  /** Byte for byte, as its signature covers it. */
  raw: string
  /** Hosts that have it already. */
  exceptHosts: readonly string[]
}

/**
 * Queues an activity about a reply to the followers of the local author of the parent, if both statuses are public or
 * unlisted. Each server gets it once, even if it is received repeatedly. Followers who block the reply's author, or are
 * blocked by them, don't get it.
 */
export async function forwardReply(
  tx: Tx,
  replyId: StatusId,
  { uri, type, raw, exceptHosts }: ForwardedActivity,
): Promise<void> {
  const { rows } = await tx.execute<{ authorId: AccountId }>(sql`
    select parent.account_id as "authorId" from statuses reply
    join statuses parent on parent.id = reply.in_reply_to_id and parent.is_local and parent.deleted_at is null and ${isPublicOrUnlisted('parent')}
    -- A Create is forwarded only by the transaction that stored the reply.
    where reply.id = ${replyId} and (${type} <> 'Create' or reply.received_at = now()::timestamptz(3)) and not reply.is_local and reply.deleted_at is null and ${isPublicOrUnlisted('reply')}`)
  const accountId = rows[0]?.authorId
  if (!accountId || (type === 'Update' && !(await isTimeForAnother(tx, replyId)))) return
  await storeActivity(tx, {
    order: newId<ActivityId>(),
    uri,
    accountId,
    type,
    body: raw,
    recipients: { threadFollowers: { replyId, exceptHosts } },
    isForFollowers: false,
  })
}

/** Limits forwarded edits to one per reply and minute. */
async function isTimeForAnother(tx: Tx, replyId: StatusId): Promise<boolean> {
  const { rowCount } = await tx.execute(sql`
    insert into kv (key, value, expires_at) values (${`forwarded ${replyId}`}, 'true', now() + interval '1 minute')
    on conflict (key) do update set expires_at = excluded.expires_at where kv.expires_at <= now()`)
  return rowCount === 1
}
