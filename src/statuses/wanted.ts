/** Decides which remote statuses are stored: those that concern a local account. */
import { and, eq, sql } from 'drizzle-orm'
import { isFollowedHere } from '../accounts/followed-here.ts'
import type { Reader } from '../platform/db/index.ts'
import { statuses } from '../platform/db/schema/statuses.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { visibleTo } from './access/visibility.ts'

/** The URIs of the accounts that a status is addressed to, and of the statuses that it refers to. */
export type StatusReferences = {
  /** Accounts that it mentions or is addressed to. */
  recipients: readonly string[]
  inReplyToUri: string | null
  quotedUri: string | null
}

/**
 * Whether a new remote status concerns a local account: a local account follows its author, it mentions or is addressed to one,
 * it replies to a stored status, or it quotes a local status that its author may see.
 */
export async function isWanted(
  db: Reader,
  uris: Uris,
  authorId: AccountId,
  { recipients, inReplyToUri, quotedUri }: StatusReferences,
): Promise<boolean> {
  if (recipients.some((uri) => uris.parse(uri)?.type === 'account')) return true
  if (await isFollowedHere(db, authorId)) return true
  if (quotedUri !== null && (await isSeenHere(db, uris, authorId, quotedUri))) return true
  if (inReplyToUri === null) return false
  const { rows } = await db.execute<{ known: boolean }>(sql`
    select exists (select from statuses s where s.deleted_at is null and (s.uri = ${inReplyToUri} or s.url = ${inReplyToUri})) as known`)
  return rows[0]?.known === true
}

/** Whether a URI is of a local status that an account may see: anybody can claim to quote a status that doesn't exist. */
async function isSeenHere(db: Reader, uris: Uris, accountId: AccountId, uri: string): Promise<boolean> {
  const parsed = uris.parse(uri)
  if (parsed?.type !== 'status') return false
  const rows = await db
    .select({ id: statuses.id })
    .from(statuses)
    .where(and(eq(statuses.id, parsed.id), eq(statuses.isLocal, true), visibleTo(accountId)))
  return rows.length > 0
}
