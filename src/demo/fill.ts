/**
 * Fills an instance with generated people and posts, to try it and to measure. Few statements insert many rows each, counters
 * are computed at the end, and nothing is queued: no mails and no deliveries are sent.
 */
import { inArray, isNull, or, sql } from 'drizzle-orm'
import { generateKeys, type KeyPair } from '../accounts/keys/keys.ts'
import { hashPassword } from '../accounts/sessions/passwords.ts'
import { countMissedDays } from '../instance/stats.ts'
import type { App } from '../platform/app.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { type Id, newId } from '../platform/ids.ts'
import { addDays, dayMs, dayOf } from '../platform/time.ts'
import { computeTrends } from '../reading/trends/compute.ts'
import { historyDays } from '../reading/trends/history.ts'
import { indexAll } from '../statuses/search/index-status.ts'
import { insertBelongings, insertConsequences } from './extras.ts'
import { type DemoFiles, storeFiles } from './files.ts'
import { type Crowd, makeCrowd, type Person, type Span } from './people.ts'
import { type Post, react, soonAfter, writePosts } from './posts.ts'
import { type Random, randomOf } from './random.ts'
import * as rows from './rows.ts'
import { insertRows } from './store.ts'
import { domains } from './words.ts'

export type DemoOptions = { posts: number; seed: number; password: string }

export type DemoResult = {
  people: number
  remotePeople: number
  posts: number
  boosts: number
  favourites: number
  follows: number
  pictures: number
  usernames: string[]
}

/** The age of the first posts, in days. */
const days = 56

/**
 * Adds a demo to the existing data. All its local people have the same password, and none has a name that is taken.
 *
 * @param onStep gets the description of each step
 */
export async function fillDemo(
  app: App,
  options: DemoOptions,
  onStep: (step: string) => void = () => {},
): Promise<DemoResult> {
  const random = randomOf(options.seed)
  const end = new Date()
  const span: Span = { start: new Date(end.getTime() - days * dayMs), end }
  const crowd = makeCrowd(random, app.uris, span, options.posts, await takenNames(app))
  const posts = writePosts(random, app.uris, crowd, span, options.posts)
  const reactions = react(random, crowd, posts, span)

  onStep(`Making keys for ${crowd.locals.length} people`)
  const passwordHash = await hashPassword(options.password)
  const keys = await Promise.all(crowd.locals.map(async (person) => ({ person, pairs: await generateKeys() })))
  onStep('Drawing pictures')
  const files = await storeFiles(app.storage, random, crowd, posts)
  onStep(`Storing ${posts.length} posts, with boosts and favourites`)
  const follows = await app.db.transaction(async (tx) => {
    // One transaction, so that an interruption leaves no half demo.
    await tx.execute(sql`set local statement_timeout = 0`)
    await insertPeople(tx, app, crowd, files, passwordHash, keys)
    const followed = await insertFollows(tx, app, random, crowd, span)
    await insertPosts(tx, app, posts, files)
    await insertRows(
      tx,
      'statuses',
      reactions.boosts.map((boost) => rows.boostRow(app.uris, boost)),
    )
    await insertRows(tx, 'favourites', reactions.favourites.map(rows.favouriteRow))
    await insertRows(tx, 'bookmarks', reactions.bookmarks.map(rows.bookmarkRow))
    await insertBelongings(tx, random, crowd)
    await insertConsequences(tx, posts, crowd.locals)
    await insertRows(
      tx,
      'notifications',
      rows.notificationRows(crowd, posts, reactions.boosts, reactions.favourites, followed),
    )
    await insertRows(tx, 'active_days', activeDayRows(random, crowd, posts, span))
    await insertCounters(tx)
    return followed.length
  })
  onStep('Counting, indexing for the search, and computing trends')
  await app.db.execute(sql`analyze`)
  await countMissedDays(app.db)
  await indexAll(app.db)
  await computeTrends(app.db, historyDays)
  return {
    people: crowd.locals.length,
    remotePeople: crowd.remotes.length,
    posts: posts.length,
    boosts: reactions.boosts.length,
    favourites: reactions.favourites.length,
    follows,
    pictures: files.pictures.size,
    usernames: crowd.locals.map(({ username }) => username),
  }
}

/** Local names, and handles on the demo's servers. */
async function takenNames(app: App): Promise<Set<string>> {
  const taken = await app.db
    .select({ username: accounts.username, domain: accounts.domain })
    .from(accounts)
    .where(or(isNull(accounts.domain), inArray(accounts.domain, [...domains])))
  return new Set(
    taken.map(({ username, domain }) => (domain === null ? username : `${username}@${domain}`).toLowerCase()),
  )
}

async function insertPeople(
  tx: Tx,
  app: App,
  { locals, remotes }: Crowd,
  files: DemoFiles,
  passwordHash: string,
  keys: { person: Person; pairs: KeyPair[] }[],
): Promise<void> {
  const everybody = [...locals, ...remotes]
  await insertRows(
    tx,
    'accounts',
    everybody.map((person) =>
      rows.accountRow(app.uris, person, {
        avatar: files.avatars.get(person) ?? null,
        header: files.headers.get(person) ?? null,
      }),
    ),
  )
  await insertRows(
    tx,
    'users',
    locals.map((person) => rows.userRow(person, passwordHash)),
  )
  await insertRows(
    tx,
    'keys',
    keys.flatMap(({ person, pairs }) =>
      pairs.map(({ kind, publicKey, privateKey }) => ({
        id: newId<Id<'key'>>(),
        account_id: person.id,
        kind,
        public_key: publicKey,
        private_key: privateKey,
        created_at: person.joinedAt.toISOString(),
      })),
    ),
  )
}

async function insertFollows(
  tx: Tx,
  app: App,
  random: Random,
  crowd: Crowd,
  span: Span,
): Promise<{ follower: Person; target: Person; at: Date }[]> {
  const followed = [...crowd.follows].flatMap(([follower, targets]) =>
    targets.map((target) => ({ follower, target, at: between(random, follower, target, span) })),
  )
  await insertRows(
    tx,
    'follows',
    followed.map(({ follower, target, at }) => rows.followRow(app.uris, 'follows', follower, target, at)),
  )
  await insertRows(
    tx,
    'follow_requests',
    crowd.requests.map(([follower, target]) => rows.followRow(app.uris, 'requests', follower, target, new Date())),
  )
  return followed
}

/** A moment after both have joined. */
function between(random: Random, one: Person, other: Person, span: Span): Date {
  const from = new Date(Math.max(one.joinedAt.getTime(), other.joinedAt.getTime()))
  return random.chance(0.6)
    ? soonAfter(random, from, span.end)
    : new Date(from.getTime() + Math.floor(random.next() * (span.end.getTime() - from.getTime())))
}

async function insertPosts(tx: Tx, app: App, posts: Post[], files: DemoFiles): Promise<void> {
  await insertRows(
    tx,
    'statuses',
    posts.map((post) => rows.statusRow(app.uris, post)),
  )
  await insertRows(tx, 'mentions', posts.flatMap(rows.mentionRows))
  await insertRows(tx, 'polls', posts.flatMap(rows.pollRow))
  await insertRows(tx, 'poll_options', posts.flatMap(rows.pollOptionRows))
  await insertRows(tx, 'poll_votes', posts.flatMap(rows.pollVoteRows))
  await insertRows(tx, 'quotes', posts.flatMap(rows.quoteRow))
  await insertRows(
    tx,
    'status_edits',
    posts.flatMap((post) => rows.editRow(app.uris, post)),
  )
  await insertRows(
    tx,
    'media',
    [...files.pictures].map(([post, { image, file, preview, description }]) =>
      rows.mediaRow(post, image, { file, preview }, description),
    ),
  )
  const { tags, statusTags } = rows.tagRows(posts)
  await tx.execute(sql`
    insert into tags (id, name, display_name, is_open)
    select id, name, display_name, true from json_populate_recordset(null::tags, ${JSON.stringify(tags.map((tag) => ({ ...tag, id: rows.newTagId() })))}::json) on conflict do nothing`)
  const { rows: known } = await tx.execute<{ id: string; name: string }>(sql`select id, name from tags`)
  const ids = new Map(known.map(({ id, name }) => [name, id]))
  await insertRows(
    tx,
    'status_tags',
    statusTags.map(({ statusId, name }) => ({ status_id: statusId, tag_id: ids.get(name) })),
  )
}

/** People are active on the days of their posts, and on some other days. */
function activeDayRows(random: Random, { locals }: Crowd, posts: Post[], span: Span): Record<string, unknown>[] {
  const wrote = new Set(
    posts.flatMap(({ author, createdAt }) => (author.domain === null ? [`${author.id} ${dayOf(createdAt)}`] : [])),
  )
  return locals.flatMap((person) => {
    const found: Record<string, unknown>[] = []
    for (let day = dayOf(person.joinedAt); day <= dayOf(span.end); day = addDays(day, 1)) {
      if (wrote.has(`${person.id} ${day}`) || random.chance(0.3)) found.push({ day, account_id: person.id })
    }
    return found
  })
}

/** Counters of all accounts and posts that have none yet. */
async function insertCounters(tx: Tx): Promise<void> {
  await tx.execute(sql`
    insert into status_stats (status_id, replies_count, reblogs_count, favourites_count, quotes_count)
    select s.id, coalesce(r.n, 0), coalesce(b.n, 0), coalesce(f.n, 0), coalesce(q.n, 0) from statuses s
    left join (select in_reply_to_id as id, count(*) as n from statuses where visibility in ('public', 'unlisted') and deleted_at is null group by 1) r on r.id = s.id
    left join (select reblog_of_id as id, count(*) as n from statuses where visibility in ('public', 'unlisted') and deleted_at is null group by 1) b on b.id = s.id
    left join (select status_id as id, count(*) as n from favourites group by 1) f on f.id = s.id
    left join (select quoted_status_id as id, count(*) as n from quotes where state = 'accepted' group by 1) q on q.id = s.id
    where not exists (select from status_stats x where x.status_id = s.id)`)
  await tx.execute(sql`
    insert into account_stats (account_id, statuses_count, followers_count, following_count, last_status_at)
    select a.id, coalesce(s.n, 0), coalesce(t.n, 0), coalesce(f.n, 0), date_trunc('day', s.last, 'UTC') from accounts a
    left join (select account_id as id, count(*) as n, max(created_at) as last from statuses where visibility in ('public', 'unlisted') and deleted_at is null group by 1) s on s.id = a.id
    left join (select target_id as id, count(*) as n from follows group by 1) t on t.id = a.id
    left join (select follower_id as id, count(*) as n from follows group by 1) f on f.id = a.id
    where not exists (select from account_stats x where x.account_id = a.id)`)
}
