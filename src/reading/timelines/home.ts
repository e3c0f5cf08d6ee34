import { and, gt, lt, type SQL } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { Page } from '../../platform/db/page.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { unseen } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { type AuthorsTimeline, readByAuthors } from './by-authors.ts'
import {
  type CircleArrays,
  circleOfArrays,
  type CircleShape,
  fromFollowed,
  fromTags,
  loadCircleArrays,
  type LoadedCircle,
  nameOfShape,
  withoutHiddenBoosts,
} from './home-rule.ts'
import { type Entry, isRepeat, type ReadEntries, withoutRepeats } from './repeats.ts'
import { mergePages, statusesOfTags } from './tagged.ts'

/**
 * Ids of a page of the home timeline, newest first; `home-rule.ts` says what belongs on it, `repeats.ts` which boosts
 * it leaves out.
 */
export async function homeTimeline(db: Reader, viewer: AccountId, page: Page): Promise<StatusId[]> {
  const circle = await loadCircleArrays(db, viewer)
  const read: ReadEntries = (part) => readEntries(db, viewer, circle, part)
  return circle.groupsBoosts ? withoutRepeats(read, page) : (await read(page)).map(({ id }) => id)
}

/** Whether somebody's home timeline leaves a boost out as a repeat. */
export async function isRepeatOnHome(db: Reader, viewer: AccountId, boost: Entry): Promise<boolean> {
  const circle = await loadCircleArrays(db, viewer)
  return circle.groupsBoosts && isRepeat((part) => readEntries(db, viewer, circle, part), boost)
}

/** A page of the entries of the home timeline, newest first, with boosts of the same post. */
export async function homeEntries(db: Reader, viewer: AccountId, page: Page): Promise<Entry[]> {
  return readEntries(db, viewer, await loadCircleArrays(db, viewer), page)
}

async function readEntries(db: Reader, viewer: AccountId, circle: LoadedCircle, page: Page): Promise<Entry[]> {
  const {
    arrays: { blocksDomains: _, ...arrays },
    shape,
  } = circle
  const followed = await readByAuthors(db, timelineOf(shape), arrays.authors, { ...arrays, owner: viewer }, page)
  if (!shape.tags) return followed

  // Statuses beyond the end of a full page can't be on it, so only few are read.
  const tagged = await statusesOfTags(
    db,
    arrays.tags,
    and(fromTags(circleOfArrays(unseen(viewer), arrays, shape)), within(page, followed)),
    page,
  )
  // Hashtags bring no boosts.
  return mergePages(
    page,
    followed,
    tagged.map((id) => ({ id, reblogOfId: null })),
  )
}

type Values = Omit<CircleArrays, 'blocksDomains'> & { owner: AccountId }

/** People's circles have few shapes. */
const timelineOf = (shape: CircleShape): AuthorsTimeline<Values> => ({
  name: `home ${nameOfShape(shape)}`,
  rule: (v) => fromFollowed(circleOfArrays(v.owner, v, shape)),
  ...(shape.silent ? { candidates: (v: Values) => withoutHiddenBoosts(v) } : {}),
})

function within({ limit, minId }: Page, found: Entry[]): SQL | undefined {
  const end = found.length < limit ? undefined : (minId ? found.at(0) : found.at(-1))?.id
  return end && (minId ? lt(statuses.id, unseen(end)) : gt(statuses.id, unseen(end)))
}
