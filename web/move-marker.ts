import { whereThereIsRoom } from '#src/platform/db/disk-full.ts'
import type { AccountId, Id } from '#src/platform/ids.ts'
import { type MarkedTimeline, saveMarker } from '#src/reading/timelines/markers.ts'
import type { C } from './env.ts'

/** Whether a page is made to be read at once: no browser loads it ahead of time or asks for its head, and no other site led to it. */
export function isShownNow(c: C): boolean {
  const isAhead = /prefetch|prerender/.test(c.req.header('Sec-Purpose') ?? '')
  const isFromElsewhere = /^(cross|same)-site$/.test(c.req.header('Sec-Fetch-Site') ?? '')
  return !isAhead && !isFromElsewhere && c.req.method === 'GET'
}

/**
 * Records how far a person has read, as the page that is being made shows it. It never moves back, and stays where it is while a
 * browser loads the page ahead of time or asks for its head only, and when a link of another site led to the page: such links
 * change nothing.
 */
export async function moveMarker(c: C, viewer: AccountId, timeline: MarkedTimeline, upTo: Id<string>): Promise<void> {
  if (!isShownNow(c)) return
  const { db } = c.var.app
  await whereThereIsRoom(() => db.transaction((tx) => saveMarker(tx, viewer, timeline, upTo, { isForwardOnly: true })))
}
