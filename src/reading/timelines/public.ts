import { and, sql } from 'drizzle-orm'
import { arrayOf, isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Cursors, cursorsOf, type Page, settle, shapeOf, slice } from '../../platform/db/page.ts'
import { tags } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statementsOf, unseen } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { answersOthers, isListed } from './listed.ts'
import { statusesOfTags } from './tagged.ts'

export type PublicFilter = { from?: 'local' | 'remote'; onlyMedia?: boolean }

/** Further hashtags by their keys: statuses need one of `any` or the main hashtag, all of `all`, and none of `none`. */
export type TagFilter = PublicFilter & { any?: string[]; all?: string[]; none?: string[] }

/**
 * Ids of a page of public statuses, newest first, without boosts, without replies to others, and without statuses by
 * accounts that moderators limit.
 */
export async function publicTimeline(
  db: Reader,
  viewer: AccountId | null,
  filter: PublicFilter,
  page: Page,
): Promise<StatusId[]> {
  const find = findPage({ filter, hasViewer: viewer !== null, shape: shapeOf(page) })
  const rows = await find(db, { viewer, ...cursorsOf(page) })
  return settle(page, rows).map(({ id }) => id)
}

const findPage = statementsOf<
  { filter: PublicFilter; hasViewer: boolean; shape: ReturnType<typeof shapeOf> },
  Cursors & { viewer: string | null },
  { id: StatusId }
>(
  'public',
  ({ filter, hasViewer, shape }, values) => {
    const { where, orderBy, limit } = slice(statuses.id, shape.of(values))
    return sql`select ${statuses.id} from ${statuses} where ${and(isListed(hasViewer ? unseen(values.viewer!) : null), filtered(filter), sql`not ${answersOthers}`, where)} order by ${orderBy} limit ${limit}`
  },
  ({ filter: { from = 'all', onlyMedia = false }, hasViewer, shape }) =>
    `${from} ${onlyMedia ? 'media ' : ''}${hasViewer ? 'viewer' : 'nobody'} ${shape.name}`,
)

/** Further hashtags of each kind that a page takes, as with Mastodon. */
export const maxMoreTags = 4

/**
 * Ids of a page of public statuses with a hashtag, newest first.
 *
 * @param name the tag's normalised key
 */
export async function tagTimeline(
  db: Reader,
  viewer: AccountId | null,
  name: string,
  { any = [], all = [], none = [], ...filter }: TagFilter,
  page: Page,
): Promise<StatusId[]> {
  const known = await db
    .select({ id: tags.id, name: tags.name })
    .from(tags)
    .where(isOneOf(tags.name, [name, ...any, ...all, ...none]))
  const idsOf = (names: string[]) => [
    ...new Set(names.flatMap((wanted) => known.find((tag) => tag.name === wanted)?.id ?? [])),
  ]
  const enough = idsOf([name, ...any])
  const needed = idsOf(all)
  if (enough.length === 0 || needed.length < new Set(all).size) return []
  const unwanted = arrayOf(idsOf(none))

  const condition = and(
    isListed(viewer && unseen(viewer)),
    filtered(filter),
    ...needed.map(
      (id) => sql`exists (select from status_tags t where t.status_id = ${statuses.id} and t.tag_id = ${id})`,
    ),
    none.length > 0
      ? sql`not exists (select from status_tags t where t.status_id = ${statuses.id} and t.tag_id = any(${unwanted}::bigint[]))`
      : undefined,
  )
  return settle(page, await statusesOfTags(db, arrayOf(enough), condition, page))
}

const filtered = ({ from, onlyMedia }: PublicFilter) =>
  and(
    from && (from === 'local' ? sql`${statuses.isLocal}` : sql`not ${statuses.isLocal}`),
    onlyMedia ? sql`${statuses.hasMedia}` : undefined,
  )
