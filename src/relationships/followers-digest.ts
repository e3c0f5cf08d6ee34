/**
 * Digests of an account's followers per server, by which two servers notice that their lists differ (follower
 * synchronization). A list must have all followers on a server, or not be sent at all: a follower that it lacks is removed.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { constant } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'
import { hostSql } from '../text/host-sql.ts'

/** A server with more followers of an account gets no digest. */
const maxFollowers = 25_000

const followersByHost = (accountId: AccountId): SQL => sql`
  select ${hostSql(sql`a.uri`)} as host, a.uri from follows f join accounts a on a.id = f.follower_id
  where f.target_id = ${accountId} and a.domain is not null and a.suspended_at is null`

/** SQL aggregate: the SHA-256 digests of the ids in a group, combined by XOR. */
export const digestBits = (uri: SQL): SQL =>
  sql`bit_xor(('x' || encode(sha256(convert_to(${uri}, 'UTF8')), 'hex'))::bit(256))`

/** `digestBits` as hexadecimal digits. */
export const digestHex = (bits: SQL): SQL =>
  sql.join(
    [1, 65, 129, 193].map(
      (from) => sql`lpad(to_hex(substring(${bits} from ${sql.raw(String(from))} for 64)::bit(64)::bigint), 16, '0')`,
    ),
    sql` || `,
  )

/** The digest of a list of followers: the same as the SQL above computes. */
export function digestOfFollowers(uris: Iterable<string>): string {
  const digest = Buffer.alloc(32)
  for (const uri of uris)
    createHash('sha256')
      .update(uri)
      .digest()
      .forEach((byte, i) => (digest[i] = (digest[i] ?? 0) ^ byte))
  return digest.toString('hex')
}

/**
 * Rows of `host` and `digest`: the followers' digest for each server, in hex; null for too many followers. Takes about 2 µs per
 * follower, so it is computed once for all deliveries of an activity.
 */
export const followersDigests = (accountId: AccountId): SQL => sql`
  select host, case when n <= ${constant(maxFollowers)} then ${digestHex(sql`bits`)} end as digest
  from (select host, count(*) as n, ${digestBits(sql`uri`)} as bits from (${followersByHost(accountId)}) as follower group by host) as of_host`

/** The digest of no followers. */
export const digestOfNobody = '0'.repeat(64)

/** Ids of an account's followers on a server; null when there are more than `maxFollowers`. */
export async function followersOn(db: Reader, accountId: AccountId, host: string): Promise<string[] | null> {
  const { rows } = await db.execute<{ uri: string }>(
    sql`select uri from (${followersByHost(accountId)}) as follower where host = ${host} limit ${maxFollowers + 1}`,
  )
  return rows.length > maxFollowers ? null : rows.map(({ uri }) => uri)
}
