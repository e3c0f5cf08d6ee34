/**
 * What somebody missed on Home, as a list that ends: posts of people who write little come first; a post, a thread and a link
 * each stand there once. It is made anew for each page, of a fixed number of entries between two ids, so that the pages of one
 * visit belong together.
 */
import { and, eq, ne, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { arrayOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { maxBigint } from '../../platform/db/page.ts'
import { statusCards } from '../../platform/db/schema/cards.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { type AccountId, byAge, type CardId, firstIdAt, type StatusId } from '../../platform/ids.ts'
import { dayMs } from '../../platform/time.ts'
import { visibleTo } from '../../statuses/access/visibility.ts'
import { homeEntries, homeTimeline } from './home.ts'
import { loadMarkers } from './markers.ts'

export type MissedPost = {
  /** The post; if nobody followed wrote it, the first boost of it. */
  id: StatusId
  /** Who boosted it, in the order of their boosts. */
  boosterIds: AccountId[]
  /** Number of further new posts of its thread. */
  moreInThread: number
  /** Number of further new posts with its link. */
  moreWithLink: number
}

/** The part of Home that a catch-up is about: newer than `since`, up to `until`. */
export type Missed = { since: StatusId; until: StatusId }

export const catchUpStarts = ['visit', 'day', 'week'] as const
export type CatchUpStart = (typeof catchUpStarts)[number]

/** Entries of Home that one catch-up covers, the newest ones. */
const maxEntries = 600
/** Whoever writes more than this in a month comes last, whatever the number. */
const maxCounted = 100
const countedDays = 30
/** Entries before the span whose posts are known: a boost of one of them is no news, as on Home. */
const lookBack = 40

/**
 * The span from the last visit, a day or a week ago up to the newest entry of Home; an empty one if Home shows nothing newer.
 * Without a marker, the last visit was a day ago.
 */
export async function missedSince(db: Reader, viewer: AccountId, start: CatchUpStart): Promise<Missed> {
  const [markers, [newest], [newestShown]] = await Promise.all([
    loadMarkers(db, viewer),
    homeEntries(db, viewer, { limit: 1 }),
    homeTimeline(db, viewer, { limit: 1 }),
  ])
  const marker = markers.find(({ timeline }) => timeline === 'home')?.lastReadId as StatusId | undefined
  const ago = (days: number) => firstIdAt<StatusId>(new Date(Date.now() - days * dayMs))
  const since = start === 'visit' && marker ? marker : ago(start === 'week' ? 7 : 1)
  const hasNew = newest && newestShown && byAge(newestShown, since) > 0
  return { since, until: hasNew ? newest.id : since }
}

/**
 * What somebody missed within a span, all of it, in a fixed number of queries.
 *
 * @returns `newest`: the newest entry of Home within the span; `isCut`: whether there was more, and the oldest entries are left
 *   out
 */
export async function catchUp(
  db: Reader,
  viewer: AccountId,
  { since, until }: Missed,
): Promise<{ posts: MissedPost[]; newest: StatusId | null; isCut: boolean }> {
  const after = (id: StatusId) => (id === maxBigint ? id : String(BigInt(id) + 1n))
  const [entries, before] = await Promise.all([
    homeEntries(db, viewer, { sinceId: since, maxId: after(until), limit: maxEntries }),
    homeEntries(db, viewer, { maxId: after(since), limit: lookBack }),
  ])
  const known = new Set(before.map(({ id, reblogOfId }) => reblogOfId ?? id))
  const facts = await loadFacts(
    db,
    viewer,
    entries.filter(({ reblogOfId }) => !reblogOfId || !known.has(reblogOfId)).map(({ id }) => id),
  )
  const frequencies = await loadFrequencies(db, [...new Set(facts.map(({ by }) => by))])
  return { posts: fold(facts, frequencies), newest: entries[0]?.id ?? null, isCut: entries.length >= maxEntries }
}

type Fact = {
  id: StatusId
  /** The account through which it came: the booster of a boost. */
  by: AccountId
  post: StatusId
  thread: StatusId
  card: CardId | null
}

/** Facts about entries, the oldest first. Leaves out posts and boosts by the viewer. */
async function loadFacts(db: Reader, viewer: AccountId, ids: StatusId[]): Promise<Fact[]> {
  if (ids.length === 0) return []
  const original = alias(statuses, 'original')
  return db
    .select({
      id: statuses.id,
      by: statuses.accountId,
      post: original.id,
      thread: original.threadId,
      card: statusCards.cardId,
    })
    .from(statuses)
    .innerJoin(original, eq(original.id, sql`coalesce(${statuses.reblogOfId}, ${statuses.id})`))
    .leftJoin(statusCards, eq(statusCards.statusId, original.id))
    .where(
      and(
        isOneOfIds(statuses.id, ids),
        visibleTo(viewer),
        ne(statuses.accountId, viewer),
        ne(original.accountId, viewer),
      ),
    )
    .orderBy(statuses.id)
}

/** How many posts each account wrote or boosted in the last 30 days, at most 100: an order, of which nobody sees the numbers. */
async function loadFrequencies(db: Reader, ids: AccountId[]): Promise<Map<AccountId, number>> {
  if (ids.length === 0) return new Map()
  const start = firstIdAt<StatusId>(new Date(Date.now() - countedDays * dayMs))
  const { rows } = await db.execute<{ id: AccountId; count: number }>(sql`
    select writer.id, (select count(*)::int from (
      select from statuses s where s.account_id = writer.id and s.id > ${start}::bigint and s.deleted_at is null limit ${maxCounted}) s) as count
    from unnest(${arrayOf(ids)}::bigint[]) writer(id)`)
  return new Map(rows.map(({ id, count }) => [id, count]))
}

type Item = { id: StatusId; post: StatusId; boosterIds: AccountId[]; card: CardId | null }
type Thread = MissedPost & Pick<Item, 'post' | 'card'> & { frequency: number }

/** Puts entries together: boosts of a post, then posts of a thread, then posts with a link. */
function fold(facts: Fact[], frequencies: ReadonlyMap<AccountId, number>): MissedPost[] {
  const threads = [...Map.groupBy(facts, ({ thread }) => thread).values()].map((of) => toThread(of, frequencies))
  const sorted = threads.toSorted((a, b) => a.frequency - b.frequency || byAge(a.post, b.post))
  const byLink = new Map<CardId, Thread>()
  const shown = sorted.filter((thread) => {
    const first = thread.card && byLink.get(thread.card)
    if (first) first.moreWithLink += 1
    else if (thread.card) byLink.set(thread.card, thread)
    return !first
  })
  return shown.map(({ id, boosterIds, moreInThread, moreWithLink }) => ({ id, boosterIds, moreInThread, moreWithLink }))
}

/** A thread by its first new post. It comes as early as the rarest of the people through whom it came. */
function toThread(facts: Fact[], frequencies: ReadonlyMap<AccountId, number>): Thread {
  const items = [...Map.groupBy(facts, ({ post }) => post).values()].map((of) => toItem(of as [Fact, ...Fact[]]))
  const first = items.reduce((a, b) => (byAge(a.post, b.post) <= 0 ? a : b))
  const frequency = Math.min(...facts.map(({ by }) => frequencies.get(by) ?? maxCounted))
  return { ...first, moreInThread: items.length - 1, moreWithLink: 0, frequency }
}

/** A post with everybody who boosted it. */
function toItem([first, ...others]: [Fact, ...Fact[]]): Item {
  const facts = [first, ...others]
  const written = facts.find(({ id, post }) => id === post)
  const boosts = facts.filter(({ id, post }) => id !== post)
  return { id: (written ?? first).id, post: first.post, card: first.card, boosterIds: boosts.map(({ by }) => by) }
}
