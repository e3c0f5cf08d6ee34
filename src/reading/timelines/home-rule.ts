/**
 * What home timelines and lists show: the one place that says so, for pages and for streams.
 *
 * In words. Home shows what its owner wrote, and what those wrote whom the owner follows: but not members of exclusive lists,
 * no boosts of those whose boosts are hidden, nothing in languages that the follow leaves out, and replies only where the
 * owner follows whom they reply to, or is it. It also shows public statuses with a hashtag that the owner follows, other than
 * of exclusive lists' members. A list shows the same of its members, each reply as its policy has it.
 *
 * Each rule asks a `Circle` whom the owner follows. A page gives it arrays (`circleOfArrays`), which were read once; a stream
 * asks for many owners at once, about one status, and gives it subqueries (`circleOf`).
 */
import { type AnyColumn, and, type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement, unseenIds } from '../../platform/db/statement.ts'
import type { AccountId, ListId, StatusId } from '../../platform/ids.ts'
import { hiddenFrom, type Hides, unlessHidden, type Viewing, visibleTo } from '../../statuses/access/visibility.ts'
import { isListed } from './listed.ts'

type OnAccount = (account: AnyColumn) => SQL

/** Conditions on the id of an account, as its owner stands to it. Those that hold for nobody are null, and spare the query something. */
export type Circle = {
  owner: Viewing
  /** The owner, or followed and not exclusive. */
  writesForHome: OnAccount
  follows: OnAccount
  /** Followed, without its boosts. */
  hidesReblogsOf: OnAccount | null
  /** Followed in some languages only. */
  isChoosyAbout: OnAccount | null
  /** Member of a list that keeps it out of home. */
  isExclusive: OnAccount | null
  /** Muted, or of a server that is blocked. */
  hides: Hides | null
}

/** What of the followed and the owner's own belongs on home. */
export function fromFollowed(circle: Circle): SQL {
  const { accountId, inReplyToAccountId } = statuses
  return and(
    circle.writesForHome(accountId),
    asFollowed(circle),
    sql`(${inReplyToAccountId} is null or ${accountId} = ${circle.owner} or ${inReplyToAccountId} = ${circle.owner} or ${circle.follows(inReplyToAccountId)})`,
  )!
}

/** What belongs on home for its hashtags, given that one of them is followed. */
export function fromTags({ owner, hides, isExclusive }: Circle): SQL {
  return and(
    isListed(owner, hides),
    isExclusive ? sql`(${statuses.accountId} = ${owner} or not ${isExclusive(statuses.accountId)})` : undefined,
  )!
}

export type ListRule = {
  /** `followed`, `list` or `none`. */
  repliesPolicy: SQL
  isMember: OnAccount
}

/** What belongs into a list. */
export function fromMembers(circle: Circle, list: ListRule): SQL {
  const { accountId, inReplyToAccountId, inReplyToUri, visibility } = statuses
  return and(
    list.isMember(accountId),
    sql`${visibility} <> 'direct'`,
    asFollowed(circle),
    sql`(${inReplyToUri} is null or ${inReplyToAccountId} = ${accountId} or ${inReplyToAccountId} = ${circle.owner}
      or (${list.repliesPolicy} = 'followed' and (${inReplyToAccountId} is null or ${circle.follows(inReplyToAccountId)}))
      or (${list.repliesPolicy} = 'list' and ${list.isMember(inReplyToAccountId)}))`,
  )!
}

/** What can be told from a row of statuses, `s`, alone: no boosts of those whose boosts are hidden. */
export const withoutHiddenBoosts = ({ silent }: Pick<CircleArrays, 'silent'>): SQL =>
  sql`(s.reblog_of_id is null or s.account_id <> all(${silent}::bigint[]))`

/** As the follow has it: with boosts or without, and in which languages; and nothing that the owner may not see, or hides. */
function asFollowed({ owner, hides, hidesReblogsOf, isChoosyAbout }: Circle): SQL {
  const { accountId, reblogOfId, language } = statuses
  const spoken = sql`coalesce(${language}, (select boosted.language from statuses boosted where boosted.id = ${reblogOfId}))`
  return and(
    hidesReblogsOf ? sql`(${reblogOfId} is null or not ${hidesReblogsOf(accountId)})` : undefined,
    // `en` stands for `en-GB`, too. What says nothing of its language is wanted.
    isChoosyAbout
      ? sql`(not ${isChoosyAbout(accountId)} or exists (select from follows f, (select ${spoken} as language) spoken
          where f.follower_id = ${owner} and f.target_id = ${accountId}
            and (spoken.language is null or spoken.language = any(f.languages) or split_part(spoken.language, '-', 1) = any(f.languages))))`
      : undefined,
    visibleTo(owner),
    hides ? unlessHidden(hides) : undefined,
  )!
}

/** Which of some local accounts have a status among the entries of their home timelines. */
export async function homesWith(db: Reader, statusId: StatusId, among: readonly AccountId[]): Promise<AccountId[]> {
  if (among.length === 0) return []
  const owner = sql`owner.id`
  const circle = circleOf(owner)
  const isTagged = sql`exists (select from status_tags t join tag_follows f on f.tag_id = t.tag_id where t.status_id = ${statuses.id} and f.account_id = ${owner})`
  const { rows } = await db.execute<{ id: AccountId }>(sql`
    select owner.id from unnest(${arrayOf(among)}::bigint[]) owner(id)
    where exists (select from ${statuses} where ${statuses.id} = ${statusId}
      and (${fromFollowed(circle)} or (${isTagged} and ${fromTags(circle)})))`)
  return rows.map(({ id }) => id)
}

/** Which of some lists have a status among their entries. */
export async function listRulesWith(db: Reader, statusId: StatusId, among: readonly ListId[]): Promise<ListId[]> {
  if (among.length === 0) return []
  const owner = sql`list.account_id`
  const isMember = (account: AnyColumn) =>
    sql`exists (select from list_accounts m where m.list_id = list.id and m.account_id = ${account})`
  const { rows } = await db.execute<{ id: ListId }>(sql`
    select list.id from lists list
    where list.id = any(${arrayOf(among)}::bigint[]) and exists (select from ${statuses}
      where ${statuses.id} = ${statusId}
        and ${fromMembers(circleOf(owner), { repliesPolicy: sql`list.replies_policy`, isMember })})`)
  return rows.map(({ id }) => id)
}

/** The circle of an owner that is an expression of the query. */
function circleOf(owner: SQL): Circle {
  const followed = (account: AnyColumn, how = sql`true`) =>
    sql`exists (select from follows f where f.follower_id = ${owner} and f.target_id = ${account} and ${how})`
  const isExclusive = (account: AnyColumn) =>
    sql`exists (select from lists l join list_accounts m on m.list_id = l.id where l.account_id = ${owner} and l.is_exclusive and m.account_id = ${account})`
  return {
    owner,
    follows: (account) => followed(account),
    hidesReblogsOf: (account) => followed(account, sql`not f.shows_reblogs`),
    isChoosyAbout: (account) => followed(account, sql`f.languages is not null`),
    isExclusive,
    hides: hiddenFrom(owner),
    writesForHome: (account) => sql`(${account} = ${owner} or (${followed(account)} and not ${isExclusive(account)}))`,
  }
}

const none = '{}'

/** Whom an account follows and how, as texts of arrays: they come so and go back so, as nobody here needs the thousands of ids in them. */
export type CircleArrays = {
  authors: string
  followed: string
  silent: string
  choosy: string
  exclusive: string
  muted: string
  tags: string
  blocksDomains: boolean
}

/** Which of the arrays have something in them: what a query over them looks like. */
export type CircleShape = { [Name in keyof CircleArrays]: boolean }

/** A short name that tells shapes apart, for names of statements. */
export const nameOfShape = (shape: CircleShape): string =>
  Object.entries(shape)
    .flatMap(([name, has]) => (has ? name.slice(0, 2) : []))
    .join('')

/** A circle as it was read. `groupsBoosts`: whether its owner wants a post once, however many boost it. */
export type LoadedCircle = { arrays: CircleArrays; shape: CircleShape; groupsBoosts: boolean }

const findArrays = statement<{ owner: AccountId }, CircleArrays & { groupsBoosts: boolean }>(
  'circle',
  ({ owner }) => sql`
    with exclusive as materialized (
      select array(select m.account_id from lists l join list_accounts m on m.list_id = l.id where l.account_id = ${owner}::bigint and l.is_exclusive) as ids
    )
    select (${owner}::bigint || coalesce(array_agg(target_id) filter (where target_id <> all((select ids from exclusive)::bigint[])), '{}'))::text as authors,
      coalesce(array_agg(target_id), '{}')::text as followed,
      coalesce(array_agg(target_id) filter (where not shows_reblogs), '{}')::text as silent,
      coalesce(array_agg(target_id) filter (where languages is not null), '{}')::text as choosy,
      (select ids from exclusive)::text as exclusive,
      array(select target_id from mutes where account_id = ${owner}::bigint and (expires_at is null or expires_at > now()))::text as muted,
      exists (select from account_domain_blocks where account_id = ${owner}::bigint) as "blocksDomains",
      array(select tag_id from tag_follows where account_id = ${owner}::bigint order by id desc limit ${sql.raw(String(maxFollowedTags))})::text as tags,
      coalesce((select groups_boosts from users where account_id = ${owner}::bigint), true) as "groupsBoosts"
    from follows where follower_id = ${owner}::bigint`,
)

/** The circle of one account, in one query, with the hashtags that it follows. */
export async function loadCircleArrays(db: Reader, owner: AccountId): Promise<LoadedCircle> {
  const [found] = await findArrays(db, { owner })
  const { groupsBoosts = true, ...arrays } = found ?? {
    authors: arrayOf([owner]),
    followed: none,
    silent: none,
    choosy: none,
    exclusive: none,
    muted: none,
    tags: none,
    blocksDomains: true,
  }
  const { authors, followed, silent, choosy, exclusive, muted, tags, blocksDomains } = arrays
  const has = (ids: string) => ids !== none
  return {
    arrays,
    groupsBoosts,
    shape: {
      authors: has(authors),
      followed: has(followed),
      silent: has(silent),
      choosy: has(choosy),
      exclusive: has(exclusive),
      muted: has(muted),
      tags: has(tags),
      blocksDomains,
    },
  }
}

/** The circle that arrays, or placeholders for them, describe. */
export function circleOfArrays(
  owner: Viewing,
  arrays: Omit<CircleArrays, 'blocksDomains'>,
  shape: CircleShape,
): Circle {
  const isIn = (ids: string) => (account: AnyColumn | SQL) => sql`${account} = any(${unseenIds(ids)})`
  const ifAny = (name: Exclude<keyof CircleArrays, 'blocksDomains'>) => (shape[name] ? isIn(arrays[name]) : null)
  return {
    owner,
    writesForHome: isIn(arrays.authors),
    follows: ifAny('followed') ?? (() => sql`false`),
    hidesReblogsOf: ifAny('silent'),
    isChoosyAbout: ifAny('choosy'),
    isExclusive: ifAny('exclusive'),
    hides: shape.blocksDomains ? hiddenFrom(owner) : ifAny('muted'),
  }
}

/** Hashtags beyond the latest so many don't come into home: each is looked at on its own. */
export const maxFollowedTags = 200
