/** Rows around the people and posts of a demo: lists, filters, notes, pins, followed hashtags, cards and conversations. */
import { sql } from 'drizzle-orm'
import { arrayOf, isOneOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import { type CardId, type FilterId, type Id, type ListId, newId, type RelationId } from '../platform/ids.ts'
import type { Crowd, Person } from './people.ts'
import type { Post } from './posts.ts'
import type { Random } from './random.ts'
import { insertRows } from './store.ts'

/** Rows that belong to people; posts and follows must exist. */
export async function insertBelongings(tx: Tx, random: Random, crowd: Crowd): Promise<void> {
  const { locals, follows } = crowd
  const lists = locals.flatMap((person) =>
    random.chance(0.6) ? [{ id: newId<ListId>(), person, members: random.some(follows.get(person) ?? [], 6) }] : [],
  )
  await insertRows(
    tx,
    'lists',
    lists.map(({ id, person }, i) => ({
      id,
      account_id: person.id,
      title: ['Friends', 'News', 'Neighbours'][i % 3],
      is_exclusive: i % 7 === 0,
    })),
  )
  await insertRows(
    tx,
    'list_accounts',
    lists.flatMap(({ id, members }) =>
      members.map((member) => ({ id: newId<RelationId>(), list_id: id, account_id: member.id })),
    ),
  )

  const filters = locals.flatMap((person, i) =>
    random.chance(0.5) ? [{ id: newId<FilterId>(), person, action: i % 4 === 0 ? 'hide' : 'warn' }] : [],
  )
  await insertRows(
    tx,
    'filters',
    filters.map(({ id, person, action }) => ({
      id,
      account_id: person.id,
      title: 'Weather',
      contexts: ['home', 'public', 'notifications'],
      action,
    })),
  )
  await insertRows(
    tx,
    'filter_keywords',
    filters.map(({ id }) => ({ id: newId<RelationId>(), filter_id: id, keyword: 'rain', is_whole_word: true })),
  )

  const pairs = (share: number): [Person, Person][] =>
    locals.flatMap((person) =>
      (follows.get(person) ?? []).flatMap((other): [Person, Person][] =>
        random.chance(share) ? [[person, other]] : [],
      ),
    )
  await insertRows(
    tx,
    'account_notes',
    pairs(0.08).map(([person, other]) => ({
      account_id: person.id,
      target_id: other.id,
      comment: 'Met at the bakery',
    })),
  )
  await insertRows(
    tx,
    'endorsements',
    pairs(0.06).map(([person, other]) => ({ id: newId<RelationId>(), account_id: person.id, target_id: other.id })),
  )
  await tx.execute(sql`
    update accounts set moved_to_id = target.id
    from (select id, row_number() over (order by id) n from accounts where domain is not null and moved_to_id is null) old
    join (select id, row_number() over (order by id) n from accounts where domain is not null and moved_to_id is null) target on target.n = old.n + 1
    where accounts.id = old.id and old.n % 25 = 1`)
}

/** Rows that depend on posts: cards of linked pages, pins, followed and featured hashtags, and conversations. */
export async function insertConsequences(tx: Tx, posts: Post[], locals: Person[]): Promise<void> {
  await insertCards(tx, posts)
  const pinned = locals.flatMap(
    (person) => posts.find((post) => post.author === person && post.visibility === 'public' && !post.parent) ?? [],
  )
  await insertRows(
    tx,
    'pins',
    pinned.map((post) => ({ id: newId<RelationId>(), account_id: post.author.id, status_id: post.id })),
  )
  await insertTagRows(tx, locals)
  const everyone = arrayOf(locals.map(({ id }) => id))
  const { rows } = await tx.execute<{ account_id: string; thread_id: string; last_status_id: string }>(sql`
    select p.account_id, p.thread_id, max(p.id) as last_status_id from (
      select s.account_id, s.thread_id, s.id from statuses s where s.visibility = 'direct'
      union all select m.account_id, s.thread_id, s.id from statuses s join mentions m on m.status_id = s.id where s.visibility = 'direct'
    ) p where p.account_id = any(${everyone}::bigint[]) group by 1, 2`)
  await insertRows(
    tx,
    'conversations',
    rows.map((row) => ({ ...row, id: newId(), is_unread: false })),
  )
}

async function insertCards(tx: Tx, posts: Post[]): Promise<void> {
  const linked = posts.flatMap((post) => {
    const [url] = /https:\/\/[^\s]+?(?=[.,]?(\s|$))/.exec(post.text) ?? []
    return url && !post.hasPicture && !post.quoted ? [{ post, url }] : []
  })
  const urls = [...new Set(linked.map(({ url }) => url))]
  // A demo that is there already has the same pages.
  const { rows: known } = await tx.execute<{ id: CardId; url: string }>(
    sql`select id, url from cards where ${isOneOf(sql`url`, urls)}`,
  )
  const cards = new Map(known.map(({ id, url }) => [url, id]))
  const missing = urls.filter((url) => !cards.has(url))
  for (const url of missing) cards.set(url, newId<CardId>())
  const now = new Date().toISOString()
  await insertRows(
    tx,
    'cards',
    missing.map((url, i) => ({
      id: cards.get(url),
      url,
      title: titleOf(url),
      description: i % 3 === 0 ? '' : 'A page that somebody wrote one evening.',
      provider_name: new URL(url).host,
      author_name: i % 2 === 0 ? 'Juno Reed' : '',
      is_usable: true,
      fetched_at: now,
    })),
  )
  await insertRows(
    tx,
    'status_cards',
    linked.map(({ post, url }) => ({ status_id: post.id, card_id: cards.get(url) })),
  )
}

const titleOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '').replaceAll('-', ' ') || new URL(url).host

async function insertTagRows(tx: Tx, locals: Person[]): Promise<void> {
  const { rows: used } = await tx.execute<{
    account_id: string
    tag_id: string
    name: string
    uses: number
    last: string
    place: number
  }>(sql`
    select * from (
      select s.account_id, st.tag_id, t.display_name as name, count(*)::int as uses, max(s.created_at)::text as last, (row_number() over (partition by s.account_id order by count(*) desc, st.tag_id))::int as place
      from status_tags st join statuses s on s.id = st.status_id join tags t on t.id = st.tag_id
      where s.account_id = any(${arrayOf(locals.map(({ id }) => id))}::bigint[]) and s.visibility in ('public', 'unlisted')
      group by 1, 2, 3
    ) x where place <= 3`)
  await insertRows(
    tx,
    'tag_follows',
    used
      .filter(({ place }) => place === 1)
      .map(({ account_id, tag_id }) => ({ id: newId<RelationId>(), account_id, tag_id })),
  )
  await insertRows(
    tx,
    'featured_tags',
    used
      .filter(({ place }) => place > 1)
      .map(({ account_id, tag_id, name, uses, last }) => ({
        id: newId<Id<'relation'>>(),
        account_id,
        tag_id,
        name,
        statuses_count: uses,
        last_status_at: last,
      })),
  )
}
