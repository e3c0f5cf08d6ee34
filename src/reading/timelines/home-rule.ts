/**
 * The rules of home timelines and lists: the one place that decides what they show, on pages and in streams.
 *
 * Home shows statuses by its owner and by followed accounts. It leaves out members of exclusive lists, boosts by
 * accounts whose boosts are hidden, languages that the follow leaves out, and replies to anybody but the owner and
 * followed accounts. It also shows public statuses with a followed hashtag, except by members of exclusive lists. A
 * list shows the same for its members, with replies by its policy.
 *
 * Each rule takes a `Circle` of conditions on whom the owner follows. For a page these use arrays that were read once
 * (`circleOfArrays`). A stream checks one status for many owners at once, with subqueries (`circleOf`).
 */
import { type AnyColumn, and, type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement, unseenIds } from '../../platform/db/statement.ts'
import type { AccountId, ListId, StatusId } from '../../platform/ids.ts'
import { hiddenFrom, type Hides, unlessHidden, type ViewerId, visibleTo } from '../../statuses/access/visibility.ts'
import { isListed } from './listed.ts'

type OnAccount = (account: AnyColumn) => SQL

/**
 * Conditions on the id of an account, by its relationship with the owner. A condition that holds for no account is
 * null, which makes the query cheaper.
 */
export type Circle = {
  owner: ViewerId
  /** The owner, or followed and not exclusive. */
  writesForHome: OnAccount
  follows: OnAccount
  /** Followed with boosts hidden. */
  hidesReblogsOf: OnAccount | null
  /** Followed in some languages only. */
  isChoosyAbout: OnAccount | null
  /** Member of a list that keeps it out of home. */
  isExclusive: OnAccount | null
  /** Muted, or of a server that is blocked. */
  hides: Hides | null
}

/** Condition for statuses that are on home because the owner wrote them or follows their author. */
export function fromFollowed(circle: Circle): SQL {
  const { accountId, inReplyToAccountId } = statuses
  return and(
    circle.writesForHome(accountId),
    asFollowed(circle),
    sql`(${inReplyToAccountId} is null or ${accountId} = ${circle.owner} or ${inReplyToAccountId} = ${circle.owner} or ${circle.follows(inReplyToAccountId)})`,
  )!
}

/** Condition for statuses that are on home because of a followed hashtag; the caller checks the hashtag. */
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

/** Condition for statuses that are on a list. */
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

/** The part of the rules that a row of statuses, `s`, alone decides: no boosts by accounts whose boosts are hidden. */
export const withoutHiddenBoosts = ({ silent }: Pick<CircleArrays, 'silent'>): SQL =>
  sql`(s.reblog_of_id is null or s.account_id <> all(${silent}::bigint[]))`

/** Applies the follow's settings for boosts and languages. Leaves out statuses that the owner may not see, or hides. */
function asFollowed({ owner, hides, hidesReblogsOf, isChoosyAbout }: Circle): SQL {
  const { accountId, reblogOfId, language } = statuses
  const spoken = sql`coalesce(${language}, (select boosted.language from statuses boosted where boosted.id = ${reblogOfId}))`
  return and(
    hidesReblogsOf ? sql`(${reblogOfId} is null or not ${hidesReblogsOf(accountId)})` : undefined,
    // `en` includes `en-GB`. A status without a language is shown.
    isChoosyAbout
      ? sql`(not ${isChoosyAbout(accountId)} or exists (select from follows f, (select ${spoken} as language) spoken
          where f.follower_id = ${owner} and f.target_id = ${accountId}
            and (spoken.language is null or spoken.language = any(f.languages) or split_part(spoken.language, '-', 1) = any(f.languages))))`
      : undefined,
    visibleTo(owner),
    hides ? unlessHidden(hides) : undefined,
  )!
}

/** The local accounts among some whose home timelines have an entry for a status. */
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

/** The lists among some that have an entry for a status. */
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

/**
 * The accounts that an account follows and how, as texts of PostgreSQL arrays. They come from the database and go
 * back to it unparsed, as no code here needs the thousands of ids.
 */
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

/** Which of the arrays are not empty. The text of a query depends on it. */
export type CircleShape = { [Name in keyof CircleArrays]: boolean }

/** A short, distinct name of a shape, for names of statements. */
export const nameOfShape = (shape: CircleShape): string =>
  Object.entries(shape)
    .flatMap(([name, has]) => (has ? name.slice(0, 2) : []))
    .join('')

/**
 * A circle as read from the database. `groupsBoosts`: whether its owner wants a post once, even if several accounts
 * boost it.
 */
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
  owner: ViewerId,
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

/** Home reads only the latest followed hashtags, as each takes a look-up of its own. */
export const maxFollowedTags = 200
