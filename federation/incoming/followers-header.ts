import { LRUCache } from 'lru-cache'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { App } from '#src/platform/app.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { minuteMs } from '#src/platform/time.ts'
import { localFollowersOf } from '#src/relationships/synchronise.ts'
import { isSameOrigin, maxUrlBytes } from '../documents/json.ts'
import { parseParameters } from '../signatures/parameters.ts'

/** Time for follows that are under way in either direction to arrive. */
const delayMs = 30_000

/** Digests that matched lately, by actor: every post of an account brings the same one. */
const matching = perDatabase(() => new LRUCache<string, string>({ max: 5_000, ttl: minuteMs }))

/**
 * Compares the header's digest of the signer's followers here with ours. Where they differ, queues a job that compares the lists.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
export async function compareFollowers(app: App, signer: string, header: string | null): Promise<void> {
  const claim = header === null ? null : parseFollowersHeader(header)
  if (!claim || matching(app).get(signer) === claim.digest || !isSameOrigin(claim.url, signer)) return
  const followers = await localFollowersOf(app.db, signer)
  if (!followers || followers.followersUrl !== claim.collectionId) return
  if (followers.digest === claim.digest) return void matching(app).set(signer, claim.digest)
  const { accountId } = followers
  const job = {
    name: 'synchronise-followers' as const,
    payload: { accountId, url: claim.url, digest: claim.digest },
    key: `synchronise-followers ${accountId}`,
    runAt: new Date(Date.now() + delayMs),
  }
  await addJobs(app.db, [job], { keepsTime: true })
}

/** Parses the header; null for one that can't be read. */
export function parseFollowersHeader(header: string): { collectionId: string; url: string; digest: string } | null {
  const parameters = parseParameters(header)
  const [collectionId, url, digest] = ['collectionid', 'url', 'digest'].map((name) => parameters.get(name))
  if (!collectionId || !url || !digest || !/^[0-9a-f]{64}$/i.test(digest) || Buffer.byteLength(url) > maxUrlBytes)
    return null
  return { collectionId, url, digest: digest.toLowerCase() }
}
