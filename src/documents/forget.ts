/**
 * Documents that are kept for other servers, and what makes them untrue. Whoever changes a subject forgets its document in the
 * same transaction. Who makes one notes its version first, reads the subject then, and keeps the document only if the version
 * is still the same: so nothing is kept that was read before a change and written after it.
 */
import { sql } from 'drizzle-orm'
import { changed } from '../db/changes.ts'
import type { Tx } from '../db/index.ts'
import type { AccountId, StatusId } from '../ids.ts'

/** What stands in for a URI where a change of our custom emojis makes all documents untrue at once. */
export const emojisUri = 'emojis'

/**
 * @property statuses whose own document says something else now
 * @property replies that came or went: what their authors answered themselves names those first
 */
export type Changed = { accounts: AccountId[]; statuses: StatusId[]; replies: StatusId[] }

/** Forgets the documents of what changed here. Those of other servers are none of ours. */
export async function forgetDocuments(tx: Pick<Tx, 'execute'>, { accounts = [], statuses = [], replies = [] }: Partial<Changed>): Promise<void> {
  if (accounts.length + statuses.length + replies.length === 0) return
  if (accounts.length > 0) await changed(tx, 'profiles')
  await forget(tx, sql`
    select uri from accounts where id = any(${list(accounts)}::bigint[]) and domain is null
    union select uri from statuses where id = any(${list(statuses)}::bigint[]) and is_local
    union select parent.uri from statuses reply join statuses parent on parent.id = reply.in_reply_to_id
      where reply.id = any(${list(replies)}::bigint[]) and reply.is_local and parent.account_id = reply.account_id`)
}

/** Forgets all documents, as each of them may show an emoji that changed. */
export async function forgetEmojis(tx: Pick<Tx, 'execute'>): Promise<void> {
  await changed(tx, 'profiles')
  await forget(tx, sql`select ${emojisUri} as uri`)
}

async function forget(tx: Pick<Tx, 'execute'>, uris: ReturnType<typeof sql>): Promise<void> {
  // Also what nobody asked for yet gets a row: somebody may be making its document at this moment.
  await tx.execute(sql`
    insert into documents (uri) select uri from (${uris}) changed order by uri
    on conflict (uri) do update set version = excluded.version, fingerprint = null, body = null, envelope = null, etag = null, made_at = now()`)
}

const list = (ids: string[]): string => `{${ids.join(',')}}`
