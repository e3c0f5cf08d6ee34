/**
 * Invalidates the stored documents for other servers. A change of a subject clears its document in the same transaction. The
 * builder of a document reads its version first, then the subject, and stores the document only if the version is still the
 * same: so no document is stored that was read before a change and written after it.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import { changed } from '../platform/db/changes.ts'
import type { Tx } from '../platform/db/index.ts'
import { statementsOf } from '../platform/db/statement.ts'
import type { AccountId, StatusId } from '../platform/ids.ts'

/** The key of the row that invalidates all documents at once, after a change of our custom emojis. */
export const emojisUri = 'emojis'

/**
 * @property statuses with a changed document
 * @property replies that were added or removed: the document of a parent by the same author lists them
 */
export type Changed = { accounts: AccountId[]; statuses: StatusId[]; replies: StatusId[] }

/** Clears the documents of changed local subjects. Remote subjects have none here. */
export async function forgetDocuments(
  tx: Pick<Tx, 'execute'>,
  { accounts = [], statuses = [], replies = [] }: Partial<Changed>,
): Promise<void> {
  if (accounts.length + statuses.length + replies.length === 0) return
  if (accounts.length > 0) await changed(tx, 'profiles')
  const kind = `${howMany(accounts)} accounts, ${howMany(statuses)} statuses, ${howMany(replies)} replies` as const
  await forgetOf(kind)(tx as Tx, {
    accounts: toParam(accounts),
    statuses: toParam(statuses),
    replies: toParam(replies),
  })
}

// A single id has its own statement: PostgreSQL expects ten ids in a hidden list, and would plan each time.
const howMany = ({ length }: readonly string[]) => (length === 0 ? 'no' : length === 1 ? 'one' : 'many')
const toParam = (ids: readonly string[]): string => (ids.length === 1 && ids[0]) || arrayOf(ids)
const matches = (id: SQL, value: string, count: string): SQL =>
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
      : [sql`select uri from accounts where ${matches(sql`id`, accounts, ofAccounts)} and domain is null`]),
    ...(ofStatuses === 'no'
      ? []
      : [sql`select uri from statuses where ${matches(sql`id`, statuses, ofStatuses)} and is_local`]),
    ...(ofReplies === 'no'
      ? []
      : [
          sql`select parent.uri from statuses reply join statuses parent on parent.id = reply.in_reply_to_id
      where ${matches(sql`reply.id`, replies, ofReplies)} and reply.is_local and parent.account_id = reply.account_id`,
        ]),
  ]
  return forgetting(sql.join(sources, sql` union `))
})

/** Clears all documents, since each of them may show a changed emoji. */
export async function forgetEmojis(tx: Pick<Tx, 'execute'>): Promise<void> {
  await changed(tx, 'profiles')
  await tx.execute(forgetting(sql`select ${emojisUri} as uri`))
}

// A subject without a document gets a row, too: its document may be under construction at this moment.
const forgetting = (uris: SQL): SQL => sql`
  insert into documents (uri) select uri from (${uris}) changed order by uri
  on conflict (uri) do update set version = excluded.version, fingerprint = null, body = null, envelope = null, etag = null, made_at = now()`
