/** Stores remote statuses, and their changes. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { StatusId } from '../../platform/ids.ts'
import { rulesAbout } from '../../rules/servers/current.ts'
import { effectiveRule, ruleHost, strictest, takesFile } from '../../rules/servers/rulebook.ts'
import { statusByUri } from '../find.ts'
import { lockUris, wasDeleted } from './delete.ts'
import { insertRemoteStatus } from './insert.ts'
import type { RemoteStatus } from './remote-status.ts'
import { updateCounts, updatePolicies, updateRemoteStatus } from './update.ts'

/**
 * Stores a remote status, or updates the stored one. An older edit than the stored one changes nothing, nor does a copy of a
 * deleted status.
 *
 * @returns its id, or null when it was deleted before
 * @throws Refusal `not_permitted` when another account's status has this URI
 */
export async function receiveRemoteStatus(tx: Tx, received: RemoteStatus): Promise<StatusId | null> {
  await lockUris(tx, [received.uri, received.url])
  const data = await withoutRejected(tx, received)
  const stored = await statusByUri(tx, data.uri)
  if (stored?.deletedAt) return null
  if (stored && stored.accountId !== data.accountId)
    throw new Refusal('not_permitted', 'This status belongs to somebody else')
  if (stored) {
    await updateRemoteStatus(tx, stored.id, data)
    await updatePolicies(tx, stored.id, data)
    await updateCounts(tx, stored.id, data)
    return stored.id
  }
  return (await wasDeleted(tx, data.uri)) ? null : insertRemoteStatus(tx, data)
}

/** The status without the files and emojis that rules about servers reject. */
async function withoutRejected(tx: Tx, data: RemoteStatus): Promise<RemoteStatus> {
  const { media, emojis = [] } = data
  if (media.length === 0 && emojis.length === 0) return data
  const [author] = await tx
    .select({ domain: accounts.domain, uri: accounts.uri })
    .from(accounts)
    .where(eq(accounts.id, data.accountId))
  const servers = [author?.domain ?? null, ruleHost(author?.uri ?? '')]
  const book = await rulesAbout(tx, [...servers, ...[...media, ...emojis].map(({ url }) => ruleHost(url))])
  const takesAny = !strictest(servers.map((host) => effectiveRule(book, host))).rejectsMedia
  const isShown = ({ url }: { url: string }) => takesAny && takesFile(book, url)
  return { ...data, media: media.filter(isShown), emojis: emojis.filter(isShown) }
}
