import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { avoids } from '../../rules/avoidance.ts'

/** The reactions to a status with one emoji. */
export type ReactionView = ReactionEmojiView & {
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

/** SQL: the reactions to a row of `statuses` as JSON. */
export const reactionsJson: SQL = sql`(
  select coalesce(json_agg(json_build_object(${emojiColumns}, 'count', r.count, 'accountIds', (
      select coalesce(json_agg(by.account_id::text order by by.id), '[]') from (select id, account_id from reactions where reaction_id = r.id order by id limit ${sql.raw(String(maxAccounts))}) by)
    ) order by r.count desc, r.id), '[]')
  from (select * from status_reactions where status_id = ${statuses.id} order by count desc, id limit ${sql.raw(String(maxEmojis))}) r ${picture})`

/** Whether a reaction is a custom emoji, not a Unicode emoji. */
export const isCustomReaction = ({ name }: Pick<ReactionEmojiView, 'name'>): boolean => /^\w+$/.test(name)

/** An emoji as it is written in a text. */
export const writtenReaction = (emoji: Pick<ReactionEmojiView, 'name'>): string =>
  isCustomReaction(emoji) ? `:${emoji.name}:` : emoji.name

/** The reactions to a visible status, with at most `limit` accounts per emoji, without accounts that the viewer avoids. */
export async function reactors(
  db: Reader,
  viewer: AccountId | null,
  statusId: StatusId,
  limit: number,
): Promise<(ReactionEmojiView & { count: number; accountIds: AccountId[] })[]> {
  const seen = viewer === null ? sql`true` : sql`not ${avoids(viewer, sql`x.account_id`)}`
  const { rows } = await db.execute<{ reaction: ReactionView }>(sql`
    select json_build_object(${emojiColumns}, 'count', r.count, 'accountIds', (
      select coalesce(json_agg(by.account_id::text order by by.id), '[]') from (
        select x.id, x.account_id from reactions x where x.reaction_id = r.id and ${seen} order by x.id limit ${limit}) by)) as reaction
    from status_reactions r ${picture} where r.status_id = ${statusId} order by r.count desc, r.id limit ${maxEmojis}`)
  return rows.map(({ reaction }) => reaction)
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
