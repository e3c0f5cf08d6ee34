import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { reachOf } from '#src/outgoing/reach.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function logged(t: TestDatabase, name: string) {
  const me = visitor(pages(t.app))
  await me.logIn(name, password)
  return me
}

test('a reader learns by which of their own choices a post reaches them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const carol = await localAccount(t, 'carol')
  await makeFollow(t, alice, bob)
  await makeFollow(t, alice, carol)
  const id = await status(t, bob, { text: 'Hello #Meadow @alice' })
  await t.db.transaction(async (tx) => {
    await reblog(tx, t.app.uris, carol, id)
    await followTag(tx, alice, { name: 'meadow', displayName: 'Meadow' })
  })
  const me = await logged(t, 'alice')
  const { html } = await me.get(`/statuses/${id}/why`)
  for (const part of ['You follow <a href="/@bob"', '<a href="/@carol"', 'It mentions you.', '#Meadow', 'It is public'])
    expect(html).toContain(part)
  const stranger = await logged(t, 'carol')
  const other = (await stranger.get(`/statuses/${id}/why`)).html
  expect(other).not.toContain('You follow')
  expect(other).not.toContain('mentions you')
})

test('a reader learns that a post, its hashtag or its link trends, and that its author is suggested', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  await t.db.execute(sql`update accounts set is_discoverable = true where id = ${bob}`)
  await t.db.execute(sql`update account_stats set followers_count = 50 where account_id = ${bob}`)
  const id = await status(t, bob, { text: 'Look at #Meadow https://news.test/meadow' })
  const me = await logged(t, 'alice')
  const before = (await me.get(`/statuses/${id}/why`)).html
  expect(before).not.toContain('that trend</a>')
  await t.db.execute(sql`insert into trending_statuses (status_id, score, is_allowed) values (${id}, 1, true)`)
  await t.db.execute(
    sql`insert into trending_tags (tag_id, score, is_allowed) select id, 1, true from tags where name = 'meadow'`,
  )
  await t.db.execute(sql`update cards set title = 'All about meadows'`)
  await t.db.execute(
    sql`insert into status_cards (status_id, card_id) select ${id}::bigint, id from cards on conflict do nothing`,
  )
  await t.db.execute(sql`insert into trending_cards (card_id, score, is_allowed) select id, 1, true from cards`)
  const { html } = await me.get(`/statuses/${id}/why`)
  for (const part of [
    'posts that trend',
    'hashtags that trend',
    'links that trend',
    'All about meadows',
    'suggests to you',
  ])
    expect(html).toContain(part)
  // What moderators hold back is no trend.
  await t.db.execute(sql`update trending_statuses set is_allowed = false`)
  expect((await me.get(`/statuses/${id}/why`)).html).not.toContain('posts that trend')
})

test('nobody learns by it of a post that they may not see', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const id = await status(t, bob, { visibility: 'direct' })
  const me = await logged(t, 'alice')
  for (const path of ['why', 'delivery', 'boost', 'translation'])
    expect([path, (await me.get(`/statuses/${id}/${path}`)).status]).toEqual([path, 404])
  expect((await visitor(pages(t.app)).get(`/statuses/${id}/why`)).location).toMatch(/^\/login/)
})

/** Stores an activity of a status with deliveries in the states that servers leave them in. */
async function send(t: TestDatabase, id: StatusId): Promise<void> {
  await t.db.execute(sql`insert into hosts (host, failures, next_try_at, last_error, stopped_at) values
    ('waits.test', 2, now() + interval '1 hour', 'No answer', null), ('stopped.test', 0, null, null, now())`)
  await t.db.execute(
    sql`insert into activities (id, uri, type, body, status_id) values (1, 'https://pipit.test/a/1', 'Create', '{}', ${id})`,
  )
  await t.db.execute(sql`insert into deliveries (activity_id, inbox_url, host, next_try_at) values
    (1, 'https://waits.test/inbox', 'waits.test', now()), (1, 'https://stopped.test/inbox', 'stopped.test', now())`)
  await t.db.execute(sql`insert into inboxes (url, host) values
    ('https://got.test/a', 'got.test'), ('https://got.test/b', 'got.test'), ('https://no.test/inbox', 'no.test'), ('https://gone.test/inbox', 'gone.test')`)
  const outcome = (error: string | null, ...urls: string[]) =>
    t.db.execute(
      sql`insert into delivery_outcomes (status_id, error, inbox_ids) select ${id}, ${error}, array_agg(id) from inboxes where url in ${urls}`,
    )
  await outcome(null, 'https://got.test/a')
  await outcome('Answered with status 404', 'https://got.test/b')
  await outcome('Answered with status 403', 'https://no.test/inbox')
  await outcome('Answered with status 410', 'https://gone.test/inbox')
}

test('an author sees which servers got a post, which wait, which refused and which are gone', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  await localAccount(t, 'bob')
  const id = await status(t, alice)
  await send(t, id)
  const reach = await reachOf(t.db, id, { offset: 0, limit: 10 })
  expect(reach.counts).toEqual({ delivered: 1, waiting: 2, refused: 1, gone: 1 })
  expect(reach.servers.map(({ host, state }) => `${host} ${state}`)).toEqual([
    'gone.test gone',
    'no.test refused',
    'stopped.test waiting',
    'waits.test waiting',
    'got.test delivered',
  ])
  const { html } = await (await logged(t, 'alice')).get(`/statuses/${id}/delivery`)
  expect(html).toContain('Answered with status 403')
  expect(html).toMatch(/waits\.test.*Next try/s)
  expect(html).toMatch(/stopped\.test.*stopped sending/s)
  expect((await (await logged(t, 'bob')).get(`/statuses/${id}/delivery`)).status).toBe(404)
})

test('a boost goes to followers only, if its author chooses so, and to nobody by a choice that there is not', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const id = await status(t, bob)
  const me = await logged(t, 'alice')
  expect((await me.get(`/statuses/${id}/boost`)).html).toContain('Followers only')
  expect((await me.post(`/statuses/${id}/boost`, { audience: 'direct' })).status).toBe(400)
  const boosts = () =>
    t.db.execute<{ visibility: string }>(sql`select visibility from statuses where reblog_of_id = ${id}`)
  expect((await boosts()).rows).toEqual([])
  expect((await me.post(`/statuses/${id}/boost`, { audience: 'private' })).location).toBe(`/@bob/${id}#post-${id}`)
  expect((await boosts()).rows).toEqual([{ visibility: 'private' }])
})

test('a post leads to the people who favourited and boosted it, as far as the reader may see them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const rita = await remoteAccount(t, 'rita')
  const id = await status(t, alice)
  await t.db.transaction(async (tx) => {
    await favourite(tx, bob, id)
    await favourite(tx, rita, id, { uri: 'https://remote.test/likes/1' })
    await reblog(tx, t.app.uris, bob, id, { visibility: 'private' })
  })
  const someone = visitor(pages(t.app))
  const { html } = await someone.get(`/@alice/${id}`)
  expect(html).toContain(`href="/@alice/${id}/favourites"`)
  const favourites = (await someone.get(`/@alice/${id}/favourites`)).html
  expect(favourites).toContain('href="/@bob"')
  expect(favourites).toContain('href="/@rita@remote.test"')
  expect((await someone.get(`/@alice/${id}/boosts`)).html).toContain('Nobody whom you may see')
  expect((await (await logged(t, 'bob')).get(`/@alice/${id}/boosts`)).html).toContain('href="/@bob"')
  const quote = await status(t, bob, { quotedStatusId: id })
  expect((await (await logged(t, 'bob')).get(`/@alice/${id}/quotes`)).html).toContain(`id="post-${quote}"`)
  expect((await someone.get(`/@alice/${id}/quotes`)).html).toContain('people who are logged in')
})

test('a poll shows its results to somebody who has not voted, and an empty vote says so', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const id = await status(t, bob, {
    text: 'Which?',
    poll: { options: ['One', 'Two'], expiresInSeconds: 3600, isMultiple: true, hidesTotals: false },
  })
  const me = await logged(t, 'alice')
  const { html } = await me.get(`/@bob/${id}`)
  expect(html).toMatch(/<details class="poll-peek"><summary>Results<\/summary><ul class="poll-results">/)
  const refused = await me.post(`/statuses/${id}/vote`, {})
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(/choose|option/i)
})
