import { and, asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { maxBigint, type Page, settle } from '../db/page.ts'
import { statuses } from '../db/schema/statuses.ts'
import { statement } from '../db/statement.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { type CircleArrays, circleOfArrays, type CircleShape, fromFollowed, fromTags, loadCircleArrays, type LoadedCircle } from './home-rule.ts'
import { type Entry, isRepeat, type ReadEntries, withoutRepeats } from './repeats.ts'
import { mergePages, statusesOfTags } from './tagged.ts'

type Values = Omit<CircleArrays, 'blocksDomains'> & { owner: AccountId; olderThan: string; newerThan: string; limit: number }
type Found = (db: Reader, values: Values) => Promise<Entry[]>

/**
 * Ids of a page of the home timeline, newest first; `home-rule.ts` says what belongs on it, `repeats.ts` which boosts it leaves out.
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

/**
 * The followed ids are read first and sent back as array values, so that PostgreSQL sees the lists and plans for them: walk
 * back through time when they are busy, go by author when they are quiet. A join would hide the list, and a probe per author
 * takes a second for 5,000 of them. So neither fold this into one statement, nor give it a name.
 */
async function readEntries(db: Reader, viewer: AccountId, circle: LoadedCircle, page: Page): Promise<Entry[]> {
  const { arrays: { blocksDomains: _, ...arrays }, shape } = circle
  const { maxId = maxBigint, minId, sinceId = '0', limit } = page
  const followed = await pageOf(shape, minId !== undefined)(db, { ...arrays, owner: viewer, olderThan: maxId, newerThan: minId ?? sinceId, limit })
  if (!shape.tags) return settle(page, followed)

  // What lies beyond the end of a full page isn't on it, whatever its hashtags; so little is looked at.
  const tagged = await statusesOfTags(db, arrays.tags, and(fromTags(circleOfArrays(viewer, arrays, shape)), within(page, followed)), page)
  // Hashtags bring no boosts.
  return mergePages(page, followed, tagged.map((id) => ({ id, reblogOfId: null })))
}

const pages = new Map<string, Found>()

/** The statement for circles of a shape, which is built once: people's circles have few. */
function pageOf(shape: CircleShape, isUpwards: boolean): Found {
  const key = JSON.stringify([shape, isUpwards])
  const known = pages.get(key)
  if (known) return known
  const order = isUpwards ? asc(statuses.id) : desc(statuses.id)
  const made = statement<Values, Entry>(
    null,
    (v) => sql`
      select ${statuses.id}, ${statuses.reblogOfId} as "reblogOfId" from ${statuses}
      where ${fromFollowed(circleOfArrays(v.owner, v, shape))} and ${statuses.id} < ${v.olderThan}::bigint and ${statuses.id} > ${v.newerThan}::bigint
      order by ${order} limit ${v.limit}::int`,
  )
  pages.set(key, made)
  return made
}

function within(page: Page, found: Entry[]): SQL | undefined {
  const end = found.length < page.limit ? undefined : found.at(-1)?.id
  return end && (page.minId ? lt(statuses.id, end) : gt(statuses.id, end))
}
