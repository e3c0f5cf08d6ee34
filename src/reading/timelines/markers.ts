/** Read positions, shared by all apps of a person. */
import { eq, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { markers } from '../../platform/db/schema/notifications.ts'
import type { AccountId, Id } from '../../platform/ids.ts'

export type MarkedTimeline = 'home' | 'notifications'
export type Marker = { timeline: MarkedTimeline; lastReadId: string; version: number; updatedAt: Date }

export async function loadMarkers(db: Reader, viewer: AccountId): Promise<Marker[]> {
  const rows = await db
    .select({
      timeline: markers.timeline,
      lastReadId: markers.lastReadId,
      version: markers.version,
      updatedAt: markers.updatedAt,
    })
    .from(markers)
    .where(eq(markers.accountId, viewer))
  return rows.map((row) => ({ ...row, lastReadId: String(row.lastReadId) }))
}

/**
 * Sets a marker to the position that an app gives. It may go back, as people may want to read something again.
 *
 * @param options.isForwardOnly for a page that may have been open for long: notifications read since then stay read
 */
export async function saveMarker(
  tx: Tx,
  viewer: AccountId,
  timeline: MarkedTimeline,
  upTo: Id<string>,
  { isForwardOnly = false } = {},
): Promise<void> {
  const lastReadId = BigInt(upTo)
  await tx
    .insert(markers)
    .values({ accountId: viewer, timeline, lastReadId })
    .onConflictDoUpdate({
      target: [markers.accountId, markers.timeline],
      set: { lastReadId, version: sql`${markers.version} + 1`, updatedAt: sql`now()` },
      ...(isForwardOnly ? { setWhere: sql`${markers.lastReadId} < ${lastReadId}` } : {}),
    })
}
