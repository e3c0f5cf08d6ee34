/**
 * Keeps conversations: a row for each local person in a thread of direct statuses, which points at the last one that reached
 * them. What their policy filtered, or what they muted, doesn't.
 */
import { type SQL, sql } from 'drizzle-orm'
import { emitAll } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { type AccountId, type ConversationId, newId, type StatusId } from '../platform/ids.ts'
import { isReleased } from './access/visibility.ts'

/** That a status reached somebody, or was written by them. */
export type ConversationEntry = { statusId: StatusId; accountId: AccountId }

/**
 * Puts direct statuses on top of their conversations: read for who wrote them, unread for all others. Whatever isn't direct, and who isn't
 * local, is left out.
 */
export async function upsertConversations(tx: Tx, reached: ConversationEntry[]): Promise<void> {
  if (reached.length === 0) return
  const news = JSON.stringify(reached.map((one) => ({ ...one, id: newId<ConversationId>() })))
  const { rows } = await tx.execute<{ conversationId: ConversationId; accountId: AccountId }>(sql`
    insert into conversations (id, account_id, thread_id, last_status_id, is_unread)
    select distinct on (u.account_id, s.thread_id) news.id, u.account_id, s.thread_id, s.id, s.account_id <> u.account_id
    from json_to_recordset(${news}::json) as news(id bigint, "statusId" bigint, "accountId" bigint)
    join users u on u.account_id = news."accountId"
    join statuses s on s.id = news."statusId" and s.visibility = 'direct' and s.deleted_at is null
    order by u.account_id, s.thread_id, s.id desc
    on conflict (account_id, thread_id) do update set
      last_status_id = greatest(conversations.last_status_id, excluded.last_status_id),
      is_unread = case when excluded.last_status_id > conversations.last_status_id then excluded.is_unread else conversations.is_unread or excluded.is_unread end
    returning id as "conversationId", account_id as "accountId"`)
  await emitAll(
    tx,
    rows.map((row) => ({ type: 'conversation.updated', ...row })),
  )
}

/** Lets conversations go on with what came before their last status, which is gone or hidden from them; those without anything left end. */
export async function rewindConversations(tx: Tx, lastStatuses: SQL): Promise<void> {
  await tx.execute(sql`
    with before as (
      select c.id, (
        select max(s.id) from statuses s
        where s.thread_id = c.thread_id and s.visibility = 'direct' and s.deleted_at is null
          and (s.account_id = c.account_id or (${isReleased('s')} and exists (select from mentions m where m.status_id = s.id and m.account_id = c.account_id)))) as status_id
      from conversations c where c.last_status_id in ${lastStatuses}),
    ended as (delete from conversations c using before where c.id = before.id and before.status_id is null)
    update conversations c set last_status_id = before.status_id from before where c.id = before.id and before.status_id is not null`)
}

/** Makes conversations of threads that turned out to be parts of one into one, as far as a person has several. */
export async function joinConversations(tx: Tx, threads: StatusId[], into: StatusId): Promise<void> {
  if (threads.length === 0) return
  await tx.execute(sql`
    with parts as (select * from conversations where thread_id = any(${arrayOf(threads)}::bigint[]) and thread_id <> ${into}),
    -- One of each person's is kept: that which is there, or the newest part.
    kept as (
      select distinct on (account_id) id, account_id from conversations
      where account_id in (select account_id from parts) and (thread_id = ${into} or id in (select id from parts))
      order by account_id, thread_id = ${into} desc, last_status_id desc),
    ended as (delete from conversations where id in (select id from parts) and id not in (select id from kept))
    update conversations c set thread_id = ${into},
      last_status_id = greatest(c.last_status_id, (select max(last_status_id) from parts where parts.account_id = c.account_id)),
      is_unread = c.is_unread or exists (select from parts where parts.account_id = c.account_id and parts.is_unread)
    from kept where c.id = kept.id`)
}
