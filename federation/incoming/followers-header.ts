import { LRUCache } from 'lru-cache'
import { addJobs } from '#src/outbox/add-jobs.ts'
import type { App } from '#src/platform/app.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { minuteMs } from '#src/platform/time.ts'
import { localFollowersOf } from '#src/relationships/synchronise.ts'
import { isSameOrigin, maxUrlBytes } from '../documents/json.ts'
import { parseParameters } from '../signatures/parameters.ts'

/** Follows may be under way in either direction: that is waited for. */
const delayMs = 30_000

/** Digests that fitted lately, by actor: with every post of somebody the same one comes. */
const fitting = perDatabase(() => new LRUCache<string, string>({ max: 5_000, ttl: minuteMs }))

/**
 * Looks at what a delivery says of its signer's followers here, and has them compared where that is not what we know.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md
 */
export async function compareFollowers(app: App, signer: string, header: string | null): Promise<void> {
  const said = header === null ? null : parseFollowersHeader(header)
  if (!said || fitting(app).get(signer) === said.digest || !isSameOrigin(said.url, signer)) return
  const followers = await localFollowersOf(app.db, signer)
  if (!followers || followers.followersUrl !== said.collectionId) return
  if (followers.digest === said.digest) return void fitting(app).set(signer, said.digest)
  const { accountId } = followers
  const job = {
    name: 'synchronise-followers' as const,
    payload: { accountId, url: said.url, digest: said.digest },
    key: `synchronise-followers ${accountId}`,
    runAt: new Date(Date.now() + delayMs),
  }
  await addJobs(app.db, [job], { keepsTime: true })
}

/** What the header says; null for one that can't be read. */
export function parseFollowersHeader(header: string): { collectionId: string; url: string; digest: string } | null {
  const given = parseParameters(header)
  const [collectionId, url, digest] = ['collectionid', 'url', 'digest'].map((name) => given.get(name))
  if (!collectionId || !url || !digest || !/^[0-9a-f]{64}$/i.test(digest) || Buffer.byteLength(url) > maxUrlBytes)
    return null
  return { collectionId, url, digest: digest.toLowerCase() }
}
