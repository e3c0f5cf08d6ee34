/**
 * Documents that are kept for other servers, and what makes them untrue. Whoever changes a subject forgets its document in the
 * same transaction. Who makes one notes its version first, reads the subject then, and keeps the document only if the version
 * is still the same: so nothing is kept that was read before a change and written after it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { statementsOf } from '../platform/db/statement.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'

/** What stands in for a URI where a change of our custom emojis makes all documents untrue at once. */
export const emojisUri = 'emojis'

/**
 * @property statuses whose own document says something else now
 * @property replies that came or went: what their authors answered themselves names those first
 */
export type Changed = { accounts: AccountId[]; statuses: StatusId[]; replies: StatusId[] }

/** Forgets the documents of what changed here. Those of other servers are none of ours. */
export async function forgetDocuments(
  tx: Pick<Tx, 'execute'>,
  { accounts = [], statuses = [], replies = [] }: Partial<Changed>,
): Promise<void> {
  if (accounts.length + statuses.length + replies.length === 0) return
  if (accounts.length > 0) await changed(tx, 'profiles')
  const kind = `${howMany(accounts)} accounts, ${howMany(statuses)} statuses, ${howMany(replies)} replies` as const
  await forgetOf(kind)(tx as Tx, { accounts: given(accounts), statuses: given(statuses), replies: given(replies) })
}

// One id is planned for as one: PostgreSQL expects ten of a list that it doesn't see, and would plan each time anew.
const howMany = ({ length }: readonly string[]) => (length === 0 ? 'no' : length === 1 ? 'one' : 'many')
const given = (ids: readonly string[]): string => (ids.length === 1 && ids[0]) || arrayOf(ids)
const isGiven = (id: SQL, value: string, count: string): SQL =>
  count === 'one' ? sql`${id} = ${value}::bigint` : sql`${id} = any(${value}::bigint[])`

type HowMany = ReturnType<typeof howMany>
const forgetOf = statementsOf<
  `${HowMany} accounts, ${HowMany} statuses, ${HowMany} replies`,
  Record<keyof Changed, string>,
  Record<string, never>
>('forget', (kind, { accounts, statuses, replies }) => {
  const [ofAccounts = 'no', ofStatuses = 'no', ofReplies = 'no'] = kind.split(', ').map((part) => part.split(' ')[0])
  const sources = [
    ...(ofAccounts === 'no'
      ? []
      : [sql`select uri from accounts where ${isGiven(sql`id`, accounts, ofAccounts)} and domain is null`]),
    ...(ofStatuses === 'no'
      ? []
      : [sql`select uri from statuses where ${isGiven(sql`id`, statuses, ofStatuses)} and is_local`]),
    ...(ofReplies === 'no'
      ? []
      : [
          sql`select parent.uri from statuses reply join statuses parent on parent.id = reply.in_reply_to_id
      where ${isGiven(sql`reply.id`, replies, ofReplies)} and reply.is_local and parent.account_id = reply.account_id`,
        ]),
  ]
  return forgetting(sql.join(sources, sql` union `))
})

/** Forgets all documents, as each of them may show an emoji that changed. */
export async function forgetEmojis(tx: Pick<Tx, 'execute'>): Promise<void> {
  await changed(tx, 'profiles')
  await tx.execute(forgetting(sql`select ${emojisUri} as uri`))
}

// Also what nobody asked for yet gets a row: somebody may be making its document at this moment.
const forgetting = (uris: SQL): SQL => sql`
  insert into documents (uri) select uri from (${uris}) changed order by uri
  on conflict (uri) do update set version = excluded.version, fingerprint = null, body = null, envelope = null, etag = null, made_at = now()`
