import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { type Cursors, cursorsOf, type Page, settle, shapeOf, slice } from '../../platform/db/page.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statementsOf, unseen } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { visibleTo } from '../../statuses/access/visibility.ts'

export type AccountFilter = {
  onlyMedia?: boolean
  excludeReplies?: boolean
  excludeReblogs?: boolean
  excludeDirect?: boolean
  pinned?: boolean
  tag?: string
}

/**
 * Ids of a page of an account's statuses and boosts that the viewer may see, newest first. An author's replies to their
 * own statuses don't count as replies.
 */
export async function accountTimeline(
  db: Reader,
  viewer: AccountId | null,
  accountId: AccountId,
  filter: AccountFilter,
  page: Page,
): Promise<StatusId[]> {
  const find = findPage({ filter, hasViewer: viewer !== null, shape: shapeOf(page) })
  const rows = await find(db, { viewer, accountId, tag: filter.tag ?? null, ...cursorsOf(page) })
  return settle(page, rows).map(({ id }) => id)
}

type Kind = { filter: AccountFilter; hasViewer: boolean; shape: ReturnType<typeof shapeOf> }
type Values = Cursors & { viewer: string | null; accountId: string; tag: string | null }

const findPage = statementsOf<Kind, Values, { id: StatusId }>(
  'account',
  ({ filter, hasViewer, shape }, values) => {
    const { where, orderBy, limit } = slice(statuses.id, shape.of(values))
    return sql`select ${statuses.id} from ${statuses} where ${and(ofAccount(filter, values), visibleTo(hasViewer ? unseen(values.viewer!) : null), where)} order by ${orderBy} limit ${limit}`
  },
  ({ filter, hasViewer, shape }) => {
    const filters = Object.entries(filter).flatMap(([kind, value]) =>
      value ? shortNames[kind as keyof AccountFilter] : [],
    )
    return `${filters.join('')} ${hasViewer ? 'viewer' : 'nobody'} ${shape.name}`
  },
)

const shortNames = {
  onlyMedia: 'M',
  excludeReplies: 'r',
  excludeReblogs: 'b',
  excludeDirect: 'd',
  pinned: 'P',
  tag: 'T',
} satisfies Record<keyof AccountFilter, string>

function ofAccount(filter: AccountFilter, { accountId, tag }: Values): SQL | undefined {
  return and(
    eq(statuses.accountId, unseen(accountId)),
    isNull(statuses.deletedAt),
    filter.excludeReplies
      ? or(isNull(statuses.inReplyToUri), eq(statuses.inReplyToAccountId, unseen(accountId)))
      : undefined,
    filter.excludeReblogs ? isNull(statuses.reblogOfId) : undefined,
    filter.excludeDirect ? sql`${statuses.visibility} <> 'direct'` : undefined,
    filter.onlyMedia ? sql`${statuses.hasMedia}` : undefined,
    filter.pinned
      ? sql`${statuses.id} in (select p.status_id from pins p where p.account_id = ${unseen(accountId)})`
      : undefined,
    filter.tag
      ? sql`exists (select from status_tags st join tags t on t.id = st.tag_id where st.status_id = ${statuses.id} and t.name = ${tag}::text)`
      : undefined,
  )
}
