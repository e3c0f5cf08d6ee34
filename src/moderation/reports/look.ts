/** Looks of staff at reported posts that not everybody can read. */
import { audit } from '../../accounts/roles/audit.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import type { Db } from '../../platform/db/index.ts'
import { isOpen } from '../../statuses/access/visibility.ts'
import { type ReportRow, reportTarget } from './lock.ts'

/** Records that staff were shown a report, if it has such posts. Of reports from before posts were kept, it counts all. */
export async function recordLook(
  db: Db,
  staff: Staff,
  { id, statusIds, snapshot }: Pick<ReportRow, 'id' | 'statusIds' | 'snapshot'>,
): Promise<void> {
  const posts = snapshot ? snapshot.filter((post) => !isOpen(post.visibility)).map((post) => post.id) : statusIds
  if (posts.length > 0)
    await db.transaction((tx) => audit(tx, staff, 'report', 'readPrivate', reportTarget(id), { posts }))
}
