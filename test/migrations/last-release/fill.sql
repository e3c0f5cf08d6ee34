-- Rows for the tables that grow, so that what reads or rewrites a whole table takes its time. Ids stay below those of real rows.
insert into accounts (id, username, domain, uri, url, inbox_url, shared_inbox_url)
select n, 'filler' || n, 'filler.test', 'https://filler.test/users/' || n, 'https://filler.test/@' || n, 'https://filler.test/users/' || n || '/inbox', 'https://filler.test/inbox'
from generate_series(1, 1000) n;
insert into account_stats (account_id, statuses_count, last_status_at) select n, 20, now() from generate_series(1, 1000) n;
insert into follows (id, follower_id, target_id, uri)
select 1000 * a + b, a, b, 'https://filler.test/follows/' || a || '/' || b from generate_series(1, 1000) a, generate_series(1, 20) b where a <> b;
insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id, created_at)
select n, n % 1000 + 1, false, 'https://filler.test/statuses/' || n, 'https://filler.test/@filler/' || n, 'public', '<p>' || repeat('Words that fill a post. ', 10) || '</p>', n, now() - n * interval '1 minute'
from generate_series(1, 20000) n;
insert into status_stats (status_id, favourites_count) select n, 1 from generate_series(1, 20000) n;
insert into favourites (id, account_id, status_id) select n, (n + 1) % 1000 + 1, n from generate_series(1, 20000) n;
analyze;
