/**
 * What home timelines and lists show: the one place that says so, for pages and for streams.
 *
 * In words. Home shows what its owner wrote, and what those wrote whom the owner follows: but not members of exclusive lists,
 * no boosts of those whose boosts are hidden, nothing in languages that the follow leaves out, and replies only where the
 * owner follows whom they reply to, or is it. It also shows public statuses with a hashtag that the owner follows, other than
 * of exclusive lists' members. A list shows the same of its members, each reply as its policy has it.
 *
 * Each rule asks a `Circle` whom the owner follows. A page gives it arrays (`loadCircle`), so that PostgreSQL sees them and
 * plans for them; a stream asks for many owners at once, about one status, and gives it subqueries (`circleOf`).
 */
import { type AnyColumn, and, ne, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { statuses } from '../db/schema/statuses.ts'
import type { AccountId, ListId, StatusId } from '../ids.ts'
import { notMutedBy, type Viewing, visibleTo } from '../statuses/visibility.ts'
import { isListed } from './listed.ts'

/** Conditions on the id of an account, as its owner stands to it. */
export type Circle = {
  owner: Viewing
  follows: (account: AnyColumn) => SQL
  /** Followed, without its boosts. */
  hidesReblogsOf: (account: AnyColumn) => SQL
  /** Followed in some languages only. */
  isChoosyAbout: (account: AnyColumn) => SQL
  /** Member of a list that keeps it out of home. */
  isExclusive: (account: AnyColumn) => SQL
}

/** What of the followed and the owner's own belongs on home. Whether the owner may see it is asked elsewhere, with `visibleTo`. */
export function fromFollowed(circle: Circle): SQL {
  const { accountId, inReplyToAccountId } = statuses
  const isOwn = sql`${accountId} = ${circle.owner}`
  return and(
    sql`(${isOwn} or (${circle.follows(accountId)} and not ${circle.isExclusive(accountId)}))`,
    asFollowed(circle),
    sql`(${inReplyToAccountId} is null or ${isOwn} or ${inReplyToAccountId} = ${circle.owner} or ${circle.follows(inReplyToAccountId)})`,
  )!
}

/** What belongs on home for its hashtags, given that one of them is followed. */
export function fromTags(circle: Circle): SQL {
  return and(isListed(circle.owner), sql`(${statuses.accountId} = ${circle.owner} or not ${circle.isExclusive(statuses.accountId)})`)!
}

export type ListRule = { repliesPolicy: SQL | 'followed' | 'list' | 'none'; isMember: (account: AnyColumn) => SQL }

/** What belongs into a list. */
export function fromMembers(circle: Circle, list: ListRule): SQL {
  const { accountId, inReplyToAccountId, inReplyToUri, visibility } = statuses
  return and(
    list.isMember(accountId),
    ne(visibility, 'direct'),
    asFollowed(circle),
    sql`(${inReplyToUri} is null or ${inReplyToAccountId} = ${accountId} or ${inReplyToAccountId} = ${circle.owner}
      or (${list.repliesPolicy} = 'followed' and (${inReplyToAccountId} is null or ${circle.follows(inReplyToAccountId)}))
      or (${list.repliesPolicy} = 'list' and ${list.isMember(inReplyToAccountId)}))`,
  )!
}

/** As the follow has it: with boosts or without, and in which languages. */
function asFollowed({ owner, hidesReblogsOf, isChoosyAbout }: Circle): SQL {
  const { accountId, reblogOfId, language } = statuses
  const spoken = sql`coalesce(${language}, (select boosted.language from statuses boosted where boosted.id = ${reblogOfId}))`
  return and(
    sql`(${reblogOfId} is null or not ${hidesReblogsOf(accountId)})`,
    // `en` stands for `en-GB`, too. What says nothing of its language is wanted.
    sql`(not ${isChoosyAbout(accountId)} or exists (select from follows f, (select ${spoken} as language) spoken
      where f.follower_id = ${owner} and f.target_id = ${accountId}
        and (spoken.language is null or spoken.language = any(f.languages) or split_part(spoken.language, '-', 1) = any(f.languages))))`,
  )!
}

/** Which of some local accounts see a status on their home timelines. */
export async function homeWatchers(db: Reader, statusId: StatusId, among: readonly AccountId[]): Promise<AccountId[]> {
  if (among.length === 0) return []
  const owner = sql`owner.id`
  const circle = circleOf(owner)
  const isTagged = sql`exists (select from status_tags t join tag_follows f on f.tag_id = t.tag_id where t.status_id = ${statuses.id} and f.account_id = ${owner})`
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select owner.id from unnest(${arrayOf(among)}::bigint[]) owner(id)
    where exists (select from ${statuses} where ${statuses.id} = ${statusId} and ${visibleTo(owner)} and ${notMutedBy(owner)}
      and (${fromFollowed(circle)} or (${isTagged} and ${fromTags(circle)})))`)
  return rows.map(({ id }) => id)
}

/** Which of some lists show a status. */
export async function listWatchers(db: Reader, statusId: StatusId, among: readonly ListId[]): Promise<ListId[]> {
  if (among.length === 0) return []
  const owner = sql`list.account_id`
  const isMember = (account: AnyColumn) => sql`exists (select from list_accounts m where m.list_id = list.id and m.account_id = ${account})`
  const { rows } = await db.execute<{ id: ListId }>(sql`
    select list.id from lists list
    where list.id = any(${arrayOf(among)}::bigint[]) and exists (select from ${statuses}
      where ${statuses.id} = ${statusId} and ${visibleTo(owner)} and ${notMutedBy(owner)}
        and ${fromMembers(circleOf(owner), { repliesPolicy: sql`list.replies_policy`, isMember })})`)
  return rows.map(({ id }) => id)
}

/** The circle of an owner that is an expression of the query. */
function circleOf(owner: SQL): Circle {
  const followed = (account: AnyColumn, how = sql`true`) => sql`exists (select from follows f where f.follower_id = ${owner} and f.target_id = ${account} and ${how})`
  return {
    owner,
    follows: (account) => followed(account),
    hidesReblogsOf: (account) => followed(account, sql`not f.shows_reblogs`),
    isChoosyAbout: (account) => followed(account, sql`f.languages is not null`),
    isExclusive: (account) =>
      sql`exists (select from lists l join list_accounts m on m.list_id = l.id where l.account_id = ${owner} and l.is_exclusive and m.account_id = ${account})`,
  }
}

/** Ids as the text of an array of PostgreSQL. */
export const arrayOf = (ids: readonly string[]): string => `{${ids.join(',')}}`

const none = '{}'

type Arrays = { followed: string; silent: string; choosy: string; exclusive: string; tags: string }

/** The circle of one account as arrays, in one query, with the hashtags that it follows. */
export async function loadCircle(db: Reader, owner: AccountId): Promise<Circle & { authors: string; tags: string; followsTags: boolean }> {
  // The arrays come as texts and go back as they are: nobody here needs the thousands of ids in them.
  const { rows } = await db.execute<Arrays>(sql`
    select coalesce(array_agg(target_id), '{}')::text as followed,
      coalesce(array_agg(target_id) filter (where not shows_reblogs), '{}')::text as silent,
      coalesce(array_agg(target_id) filter (where languages is not null), '{}')::text as choosy,
      array(select m.account_id from lists l join list_accounts m on m.list_id = l.id where l.account_id = ${owner} and l.is_exclusive)::text as exclusive,
      array(select tag_id from tag_follows where account_id = ${owner} order by id desc limit ${maxFollowedTags})::text as tags
    from follows where follower_id = ${owner}`)
  const { followed = none, silent = none, choosy = none, exclusive = none, tags = none } = rows[0] ?? {}
  const isIn = (ids: string) => (account: AnyColumn) => (ids === none ? sql`false` : sql`${account} = any(${ids}::bigint[])`)
  return {
    owner,
    follows: isIn(followed),
    hidesReblogsOf: isIn(silent),
    isChoosyAbout: isIn(choosy),
    isExclusive: isIn(exclusive),
    authors: followed === none ? arrayOf([owner]) : `{${owner},${followed.slice(1)}`,
    tags,
    followsTags: tags !== none,
  }
}

/** Hashtags beyond the latest so many don't come into home: each is looked at on its own. */
export const maxFollowedTags = 200
