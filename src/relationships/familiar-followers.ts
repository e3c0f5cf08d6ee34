import { sql } from 'drizzle-orm'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Reader } from '../platform/db/index.ts'
import { constant, statement } from '../platform/db/statement.ts'
import type { AccountId } from '../platform/ids.ts'

/** Apps show only a few. */
const maxFollowers = 40

/**
 * For each account, those of its followers that the viewer follows, too: at most 40, the viewer's latest follow first.
 * Followers that hide their collections are left out. For accounts that hide theirs or block the viewer, the list is empty.
 */
export async function familiarFollowers(
  db: Reader,
  viewer: AccountId,
  ids: AccountId[],
): Promise<{ id: AccountId; followers: AccountId[] }[]> {
  if (ids.length === 0) return []
  return findFamiliar(db, { viewer, ids: arrayOf(ids) })
}

const findFamiliar = statement<{ viewer: AccountId; ids: string }, { id: AccountId; followers: AccountId[] }>(
  'familiar_followers',
  ({ viewer, ids }) => sql`
    select a.id, case when a.hides_collections or exists (select from blocks b where b.account_id = a.id and b.target_id = ${viewer}) then array[]::text[] else array(
      select follower.id::text
      from follows mine
      join follows theirs on theirs.follower_id = mine.target_id and theirs.target_id = a.id
      join accounts follower on follower.id = mine.target_id
      where mine.follower_id = ${viewer} and not follower.hides_collections and follower.suspended_at is null
      order by mine.id desc limit ${constant(maxFollowers)}) end as followers
    from unnest(${ids}::bigint[]) with ordinality wanted(id, place)
    join accounts a on a.id = wanted.id
    where a.suspended_at is null order by wanted.place`,
)
