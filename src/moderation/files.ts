/** Removal of single files by staff, local and remote: a strike against their account. */
import { auditEach } from '../accounts/roles/audit.ts'
import { requireAbove, requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { Tx } from '../platform/db/index.ts'
import { notFound } from '../platform/errors.ts'
import type { AccountId, MediaId, StatusId, StrikeId } from '../platform/ids.ts'
import { postsWithFiles, removeFiles } from '../statuses/remove-files.ts'
import { struckWords } from '../statuses/struck.ts'
import { refuse } from '../text/refusals.ts'
import { keepPosts } from './accounts/strike-posts.ts'
import { strike, type StrikeInput } from './accounts/strike.ts'

/** Files that one action is about at most. */
const filesAtOnce = 100

/**
 * Removes files from posts of an account. The posts stay, and those that are edited by it are sent to other servers. Of posts of other
 * servers the files are removed here, for as long as the strike holds. It is a strike like the deletion of posts, names the
 * posts, and keeps their words as they were.
 *
 * @throws Refusal `not_permitted`; `not_found` when no post of the account has one of the files; `invalid`
 */
export async function removeFilesOf(
  tx: Tx,
  staff: Staff,
  accountId: AccountId,
  ids: readonly MediaId[],
  input: Omit<StrikeInput, 'action' | 'statusIds'> = {},
): Promise<{ strikeId: StrikeId | null; statusIds: StatusId[]; count: number }> {
  requirePermission(staff, 'manage_users', 'manage_reports')
  await requireAbove(tx, staff, accountId)
  if (ids.length > filesAtOnce) throw refuse('invalid', 'tooManyFilesChosen', { max: filesAtOnce })
  const words = await struckWords(tx, await postsWithFiles(tx, accountId, ids))
  const removed = await removeFiles(tx, accountId, ids)
  if (removed.length === 0) throw notFound()
  const posts = new Map(removed.map(({ statusId, url }) => [statusId, url]))
  await auditEach(
    tx,
    staff,
    'status',
    'removeFile',
    [...posts].map(([id, name]) => ({ id, name })),
  )
  const statusIds = [...posts.keys()]
  const files = removed.flatMap(({ remoteUrl }) => remoteUrl ?? [])
  const strikeId = await strike(tx, staff, accountId, { ...input, action: 'delete_statuses', statusIds }, { files })
  if (strikeId) await keepPosts(tx, strikeId, words, statusIds)
  return { strikeId, statusIds, count: removed.length }
}
