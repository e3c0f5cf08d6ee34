import { and, eq, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import type { Page } from '../../platform/db/page.ts'
import { lists } from '../../platform/db/schema/lists.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ListId, StatusId } from '../../platform/ids.ts'
import type { List } from '../lists/manage.ts'
import { type AuthorsTimeline, readByAuthors } from './by-authors.ts'
import {
  type CircleArrays,
  circleOfArrays,
  type CircleShape,
  fromMembers,
  loadCircleArrays,
  nameOfShape,
  withoutHiddenBoosts,
} from './home-rule.ts'
import { type Entry, isRepeat, type ReadEntries, withoutRepeats } from './repeats.ts'

/**
 * Ids of a page of a list's timeline, newest first; `home-rule.ts` says what belongs on it, `repeats.ts` which boosts it
 * leaves out.
 *
 * @throws Refusal `not_found` when the viewer has no such list
 */
export async function listTimeline(db: Reader, viewer: AccountId, listId: ListId, page: Page): Promise<StatusId[]> {
  const { read, groupsBoosts } = await openList(db, viewer, listId)
  return groupsBoosts ? withoutRepeats(read, page) : (await read(page)).map(({ id }) => id)
}

/** Whether a list leaves a boost out as a repeat. */
export async function isRepeatOnList(db: Reader, listId: ListId, boost: Entry): Promise<boolean> {
  const [list] = await db.select({ owner: lists.accountId }).from(lists).where(eq(lists.id, listId))
  if (!list) return false
  const { read, groupsBoosts } = await openList(db, list.owner, listId)
  return groupsBoosts && isRepeat(read, boost)
}

async function openList(
  db: Reader,
  viewer: AccountId,
  listId: ListId,
): Promise<{ read: ReadEntries; groupsBoosts: boolean }> {
  const [list] = await db
    .select({
      repliesPolicy: lists.repliesPolicy,
      members: sql<string>`array(select m.account_id from list_accounts m where m.list_id = ${listId})::text`,
    })
    .from(lists)
    .where(and(eq(lists.id, listId), eq(lists.accountId, viewer)))
  if (!list) throw notFound()

  const {
    arrays: { blocksDomains: _, ...arrays },
    shape,
    groupsBoosts,
  } = await loadCircleArrays(db, viewer)
  const timeline = timelineOf(shape, list.repliesPolicy)
  return {
    groupsBoosts,
    read: (page) =>
      readByAuthors(db, timeline, list.members, { ...arrays, owner: viewer, members: list.members }, page),
  }
}

type Values = Omit<CircleArrays, 'blocksDomains'> & { owner: AccountId; members: string }

const timelineOf = (shape: CircleShape, repliesPolicy: List['repliesPolicy']): AuthorsTimeline<Values> => ({
  name: `list ${repliesPolicy} ${nameOfShape(shape)}`,
  rule: (v) =>
    fromMembers(circleOfArrays(v.owner, v, shape), {
      repliesPolicy: sql.raw(`'${repliesPolicy}'`),
      isMember: (account) => sql`${account} = any(${v.members}::bigint[])`,
    }),
  ...(shape.silent ? { candidates: (v: Values) => withoutHiddenBoosts(v) } : {}),
})
