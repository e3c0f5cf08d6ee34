/** Look-ups of follows, blocks and interactions by ActivityPub id, for activities that name them only so. */
import { and, eq } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { blocks, followRequests, follows } from '../../platform/db/schema/relationships.ts'
import type { AccountId } from '../../platform/ids.ts'
import { unblock } from '../../relationships/block.ts'
import { unfollow } from '../../relationships/follow.ts'
import { statusByUri } from '../find.ts'
import { unfavourite } from './favourite.ts'
import { unreactByUri } from './react.ts'
import { unreblog } from './reblog.ts'

/** The follow or follow request with the id of a Follow; null when there is none. */
export async function followByUri(
  db: Reader,
  uri: string,
): Promise<{ followerId: AccountId; targetId: AccountId } | null> {
  for (const table of [followRequests, follows]) {
    const [follow] = await db
      .select({ followerId: table.followerId, targetId: table.targetId })
      .from(table)
      .where(eq(table.uri, uri))
    if (follow) return follow
  }
  return null
}

/** Whether a block still exists. */
export async function isBlock(db: Reader, uri: string): Promise<boolean> {
  const rows = await db.select({ id: blocks.id }).from(blocks).where(eq(blocks.uri, uri))
  return rows.length > 0
}

/**
 * Undoes an account's follow, boost, favourite, reaction or block by the URI of its activity.
 *
 * @returns whether there was one
 */
export async function undoByUri(tx: Tx, accountId: AccountId, uri: string): Promise<boolean> {
  const follow = await followByUri(tx, uri)
  if (follow?.followerId === accountId) {
    await unfollow(tx, accountId, follow.targetId)
    return true
  }
  const [like] = await tx
    .select({ statusId: favourites.statusId })
    .from(favourites)
    .where(and(eq(favourites.uri, uri), eq(favourites.accountId, accountId)))
  if (like) {
    await unfavourite(tx, accountId, like.statusId)
    return true
  }
  if (await unreactByUri(tx, accountId, uri)) return true
  const boost = await statusByUri(tx, uri)
  if (boost?.accountId === accountId && boost.reblogOfId && !boost.deletedAt) {
    await unreblog(tx, accountId, boost.reblogOfId)
    return true
  }
  const [block] = await tx
    .select({ targetId: blocks.targetId })
    .from(blocks)
    .where(and(eq(blocks.uri, uri), eq(blocks.accountId, accountId)))
  if (block) await unblock(tx, accountId, block.targetId)
  return block !== undefined
}
