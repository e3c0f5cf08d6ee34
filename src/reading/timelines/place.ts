import type { Page } from '../../platform/db/page.ts'
/**
 * The place on Home where somebody stopped reading: the marker that their apps share. A page moves it when it joins it, so that
 * nothing between is passed over:
 *
 * - a page that reaches down to the marker, or begins right above it, moves it to its newest post;
 * - after paging down from the top, the page that reaches the marker moves it to the post at the top;
 * - any other page leaves it where it is.
 */
import { byAge, type StatusId } from '../../platform/ids.ts'

export type Place = {
  /** The first post of the page that the person knows, if newer ones stand above it. */
  stoppedAt: StatusId | null
  /** Where the marker moves to. */
  moveTo: StatusId | null
  /** Whether there are unread posts between the page and the marker. */
  isFarBelow: boolean
}

/**
 * How a page of Home lies to the marker.
 *
 * @param ids the posts of the page, newest first
 * @param marker the newest post that was read; null for somebody who never was on Home
 * @param top the post at the top, from where the person paged down to here; null on the first page
 */
export function placeOn(page: Page, ids: StatusId[], marker: StatusId | null, top: StatusId | null): Place {
  const [newest] = ids
  const oldest = ids.at(-1)
  const isFirst = !page.maxId && !page.minId
  if (!newest || !oldest) return { stoppedAt: null, moveTo: null, isFarBelow: false }
  if (!marker) return { stoppedAt: null, moveTo: isFirst ? newest : null, isFarBelow: false }
  const isNew = (id: StatusId) => byAge(id, marker) > 0
  const reachesDown = !isNew(oldest) || (ids.length < page.limit && !page.minId)
  const beginsThere = page.minId !== undefined && !isNew(page.minId as StatusId)
  const upTo = page.maxId && top ? top : newest
  const known = ids.find((id) => !isNew(id)) ?? null
  return {
    stoppedAt: isNew(newest) ? known : null,
    moveTo: (reachesDown || beginsThere) && isNew(upTo) ? upTo : null,
    isFarBelow: isFirst && !reachesDown,
  }
}
