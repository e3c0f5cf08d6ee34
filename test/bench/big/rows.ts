/** The rows of the big bench's database, as statements that make them. */

export type Sizes = { posts: number; accounts: number; locals: number; jobs: number; origin: string }

/** Numbers of follows of local readers of all kinds, which are made apart from the other accounts. */
export const readers = { few: 8, hundred: 100, thousand: 1_000, many: 5_000 } as const
export type Reader = keyof typeof readers

const dayMs = 86_400_000
/** Posts are spread evenly over this number of days before today. */
const postDays = 400
const accountDays = 1_100
/** The number of the post that began the longest thread. */
const longThread = (posts: number): number => Math.floor((posts * 0.95) / 200) * 200 + 15

/** In the order of creation. */
export function rows({ posts, accounts, locals, jobs, origin }: Sizes): Record<string, string[]> {
  const every = Math.max(1, Math.floor(accounts / locals))
  const domains = Math.max(50, Math.floor(accounts / 50))
  const tags = Math.max(500, Math.floor(posts / 100))
  const cards = Math.max(500, Math.floor(posts / 100))
  const hosts = Math.max(50, Math.floor(domains / 2))
  const activities = Math.max(1_000, Math.floor(posts / 200))
  const now = Date.now()
  const idOf = (days: number, count: number, n: string, low = `(${n})`) =>
    `(((${now - days * dayMs}::bigint + (${n})::bigint * ${days * dayMs}::bigint / ${count}) << 16) | (${low}::bigint & 65535))`
  const timeOf = (id: string) => `to_timestamp((${id} >> 16) / 1000.0)`
  const account = (n: string) => idOf(accountDays, accounts + 1_000, n)
  const post = (n: string) => idOf(postDays, posts + 1, n)
  const isLocal = (n: string) => `((${n}) % ${every} = 0)`
  const domain = (n: string) =>
    `('d' || floor(${domains} * power((${n})::float8 * 0.618033988749 - floor((${n})::float8 * 0.618033988749), 3))::int || '.example')`
  const accountUri = (n: string) =>
    `case when ${isLocal(n)} then '${origin}/ap/accounts/' || ${account(n)} else 'https://' || ${domain(n)} || '/users/u' || (${n}) end`
  const postUri = (n: string, author: string) =>
    `case when ${isLocal(author)} then '${origin}/ap/statuses/' || ${post(n)} else 'https://' || ${domain(author)} || '/users/u' || (${author}) || '/statuses/' || ${post(n)} end`
  /** Popular accounts far more often. */
  const someone = `floor(${accounts} * power(random(), 2.5))::int + 1`
  const somebodyHere = `(floor(${locals} * power(random(), 2))::int + 1) * ${every}`
  /** Originals stand at the end of each twenty. */
  const originalBefore = (n: string, reach: number) =>
    `greatest(15, (${n} - 20 - floor(${reach} * power(random(), 3))::int) / 20 * 20 + 15)`
  const reader = (index: number) => (locals - 10 - index) * every

  return {
    accounts: [
      `insert into accounts (id, username, domain, uri, url, display_name, note, avatar_remote_url, inbox_url, shared_inbox_url, outbox_url, followers_url, following_url, created_at, updated_at, fetched_at, is_discoverable)
      select ${account('n')}, 'u' || n, case when not ${isLocal('n')} then ${domain('n')} end, ${accountUri('n')}, case when ${isLocal('n')} then '${origin}/@u' || n else 'https://' || ${domain('n')} || '/@u' || n end,
        'Person ' || n, '<p>' || s.content || '</p>', case when not ${isLocal('n')} then 'https://' || ${domain('n')} || '/avatars/' || n || '.png' end,
        ${accountUri('n')} || '/inbox', case when ${isLocal('n')} then '${origin}/ap/inbox' else 'https://' || ${domain('n')} || '/inbox' end,
        ${accountUri('n')} || '/outbox', ${accountUri('n')} || '/followers', ${accountUri('n')} || '/following',
        ${timeOf(account('n'))}, ${timeOf(account('n'))}, case when not ${isLocal('n')} then now() end, n % 3 <> 0
      from generate_series(1, ${accounts}) n join bench.sentences s on s.k = n % 5000`,
      // Unconfirmed sign-ups: half of them can be cleaned up, the others can be rejected.
      `insert into accounts (id, username, uri, url, inbox_url)
      select ${account('n')}, 'new' || n, '${origin}/ap/accounts/' || ${account('n')}, '${origin}/@new' || n, '${origin}/ap/accounts/' || ${account('n')} || '/inbox' from generate_series(${accounts + 1}, ${accounts + 100}) n`,
      `insert into users (account_id, email, password_hash, confirmed_at, approved_at, mails_mentions, created_at)
      select id, username || '@people.example', 'none', case when username not like 'new%' then created_at end, case when username not like 'new%' then created_at end, false,
        case when username like 'new%' then now() - id % 2 * interval '10 days' else created_at end from accounts where domain is null`,
    ],
    follows: [
      `create unlogged table bench.follows as
      select distinct follower, target from (
        select n * ${every} as follower, ${someone} as target from generate_series(1, ${locals}) n, lateral generate_series(1, floor(power(10, 0.7 + 2 * mod(n * 0.7548776662, 1.0)))::int) where (n * ${every}) not in (${Object.keys(
          readers,
        )
          .map((_, i) => reader(i))
          .join(', ')})
        union all select floor(${accounts} * random())::int + 1, ${somebodyHere} from generate_series(1, ${accounts})
        ${Object.values(readers)
          .map(
            (count, i) =>
              `union all select ${reader(i)}, ${count < 50 ? `floor(${accounts} * (0.2 + 0.8 * random()))::int + 1` : `floor(${accounts} * power(random(), 2))::int + 1`} from generate_series(1, ${count})`,
          )
          .join(' ')}
      ) f where follower <> target`,
      `insert into follows (id, follower_id, target_id, uri, created_at)
      select id, ${account('follower')}, ${account('target')}, case when ${isLocal('follower')} then '${origin}/ap/follows/' || id else 'https://' || ${domain('follower')} || '/follows/' || id end, ${timeOf('id')}
      from (select *, ${idOf(365, 10_000_000, 'mod(k * 7919, 10000000)', 'k')} as id from (select *, row_number() over () as k from bench.follows) f) f`,
      `create table bench.readers as select * from (values ${Object.keys(readers)
        .map((name, i) => `('${name}', ${account(String(reader(i)))})`)
        .join(', ')}) r(name, id)`,
    ],
    // kind: 0 an original, 1 a reply, 2 a boost; `other`: the root of its thread, or the boosted post.
    'posts by number': [
      `create unlogged table bench.posts as
      select n, case when random() < 0.08 then ${somebodyHere} else ${someone} end as author,
        case when n < 1000 or n % 20 >= 12 then 0 when n % 20 < 5 then 2 else 1 end as kind,
        case when n >= 1000 and n % 20 < 5 then case when random() < 0.5 then ${originalBefore('n', 30_000)} / 1000 * 1000 + 15 else ${originalBefore('n', 30_000)} + floor(5 * random())::int end
          when n >= 1000 and n % 20 < 12 then case when n > ${longThread(posts)} and random() < ${Math.min(1, 3_000 / (posts * 0.05 * 0.35))} then ${longThread(posts)} when random() < 0.6 then ${originalBefore('n', 3_000)} / 200 * 200 + 15 else ${originalBefore('n', 3_000)} end end as other,
        case when n % 20 >= 15 or n % 20 < 5 or n < 1000 then 0 else (array[0,0,0,0,0,0,0,0,1,1,1,2,2,3])[floor(random() * 14)::int + 1] end as visibility,
        random() as chance
      from generate_series(1, ${posts}) n`,
      `delete from bench.posts p using (select n, row_number() over (partition by author, other order by n) as nth from bench.posts where kind = 2) d where d.n = p.n and d.nth > 1`,
      `update bench.posts set kind = 0, other = null where kind > 0 and other >= n`,
      // Half of the replies answer the reply before, the others the root of the thread.
      `create unlogged table bench.parents as
      select r.n, p.n as parent, p.author from (
        select n, case when chance < 0.5 then coalesce(lag(n) over (partition by other order by n), other) else other end as parent from bench.posts where kind = 1) r
      join bench.posts p on p.n = r.parent`,
      'analyze bench.posts',
      'analyze bench.parents',
    ],
    statuses: [
      `insert into statuses (id, account_id, is_local, uri, url, visibility, content, language, has_media, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri, thread_id, reblog_of_id, quote_automatic, created_at, received_at, deleted_at)
      select ${post('p.n')}, ${account('p.author')}, ${isLocal('p.author')}, ${postUri('p.n', 'p.author')}, ${postUri('p.n', 'p.author')}, (array['public', 'unlisted', 'private', 'direct'])[p.visibility + 1],
        case when p.kind = 2 then '' else '<p>' || a.content || '. ' || b.content || '</p>' end, case when p.kind < 2 then 'en' end, p.kind = 0 and p.n % 20 in (16, 17),
        case when p.kind = 1 then ${post('r.parent')} end, case when p.kind = 1 then ${account('r.author')} end, case when p.kind = 1 then ${postUri('r.parent', 'r.author')} end,
        ${post('case when p.kind = 1 then p.other else p.n end')}, case when p.kind = 2 then ${post('p.other')} end, case when ${isLocal('p.author')} and p.kind < 2 then array['public'] else '{}' end,
        ${timeOf(post('p.n'))}, ${timeOf(post('p.n'))}, case when p.n % 50 in (23, 31) and p.n > ${Math.floor(posts * (1 - 40 / postDays))} then ${timeOf(post('p.n'))} + interval '1 hour' end
      from bench.posts p left join bench.parents r on r.n = p.n
      join bench.sentences a on a.k = (p.n::bigint * 48271 % 4999) join bench.sentences b on b.k = (p.n::bigint * 69621 % 4993)
      order by p.n`,
      `update statuses set content = '' where deleted_at is not null`,
      'drop table bench.parents',
    ],
    search: [
      `insert into status_search (status_id, document)
      select ${post('p.n')}, a.document || b.document || array_to_tsvector(array['=from:' || ${account('p.author')}, '=language:en']
        || case when p.kind = 1 then array['=reply'] else '{}'::text[] end || case when p.kind = 0 and p.n % 20 in (16, 17) then array['=media', '=image'] else '{}' end)
      from bench.posts p join bench.sentences a on a.k = (p.n::bigint * 48271 % 4999) join bench.sentences b on b.k = (p.n::bigint * 69621 % 4993)
      where p.kind < 2 order by p.n`,
    ],
    mentions: [
      `insert into mentions (status_id, account_id)
      select id, in_reply_to_account_id from statuses where in_reply_to_account_id is not null and in_reply_to_account_id <> account_id
      union select ${post('n')}, ${account('target')} from (select n, author, ${somebodyHere} as target from bench.posts where visibility = 3 or (kind = 0 and n % 20 = 14 and chance < 0.2)) m where author <> target`,
      `insert into conversations (id, account_id, thread_id, last_status_id)
      select row_number() over (order by max(m.status_id)), m.account_id, s.thread_id, max(m.status_id) from mentions m join statuses s on s.id = m.status_id join users u on u.account_id = m.account_id where s.visibility = 'direct' and s.deleted_at is null group by m.account_id, s.thread_id`,
    ],
    'media, polls, cards, tags': [
      `insert into media (id, account_id, status_id, position, kind, media_type, remote_url, file, description, width, height, blurhash, created_at)
      select id, account_id, id, 0, 'image', 'image/webp', case when not is_local then uri || '/1.webp' end, case when is_local then 'a' || id || '.webp' end, 'A picture', 1200, 800, 'LEHV6nWB2yk8pyo0adR*.7kCMdnj', created_at from statuses where has_media`,
      `insert into polls (status_id, expires_at, kind, voters_count) select ${post('n')}, ${timeOf(post('n'))} + interval '1 day', 'single', 10 from bench.posts where kind = 0 and n % 200 = 19`,
      `insert into poll_options (status_id, position, title, votes_count) select status_id, o, 'Option ' || o, 5 from polls, generate_series(0, 2) o`,
      `insert into poll_votes (status_id, account_id, position) select ${post('n')}, ${account('voter')}, 0 from (select distinct n, ${somebodyHere} as voter from bench.posts, generate_series(1, 3) where kind = 0 and n % 200 = 19) v`,
      `insert into cards (id, url, title, description, image_file, fetched_at, is_usable, created_at) select ${idOf(postDays, cards, 'n')}, 'https://pages.example/' || n, 'Page ' || n, 'What it says', 'c' || n || '.webp', now() - interval '3 days', true, now() - interval '3 days' from generate_series(1, ${cards}) n`,
      `insert into status_cards (status_id, card_id) select ${post('n')}, ${idOf(postDays, cards, 'card')} from (select n, floor(${cards - 1} * power(random(), 2))::int + 1 as card from bench.posts where kind = 0 and n % 20 = 18) c`,
      `insert into tags (id, name, display_name) select ${idOf(postDays, tags, 'n')}, 'tag' || n, 'Tag' || n from generate_series(1, ${tags}) n`,
      `insert into status_tags (status_id, tag_id) select distinct ${post('n')}, ${idOf(postDays, tags, 'tag')} from (select n, floor(${tags - 1} * power(random(), 4))::int + 1 as tag from bench.posts, generate_series(1, 2) where kind = 0 and n % 20 >= 17) t`,
      `insert into quotes (id, status_id, account_id, quoted_status_id, quoted_account_id, quoted_uri, state)
      select q.id, q.id, q.account_id, o.id, o.account_id, o.uri, 'accepted' from (select ${post('n')} as status_id, ${post('n / 200 * 200 - 185')} as quoted from bench.posts where kind = 0 and n % 200 = 39 and n > 1000) x
      join statuses q on q.id = x.status_id join statuses o on o.id = x.quoted`,
      `insert into status_edits (id, status_id, content, created_at) select id, id, content, created_at from statuses where reblog_of_id is null and id % 200 = 16`,
    ],
    favourites: [
      `insert into favourites (id, account_id, status_id, uri, created_at)
      select ${idOf(postDays, Math.floor(posts * 0.4) + 1, 'k')}, ${account('who')}, ${post('n')}, case when not ${isLocal('who')} then 'https://' || ${domain('who')} || '/likes/' || k end, ${timeOf(idOf(postDays, Math.floor(posts * 0.4) + 1, 'k'))}
      from (select row_number() over (order by n) as k, who, n from (
        select distinct case when random() < 0.6 then ${somebodyHere} else ${someone} end as who, case when random() < 0.6 then n / 200 * 200 + 15 else n / 20 * 20 + 15 end as n
        from (select 1000 + floor(${posts - 2_000} * random())::int as n from generate_series(1, ${Math.floor(posts * 0.4)})) f) f) f`,
      `insert into bookmarks (id, account_id, status_id) select ${idOf(postDays, Math.floor(posts / 50) + 1, 'k')}, ${account('who')}, ${post('n')}
      from (select row_number() over (order by n) as k, who, n from (select distinct ${somebodyHere} as who, (1000 + floor(${posts - 2_000} * random())::int) / 20 * 20 + 15 as n from generate_series(1, ${Math.floor(posts / 50)})) b) b`,
    ],
    notifications: [
      `create unlogged table bench.notices as
      select m.account_id, 'mention' as type, s.account_id as from_id, s.id as status_id, null as group_key, s.created_at from mentions m join users u using (account_id) join statuses s on s.id = m.status_id and s.account_id <> m.account_id and s.deleted_at is null
      union all select s.account_id, 'favourite', f.account_id, s.id, 'favourite-' || s.id, f.created_at from favourites f join statuses s on s.id = f.status_id and s.is_local and s.account_id <> f.account_id
      union all select s.account_id, 'reblog', b.account_id, s.id, 'reblog-' || s.id, b.created_at from statuses b join statuses s on s.id = b.reblog_of_id and s.is_local and s.account_id <> b.account_id where b.deleted_at is null
      union all select f.target_id, 'follow', f.follower_id, null, 'follow', f.created_at from follows f join users u on u.account_id = f.target_id`,
      `insert into notifications (account_id, type, from_account_id, status_id, group_key, created_at) select * from bench.notices order by created_at`,
      'drop table bench.notices',
    ],
    counters: [
      `insert into status_stats (status_id, replies_count, reblogs_count, favourites_count)
      select s.id, coalesce(r.n, 0), coalesce(b.n, 0), coalesce(f.n, 0) from statuses s
      left join (select in_reply_to_id as id, count(*) as n from statuses where visibility in ('public', 'unlisted') and deleted_at is null group by 1) r on r.id = s.id
      left join (select reblog_of_id as id, count(*) as n from statuses where deleted_at is null group by 1) b on b.id = s.id
      left join (select status_id as id, count(*) as n from favourites group by 1) f on f.id = s.id order by s.id`,
      `insert into account_stats (account_id, statuses_count, followers_count, following_count, last_status_at)
      select a.id, coalesce(s.n, 0), coalesce(t.n, 0), coalesce(f.n, 0), s.last from accounts a
      left join (select account_id as id, count(*) as n, max(created_at) as last from statuses where visibility in ('public', 'unlisted') and deleted_at is null group by 1) s on s.id = a.id
      left join (select target_id as id, count(*) as n from follows group by 1) t on t.id = a.id
      left join (select follower_id as id, count(*) as n from follows group by 1) f on f.id = a.id order by a.id`,
    ],
    federation: [
      `insert into activities (id, uri, account_id, type, body, created_at)
      select id, '${origin}/ap/creates/' || id, ${account(`(mod(n * 31, ${locals}) + 1) * ${every}`)}, 'Create', repeat('{"type":"Create"}', 90), ${timeOf('id')} from (select n, ${idOf(25, activities + 1, 'n')} as id from generate_series(1, ${activities}) n) a`,
      // Of each twenty servers one is down.
      `insert into deliveries (activity_id, inbox_url, host, attempts, next_try_at, created_at)
      select a.id, 'https://d' || h || '.example/inbox', 'd' || h || '.example', 1, a.created_at, a.created_at
      from (select distinct a.id, a.created_at, floor(${hosts} * power(random(), 2))::int as h from activities a, generate_series(1, 25) where a.created_at > now() - interval '3 days') a where h % 20 = 19`,
      `insert into inboxes (url, host) select 'https://d' || h || '.example/inbox', 'd' || h || '.example' from generate_series(0, ${hosts - 1}) h order by h`,
      `insert into delivery_outcomes (status_id, finished_at, error, inbox_ids)
      select s.id, s.created_at + part * interval '0.1 seconds', case when part = 0 then 'The server was down for days' end, reached.ids from statuses s, generate_series(0, 3) part,
        lateral (select array_agg(distinct floor(${hosts} * power(random(), 2))::int / 20 * 20 + case when part = 0 then 20 else part * 6 - n % 6 end) as ids from generate_series(1, case when part = 0 then 1 else 8 end) n where s.id > 0) reached
      where s.is_local and s.deleted_at is null`,
      `insert into delivery_days (day, backend, delivered, failed) select current_date - d, backend, 5000, 10 from generate_series(0, 14) d, generate_series(1, 10) backend`,
      `insert into hosts (host, failures, last_success_at, next_try_at, is_slow) select 'd' || h || '.example', case when h % 20 = 19 then 5 else 0 end, now(), case when h % 20 = 19 then now() + interval '1 hour' end, h % 20 = 19 from generate_series(0, ${hosts - 1}) h`,
      `insert into received_activities (key, received_at) select md5('https://d' || n % ${domains} || '.example/users/u' || n || '/statuses/' || n || '/activity')::uuid, now() - n * interval '31 days' / ${Math.floor(posts / 20)} from generate_series(1, ${Math.floor(posts / 20)}) n`,
      `insert into tombstones (uri, created_at) select 'https://d' || n % ${domains} || '.example/statuses/' || n, now() - n * interval '8 days' / ${Math.floor(posts / 100)} from generate_series(1, ${Math.floor(posts / 100)}) n`,
      `insert into documents (uri, fingerprint, body, envelope, etag, made_at) select uri, 'f', repeat('{"type":"Note"}', 60), repeat('{"type":"Create"}', 20), 'e', now() - random() * interval '31 days' from statuses where is_local and reblog_of_id is null and deleted_at is null and created_at > now() - interval '60 days'`,
      `insert into remote_files (url, kind, file, small_file, bytes, fetched_at, used_at) select 'https://files.example/' || n, 'image', 'r' || n || '.webp', 's' || n || '.webp', 80000, now() - n * interval '29 days' / ${Math.floor(posts / 20)}, now() - n * interval '29 days' / ${Math.floor(posts / 20)} from generate_series(1, ${Math.floor(posts / 20)}) n`,
      `insert into kv (key, value, expires_at) select 'key' || n, '{}', now() + interval '1 day' - n * interval '1 second' from generate_series(1, 100000) n`,
    ],
    days: [
      `insert into active_days (day, account_id) select current_date - d, account_id from users, generate_series(0, 205) d where confirmed_at is not null and random() < 0.3`,
      `insert into daily_stats select current_date - d, 1, 100, 1000, 400, 300, 1000, 500, 20000, 50000, 100, current_date - d + interval '25 hours' from generate_series(2, ${accountDays}) d`,
      `insert into reports (id, account_id, target_id) select ${idOf(365, 1_001, 'n')}, ${account(`n * ${every} % ${accounts} + ${every}`)}, ${account('n + 1')} from generate_series(1, 1000) n where (n * ${every}) % ${accounts} + ${every} <> n + 1`,
    ],
    'belongings of readers': [
      `insert into lists (id, account_id, title) select id + 1, id, 'Friends' from bench.readers`,
      `insert into list_accounts (id, list_id, account_id) select r.id + 1000 + row_number() over (), r.id + 1, f.target_id from bench.readers r, lateral (select target_id from follows where follower_id = r.id order by id limit 200) f`,
      `insert into filters (id, account_id, title, contexts) select id + 2, id, 'Filter', '{home,public,thread,notifications}' from bench.readers`,
      `insert into filter_keywords (id, filter_id, keyword) select id + 10 + k, id + 2, 'word' || k from bench.readers, generate_series(1, 20) k`,
      `insert into tag_follows (id, account_id, tag_id) select r.id + 50 + t, r.id, ${idOf(postDays, tags, 't * 50')} from bench.readers r, generate_series(1, 5) t where r.name in ('thousand', 'many')`,
    ],
    queue: [
      `insert into graphile_worker._private_tasks (identifier) values ('inbox') on conflict do nothing`,
      // Due in a year, so that a worker on this data leaves them alone.
      `insert into graphile_worker._private_jobs (task_id, payload, run_at) select t.id, '{"raw": "none"}', now() + interval '1 year' from graphile_worker._private_tasks t, generate_series(1, ${jobs}) where t.identifier = 'inbox'`,
      'analyze graphile_worker._private_jobs',
    ],
    'helpers away': ['drop table bench.follows', 'drop table bench.posts'],
  }
}
