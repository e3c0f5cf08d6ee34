/** What of other servers is kept: what somebody here follows, is named in, or wrote the beginning of. */
import { sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import type { AccountId } from '../ids.ts'
import type { Uris } from '../uris.ts'

/** Whether a local account follows, or asked to follow, an account. */
export async function isFollowedHere(db: Reader, accountId: AccountId): Promise<boolean> {
  const { rows } = await db.execute<{ followed: boolean }>(sql`
    select exists (select from follows f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null)
      or exists (select from follow_requests f join accounts a on a.id = f.follower_id where f.target_id = ${accountId} and a.domain is null) as followed`)
  return rows[0]?.followed === true
}

/**
 * Whether a new status of another server concerns anybody here: its author is followed, it goes to or names a local
 * account, or it replies to a status that is here.
 *
 * @param recipients URIs of the accounts that it names or is addressed to
 */
export async function isWanted(db: Reader, uris: Uris, authorId: AccountId, recipients: readonly string[], inReplyToUri: string | null): Promise<boolean> {
  if (recipients.some((uri) => ['account', 'profile'].includes(uris.parse(uri)?.type ?? ''))) return true
  if (await isFollowedHere(db, authorId)) return true
  if (inReplyToUri === null) return false
  const { rows } = await db.execute<{ known: boolean }>(sql`
    select exists (select from statuses s where s.deleted_at is null and (s.uri = ${inReplyToUri} or s.url = ${inReplyToUri})) as known`)
  return rows[0]?.known === true
}
