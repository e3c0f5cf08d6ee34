/** What of other servers is kept: what somebody here follows, is named in, or wrote the beginning of. */
import { and, eq, sql } from 'drizzle-orm'
import { isFollowedHere } from '../accounts/followed-here.ts'
import type { Reader } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { visibleTo } from './access/visibility.ts'

/** Whom a status is for, and which others it is about, by their URIs. */
export type Aims = {
  /** Accounts that it names or is addressed to. */
  recipients: readonly string[]
  inReplyToUri: string | null
  quotedUri: string | null
}

/**
 * Whether a new status of another server concerns anybody here: its author is followed, it goes to or names a local
 * account, replies to a status that is here, or quotes one of ours that its author may see.
 */
export async function isWanted(
  db: Reader,
  uris: Uris,
  authorId: AccountId,
  { recipients, inReplyToUri, quotedUri }: Aims,
): Promise<boolean> {
  if (recipients.some((uri) => uris.parse(uri)?.type === 'account')) return true
  if (await isFollowedHere(db, authorId)) return true
  if (quotedUri !== null && (await isSeenHere(db, uris, authorId, quotedUri))) return true
  if (inReplyToUri === null) return false
  const { rows } = await db.execute<{ known: boolean }>(sql`
    select exists (select from statuses s where s.deleted_at is null and (s.uri = ${inReplyToUri} or s.url = ${inReplyToUri})) as known`)
  return rows[0]?.known === true
}

/** Whether a URI is that of a local status which an account may see: anybody can claim to quote what isn't there. */
async function isSeenHere(db: Reader, uris: Uris, accountId: AccountId, uri: string): Promise<boolean> {
  const named = uris.parse(uri)
  if (named?.type !== 'status') return false
  const found = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, named.id), eq(statuses.isLocal, true), visibleTo(accountId)))
  return found.length > 0
}
