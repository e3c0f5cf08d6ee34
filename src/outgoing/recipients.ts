/** The recipients of activities: the only place that decides them, for every outgoing activity. */
import { type SQL, sql } from 'drizzle-orm'
import { type Deleted, deleteRecipients } from '../outbox/delete-recipients.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { statementsOf } from '../platform/db/statement.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'
import { statusInboxes } from '../statuses/access/audience.ts'
import { hostSql, isUsableHost } from '../text/host-sql.ts'
import { recentContactInboxes } from './contacts.ts'
import { reachedInboxes } from './reached-inboxes.ts'

/** The union of these sources; an inbox that is in several of them gets one copy. */
export type Recipients = {
  /** The audience of a status or boost. */
  status?: StatusId
  /** Inboxes that have a status or boost, or are about to get it. */
  reachedBy?: StatusId
  followersOf?: AccountId
  /** Accounts that an account lately interacted with: their servers show its profile. */
  recentContactsOf?: AccountId
  /** The stored recipients of a self-delete. */
  deleteOf?: Deleted
  /** Accounts that block an account: they want to know its new account, to block it, too. */
  blockersOf?: AccountId
  /** Followers of the account that a remote reply answers, except on these hosts, which have it already. */
  threadFollowers?: { replyId: StatusId; exceptHosts: readonly string[] }
  /** Inboxes of single accounts. */
  inboxes?: string[]
}

/** The values of statements about recipients: ids, and lists as JSON. */
export type RecipientValues = Record<
  Exclude<keyof Recipients, 'threadFollowers'> | 'replyId' | 'exceptHosts',
  string | null
>

export const recipientValues = ({
  status,
  reachedBy,
  followersOf,
  recentContactsOf,
  deleteOf,
  blockersOf,
  threadFollowers,
  inboxes = [],
}: Recipients): RecipientValues => ({
  status: status ?? null,
  reachedBy: reachedBy ?? null,
  followersOf: followersOf ?? null,
  recentContactsOf: recentContactsOf ?? null,
  deleteOf: deleteOf ?? null,
  blockersOf: blockersOf ?? null,
  replyId: threadFollowers?.replyId ?? null,
  exceptHosts: JSON.stringify(threadFollowers?.exceptHosts ?? []),
  inboxes: JSON.stringify(inboxes),
})

/** The sources of recipients as one letter each, for the names of statements. */
export const recipientKind = (recipients: Recipients): string =>
  Object.entries(letters)
    .flatMap(([name, letter]) => (hasValue(recipients[name as keyof Recipients]) ? letter : []))
    .join('')

const letters = {
  status: 's',
  reachedBy: 'r',
  followersOf: 'f',
  recentContactsOf: 'l',
  deleteOf: 'e',
  blockersOf: 'b',
  threadFollowers: 'h',
  inboxes: 'i',
} as const satisfies Record<keyof Recipients, string>
const hasValue = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined)

const sources: Record<keyof Recipients, (values: RecipientValues) => SQL> = {
  status: ({ status }) => statusInboxes(status as StatusId),
  reachedBy: ({ reachedBy }) => reachedInboxes(sql`select ${reachedBy}::bigint`),
  followersOf: ({ followersOf }) => followerInboxes(followersOf as AccountId),
  recentContactsOf: ({ recentContactsOf }) => recentContactInboxes(recentContactsOf as AccountId),
  deleteOf: ({ deleteOf }) => deleteRecipients(deleteOf as Deleted),
  blockersOf: ({ blockersOf }) => blockerInboxes(blockersOf as AccountId),
  threadFollowers: ({ replyId, exceptHosts }) => threadFollowerInboxes(replyId as StatusId, exceptHosts),
  inboxes: ({ inboxes }) => sql`select jsonb_array_elements_text(${inboxes}::jsonb) as inbox`,
}

/**
 * Rows of `inbox` and `host`: each inbox once, with the name and port of its server. Leaves out inboxes without a
 * usable web address.
 */
export function recipientRows(kind: string, values: RecipientValues): SQL {
  const meant = Object.entries(sources).filter(([name]) => kind.includes(letters[name as keyof Recipients]))
  if (meant.length === 0) return sql`select null::text as inbox, null::text as host where false`
  const each = sql.join(
    meant.map(([, source]) => sql`(${source(values)})`),
    sql` union `,
  )
  return sql`select inbox, host from (select distinct inbox, ${hostSql(sql`inbox`)} as host from (${each}) as named) as hosted where ${isUsableHost(sql`host`)}`
}

const isAnybody = statementsOf<string, RecipientValues, { found: boolean }>(
  'has_recipients',
  (kind, values) => sql`select exists (${recipientRows(kind, values)}) as found`,
)

/** Whether an activity would have any recipient. */
export async function hasRecipients(db: Reader, recipients: Recipients): Promise<boolean> {
  const [row] = await isAnybody(recipientKind(recipients))(db, recipientValues(recipients))
  return row?.found ?? false
}

/**
 * The own inbox of a remote account; null for a local account, and when the inbox is gone.
 *
 * @param options `evenSuspended`: also that of an account that a moderator suspended, whose server is told that its follows ended
 */
export async function inboxOf(
  db: Reader,
  accountId: AccountId,
  { evenSuspended = false } = {},
): Promise<string | null> {
  const isReached = evenSuspended
    ? sql`(suspended_at is null or suspended_by = 'moderator')`
    : sql`suspended_at is null`
  const { rows } = await db.execute<{ inbox: string }>(sql`
    select inbox_url as inbox from accounts where id = ${accountId} and domain is not null and ${isReached} and inbox_gone_at is null`)
  return rows[0]?.inbox ?? null
}

/** The own inboxes of the remote ones of some accounts. */
export async function inboxesOf(db: Reader, accountIds: readonly AccountId[]): Promise<string[]> {
  if (accountIds.length === 0) return []
  const { rows } = await db.execute<{ inbox: string }>(sql`
    select inbox_url as inbox from accounts
    where id = any(${arrayOf(accountIds)}::bigint[]) and domain is not null and suspended_at is null and inbox_gone_at is null`)
  return rows.map(({ inbox }) => inbox)
}

/** Inboxes of an account's remote followers, one for each server that has a shared one. */
const followerInboxes = (accountId: AccountId): SQL => sql`
  select coalesce(a.shared_inbox_url, a.inbox_url) as inbox from follows f join accounts a on a.id = f.follower_id
  where f.target_id = ${accountId} and a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null`

/** Followers who block the reply's author, or are blocked by them, don't get the reply. */
const threadFollowerInboxes = (replyId: StatusId, exceptHosts: string | null): SQL => sql`
  select inbox from (
    select coalesce(a.shared_inbox_url, a.inbox_url) as inbox from statuses reply
    join statuses parent on parent.id = reply.in_reply_to_id
    join follows f on f.target_id = parent.account_id
    join accounts a on a.id = f.follower_id and a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null and a.id <> reply.account_id
    where reply.id = ${replyId}
      and not exists (select from blocks b where b.account_id = a.id and b.target_id = reply.account_id)
      and not exists (select from blocks b where b.account_id = reply.account_id and b.target_id = a.id)) followers
  where ${hostSql(sql`inbox`)} <> all(array(select jsonb_array_elements_text(${exceptHosts}::jsonb)))`

const blockerInboxes = (accountId: AccountId): SQL => sql`
  select coalesce(a.shared_inbox_url, a.inbox_url) as inbox from blocks b join accounts a on a.id = b.account_id
  where b.target_id = ${accountId} and a.domain is not null and a.suspended_at is null and a.inbox_gone_at is null`
