import { and, asc, desc, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { maxBigint, type Page, settle } from '../db/page.ts'
import { statuses } from '../db/schema/statuses.ts'
import { statement } from '../db/statement.ts'
import type { AccountId, StatusId } from '../ids.ts'
import { type CircleArrays, circleOfArrays, type CircleShape, fromFollowed, fromTags, loadCircleArrays } from './home-rule.ts'
import { mergePages, statusesOfTags } from './tagged.ts'

type Values = Omit<CircleArrays, 'blocksDomains'> & { owner: AccountId; olderThan: string; newerThan: string; limit: number }
type Found = (db: Reader, values: Values) => Promise<{ id: StatusId }[]>

/**
 * Ids of a page of the home timeline, newest first; `home-rule.ts` says what belongs on it.
 *
 * The followed ids are read first and sent back as array values, so that PostgreSQL sees the lists and plans for them: walk
 * back through time when they are busy, go by author when they are quiet. A join would hide the list, and a probe per author
 * takes a second for 5,000 of them. So neither fold this into one statement, nor give it a name.
 */
export async function homeTimeline(db: Reader, viewer: AccountId, page: Page): Promise<StatusId[]> {
  const { arrays: { blocksDomains: _, ...arrays }, shape } = await loadCircleArrays(db, viewer)
  const { maxId = maxBigint, minId, sinceId = '0', limit } = page
  const rows = await pageOf(shape, minId !== undefined)(db, { ...arrays, owner: viewer, olderThan: maxId, newerThan: minId ?? sinceId, limit })
  const followed = rows.map(({ id }) => id)
  if (!shape.tags) return settle(page, followed)

  // What lies beyond the end of a full page isn't on it, whatever its hashtags; so little is looked at.
  const tagged = await statusesOfTags(db, arrays.tags, and(fromTags(circleOfArrays(viewer, arrays, shape)), within(page, followed)), page)
  return mergePages(page, followed, tagged)
}

const pages = new Map<string, Found>()

/** The statement for circles of a shape, which is built once: people's circles have few. */
function pageOf(shape: CircleShape, isUpwards: boolean): Found {
  const key = JSON.stringify([shape, isUpwards])
  const known = pages.get(key)
  if (known) return known
  const order = isUpwards ? asc(statuses.id) : desc(statuses.id)
  const made = statement<Values, { id: StatusId }>(
    null,
    (v) => sql`
      select ${statuses.id} from ${statuses}
      where ${fromFollowed(circleOfArrays(v.owner, v, shape))} and ${statuses.id} < ${v.olderThan}::bigint and ${statuses.id} > ${v.newerThan}::bigint
      order by ${order} limit ${v.limit}::int`,
  )
  pages.set(key, made)
  return made
}

function within(page: Page, found: StatusId[]): SQL | undefined {
  const end = found.length < page.limit ? undefined : found.at(-1)
  return end && (page.minId ? lt(statuses.id, end) : gt(statuses.id, end))
}
