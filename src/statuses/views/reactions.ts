import { and, eq, type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { reactions } from '../../platform/db/schema/interactions.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, RelationId, StatusId } from '../../platform/ids.ts'
import { avoids } from '../../rules/avoidance.ts'
import { limits } from '../../rules/limits.ts'
import { isCustomName, type ReactionName } from '../../text/reaction.ts'
import type { ViewerId } from '../access/visibility.ts'

/** The reactions to a status with one emoji. */
export type ReactionView = ReactionEmojiView & {
  /** `reacted` of a status has the ids of those with which the viewer reacted. */
  id: RelationId
  count: number
  /** The first accounts that reacted with it, the earliest first. */
  accountIds: AccountId[]
}

export type ReactionEmojiView = {
  /** A Unicode emoji, or a shortcode without colons. */
  name: string
  /** The server of a custom emoji; null: this server, or a Unicode emoji. */
  domain: string | null
  /** The image of a custom emoji: a file stored here, or its URL on another server. */
  file: string | null
  staticFile: string | null
  remoteUrl: string | null
}

/** Different emojis that are shown for a status, and accounts that are listed for each. */
const maxEmojis = 30
const maxAccounts = 10

const emojiColumns = sql`'name', r.name, 'domain', r.domain, 'file', e.file, 'staticFile', e.static_file, 'remoteUrl', coalesce(e.remote_url, r.remote_url)`
const picture = sql`left join custom_emojis e on e.id = r.emoji_id and e.disabled_at is null`

/** SQL: the reactions to a row of `statuses` as JSON; those of the viewer are among them. */
export const reactionsJson = (viewer: ViewerId | null): SQL => sql`(
  select coalesce(json_agg(json_build_object('id', r.id::text, ${emojiColumns}, 'count', r.count, 'accountIds', (
      select coalesce(json_agg(by.account_id::text order by by.id), '[]') from (select id, account_id from reactions where reaction_id = r.id order by id limit ${sql.raw(String(maxAccounts))}) by)
    ) order by r.count desc, r.id), '[]')
  from (select * from status_reactions kind where status_id = ${statuses.id}
    order by ${viewer === null ? sql`` : sql`exists (select from reactions x where x.account_id = ${viewer} and x.status_id = ${statuses.id} and x.reaction_id = kind.id) desc,`} count desc, id
    limit ${sql.raw(String(maxEmojis))}) r ${picture})`

/** SQL: the ids of the emojis with which the viewer reacted to a row of `statuses`, as JSON. */
export const reactedJson = (viewer: ViewerId): SQL =>
  sql`(select coalesce(json_agg(x.reaction_id::text), '[]') from reactions x where x.account_id = ${viewer} and x.status_id = ${statuses.id})`

/** Whether a reaction is a custom emoji, not a Unicode emoji. */
export const isCustomReaction = ({ name }: Pick<ReactionEmojiView, 'name'>): boolean => isCustomName(name)

/** An emoji as it is written in a text. */
export const writtenReaction = (emoji: Pick<ReactionEmojiView, 'name'>): string =>
  isCustomReaction(emoji) ? `:${emoji.name}:` : emoji.name

/** The people who reacted to a visible status, by emoji, as a viewer sees them. */
export type Reactors = ReactionView & { isMine: boolean }

/**
 * The reactions to a visible status, with at most `limit` accounts per emoji, without accounts that the viewer avoids.
 *
 * @param only an emoji, if only one is wanted
 */
export async function reactors(
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  limit: number,
  only: ReactionName | null = null,
): Promise<Reactors[]> {
  const seen = viewer === null ? sql`true` : sql`not ${avoids(viewer, sql`x.account_id`)}`
  const wanted = only ? sql`and r.name = ${only.name} and r.domain is not distinct from ${only.domain}` : sql``
  const { rows } = await db.execute<{ reaction: Reactors }>(sql`
    select json_build_object('id', r.id::text, ${emojiColumns}, 'count', r.count,
      'isMine', exists (select from reactions x where x.account_id = ${viewer} and x.status_id = ${statusId} and x.reaction_id = r.id),
      'accountIds', (
        select coalesce(json_agg(by.account_id::text order by by.id), '[]') from (
          select x.id, x.account_id from reactions x where x.reaction_id = r.id and ${seen} order by x.id limit ${limit}) by)) as reaction
    from status_reactions r ${picture} where r.status_id = ${statusId} ${wanted} order by r.count desc, r.id limit ${limits.reactions.maxEmojis}`)
  return rows.map(({ reaction }) => reaction)
}

/** A page of the people who reacted with one of `reactors`' emojis, the latest first, without accounts that the viewer avoids. */
export async function reactorsOf(
  db: Reader,
  viewer: AccountId | null,
  kind: RelationId,
  page: Page,
): Promise<{ id: RelationId; accountId: AccountId }[]> {
  const { where, orderBy, limit } = slice(reactions.id, page)
  const seen = viewer === null ? undefined : sql`not ${avoids(viewer, reactions.accountId)}`
  const rows = await db
    .select({ id: reactions.id, accountId: reactions.accountId })
    .from(reactions)
    .where(and(eq(reactions.reactionId, kind), seen, where))
    .orderBy(orderBy)
    .limit(limit)
  return settle(page, rows)
}

/** `reacted` of a status, for each of several viewers who reacted to it. */
export async function reactedBy(
  db: Reader,
  viewers: readonly AccountId[],
  statusId: StatusId,
): Promise<Map<AccountId, RelationId[]>> {
  const { rows } = await db.execute<{ viewer: AccountId; reacted: RelationId[] }>(sql`
    select x.account_id::text as viewer, json_agg(x.reaction_id::text) as reacted from reactions x
    where x.account_id = any(${arrayOf(viewers)}::bigint[]) and x.status_id = ${statusId} group by x.account_id`)
  return new Map(rows.map(({ viewer, reacted }) => [viewer, reacted]))
}

/** Each account's first reaction to a status, by `accountId statusId`. */
export async function firstReactions(
  db: Reader,
  pairs: readonly { accountId: AccountId; statusId: StatusId }[],
): Promise<Map<string, ReactionEmojiView>> {
  if (pairs.length === 0) return new Map()
  const [accountIds, statusIds] = [
    arrayOf(pairs.map(({ accountId }) => accountId)),
    arrayOf(pairs.map(({ statusId }) => statusId)),
  ]
  const { rows } = await db.execute<{ key: string; emoji: ReactionEmojiView }>(sql`
    select distinct on (x.account_id, x.status_id) x.account_id || ' ' || x.status_id as key, json_build_object(${emojiColumns}) as emoji
    from unnest(${accountIds}::bigint[], ${statusIds}::bigint[]) as pair(account_id, status_id)
    join reactions x on x.account_id = pair.account_id and x.status_id = pair.status_id
    join status_reactions r on r.id = x.reaction_id ${picture}
    order by x.account_id, x.status_id, x.id`)
  return new Map(rows.map(({ key, emoji }) => [key, emoji]))
}
