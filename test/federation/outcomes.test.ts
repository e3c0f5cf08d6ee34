/** The records of ended deliveries, and their uses. */
import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { countDay, loadDay } from '#src/instance/stats.ts'
import { emit } from '#src/outbox/emit.ts'
import { resumeHost, stopHost } from '#src/outgoing/hosts.ts'
import { connect } from '#src/platform/db/index.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { dayOf } from '#src/platform/time.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { deliver } from '../../federation/outgoing/deliver.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../cast.ts'
import type { TestDatabase } from '../database.ts'
import { makeDue } from '../jobs/run.ts'
import { type Peer, peer } from './peer.ts'
import { type Scene, scene } from './setup.ts'

type Sent = { type: string; object: { content?: string } }

/** Alice, with a follower on each of these servers. */
async function followedFrom(s: Scene, servers: Peer[]): Promise<AccountId> {
  const alice = await localAccount(s.t, 'alice')
  for (const server of servers)
    await makeFollow(s.t, (await s.t.app.remote.url(server.actor('bob').uri))!.id as AccountId, alice)
  await s.work()
  for (const server of servers) server.posted.length = 0
  return alice
}

const types = (server: Peer) => server.posted.map(({ body }) => (JSON.parse(body) as Sent).type)
const nobodyFollows = (t: TestDatabase) => t.db.execute(sql`delete from follows`)
const end = (t: TestDatabase, who: AccountId, what: StatusId) => t.db.transaction((tx) => deleteStatus(tx, who, what))
const waiting = async (t: TestDatabase) => (await t.db.execute(sql`select from deliveries`)).rows.length

/** Servers that a status went to, and why it was given up for some. */
async function reached(t: TestDatabase, id: StatusId): Promise<{ host: string; error: string | null }[]> {
  const { rows } = await t.db.execute<{ host: string; error: string | null }>(sql`
    select i.host, o.error from delivery_outcomes o, unnest(o.inbox_ids) as reached(id) join inboxes i on i.id = reached.id where o.status_id = ${id} order by i.host, o.finished_at`)
  return rows
}
const hosts = (...servers: Peer[]) =>
  servers.map(({ host }) => ({ host, error: null })).toSorted((a, b) => (a.host < b.host ? -1 : 1))

/** Lets everything be due again, as if time had passed. */
async function later(s: Scene): Promise<void> {
  await s.t.db.execute(sql`update deliveries set next_try_at = now()`)
  await s.t.db.execute(sql`update hosts set next_try_at = now()`)
  await makeDue(s.t)
  await s.work()
}

test('a delivered post keeps a few bytes for each server, and no delivery', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followedFrom(s, [s.peer, other])
  const post = await status(s.t, alice)
  await s.work()
  expect(await waiting(s.t)).toBe(0)
  expect(await reached(s.t, post)).toEqual(hosts(s.peer, other))
  const {
    rows: [size],
  } = await s.t.db.execute<{ bytes: number }>(
    sql`select sum(pg_column_size(o))::int as bytes from delivery_outcomes o where status_id = ${post}`,
  )
  // A row for both, or one for each where they did not answer in the same moment.
  expect(size!.bytes).toBeLessThanOrEqual(2 * 80)
})

test('edits and the Delete of a post go to every server that has it, also without followers there', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followedFrom(s, [s.peer, other])
  const post = await status(s.t, alice, { text: 'Hello' })
  await s.work()
  await nobodyFollows(s.t)
  await editStatus(s.t.app, alice, post, { text: 'Hello again' })
  await s.work()
  await end(s.t, alice, post)
  await s.work()
  for (const server of [s.peer, other]) expect(types(server)).toEqual(['Create', 'Update', 'Delete'])
})

test('an edit of a followers-only post does not go to servers without followers, but its Delete does', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  const post = await status(s.t, alice, { text: 'For you', visibility: 'private' })
  await s.work()
  await nobodyFollows(s.t)
  await editStatus(s.t.app, alice, post, { text: 'No longer for you' })
  await s.work()
  expect(types(s.peer)).toEqual(['Create'])
  await end(s.t, alice, post)
  await s.work()
  expect(types(s.peer)).toEqual(['Create', 'Delete'])
})

test('the Undo of a boost goes to every server that has the boost', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  const theirs = await remoteStatus(s.t, await remoteAccount(s.t, 'ann', 'ann.example'))
  await s.t.db.transaction((tx) => reblog(tx, s.t.app.uris, alice, theirs))
  await s.work()
  await nobodyFollows(s.t)
  await s.t.db.transaction((tx) => unreblog(tx, alice, theirs))
  await s.work()
  expect(types(s.peer)).toEqual(['Announce', 'Undo'])
})

test('the Delete of an account goes to every server that has a post of it', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  await localAccount(s.t, 'olga', { role: 'owner' })
  await status(s.t, alice)
  await s.work()
  await nobodyFollows(s.t)
  await s.t.db.transaction((tx) => deleteAccount(tx, alice))
  await vi.waitFor(async () => {
    await s.work()
    expect(types(s.peer)).toEqual(['Create', 'Delete'])
  })
})

test('a server that is down gets both the waiting post and its Delete', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  s.peer.answer = () => ({ status: 503 })
  const post = await status(s.t, alice)
  await s.work()
  await nobodyFollows(s.t)
  await end(s.t, alice, post)
  await s.work()
  s.peer.posted.length = 0
  s.peer.answer = () => ({ status: 202 })
  await later(s)
  expect(types(s.peer)).toEqual(['Create', 'Delete'])
})

test('an inbox that is gone gets no Delete of its posts', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  const post = await status(s.t, alice)
  await s.work()
  s.peer.answer = () => ({ status: 410 })
  await status(s.t, alice)
  await s.work()
  await end(s.t, alice, post)
  await s.work()
  expect(types(s.peer)).toEqual(['Create', 'Create'])
})

test('edits add no outcome for servers that have the post, but for servers that got only the edit', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followedFrom(s, [s.peer, other])
  other.answer = () => ({ status: 410 })
  const post = await status(s.t, alice, { text: '0' })
  await s.work()
  expect(await reached(s.t, post)).toEqual(
    expect.arrayContaining([
      { host: s.peer.host, error: null },
      { host: other.host, error: 'Answered with status 410' },
    ]),
  )
  await s.t.db.execute(sql`update accounts set inbox_gone_at = null, inbox_missing_at = null`)
  other.answer = () => ({ status: 202 })
  for (const text of ['1', '2', '3']) {
    await editStatus(s.t.app, alice, post, { text })
    await s.work()
  }
  expect(types(other)).toEqual(['Create', 'Update', 'Update', 'Update'])
  const known = await reached(s.t, post)
  expect(known.filter(({ host }) => host === s.peer.host)).toEqual(hosts(s.peer))
  expect(known.filter(({ host }) => host === other.host).map(({ error }) => error)).toEqual([
    'Answered with status 410',
    null,
  ])
})

test('ended deliveries are counted on their day, with each outcome', async () => {
  await using s = await scene()
  await using other = await peer()
  const alice = await followedFrom(s, [s.peer, other])
  await s.t.db.execute(sql`delete from delivery_days`)
  other.answer = () => ({ status: 404 })
  await status(s.t, alice)
  await s.t.db.transaction((tx) => emit(tx, { type: 'account.updated', accountId: alice }))
  await s.work()
  const day = dayOf(new Date())
  await s.t.db.transaction((tx) => countDay(tx, day))
  expect(await loadDay(s.t.db, day)).toMatchObject({ deliveries: 2, failedDeliveries: 2 })
})

test('concurrent workers neither lose nor duplicate outcomes', async () => {
  await using s = await scene()
  await using closing = new AsyncDisposableStack()
  const servers = [s.peer]
  for (let i = 0; i < 5; i++) servers.push(closing.use(await peer()))
  const alice = await followedFrom(s, servers)
  await s.t.db.execute(sql`delete from delivery_days`)
  for (const server of servers) server.answer = () => ({ status: 503 })
  const posts: StatusId[] = []
  for (let i = 0; i < 30; i++) posts.push(await status(s.t, alice, { text: String(i) }))
  await s.work()
  for (const server of servers) server.answer = () => ({ status: 202 })
  await s.t.db.execute(sql`update hosts set next_try_at = now(), is_slow = false`)
  const workers = [1, 2, 3].map(() => connect(s.t.url, 3))
  for (const db of workers) closing.defer(() => db.$client.end())
  await Promise.all(workers.map((db) => deliver({ ...s.t.app, db })))
  expect(await waiting(s.t)).toBe(0)
  for (const post of posts) expect(await reached(s.t, post)).toEqual(hosts(...servers))
  expect(
    (await s.t.db.execute(sql`select sum(delivered)::int as delivered, sum(failed)::int as failed from delivery_days`))
      .rows,
  ).toEqual([{ delivered: 30 * 6, failed: 0 }])
})

test('a post that a server kept refusing does not arrive after its deletion', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  s.peer.answer = ({ body }) => ({ status: body.includes('"Create"') ? 500 : 202 })
  const post = await status(s.t, alice, { text: 'A mistake' })
  await s.work()
  for (let i = 0; i < 3; i++) await later(s)
  expect(await waiting(s.t)).toBe(1)
  await end(s.t, alice, post)
  await s.work()
  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await later(s)
  expect(types(s.peer)).not.toContain('Create')
  expect(await waiting(s.t)).toBe(0)
  expect(await reached(s.t, post)).toEqual([{ host: s.peer.host, error: 'The post was deleted' }])
})

test('a refused activity does not arrive after it was undone or answered again', async () => {
  await using s = await scene()
  const { db, app } = s.t
  const alice = await localAccount(s.t, 'alice')
  // Each has an inbox of their own: what waits for one inbox is sent in order as long as it is tried for the first times.
  const ids: AccountId[] = []
  for (const name of ['bob', 'carol', 'dave', 'erin'])
    ids.push((await app.remote.url(s.peer.actor(name).uri))!.id as AccountId)
  const [bob, carol, dave, erin] = ids as [AccountId, AccountId, AccountId, AccountId]
  const post = await remoteStatus(s.t, bob)
  await s.work()

  s.peer.answer = () => ({ status: 500 })
  await db.transaction(async (tx) => {
    await favourite(tx, alice, post)
    await follow(tx, app.uris, alice, carol)
    await block(tx, app.uris, alice, dave)
    await follow(tx, app.uris, erin, alice, { uri: `${s.peer.origin}/follows/1` })
  })
  await s.work()
  for (let i = 0; i < 3; i++) await later(s)
  expect(await waiting(s.t)).toBe(4)

  await db.transaction(async (tx) => {
    await unfavourite(tx, alice, post)
    await unfollow(tx, alice, carol)
    await unblock(tx, alice, dave)
    await rejectFollow(tx, alice, erin)
  })
  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await s.work()
  await later(s)
  expect(types(s.peer).toSorted()).toEqual(['Reject', 'Undo', 'Undo', 'Undo'])
  expect(await waiting(s.t)).toBe(0)
})

test('an answer to a follow is not given up for an answer to another account', async () => {
  await using s = await scene()
  const { db, app } = s.t
  const alice = await localAccount(s.t, 'alice')
  const actors = ['bob', 'carol'].map((name) =>
    s.peer.actor(name, { endpoints: { sharedInbox: `${s.peer.origin}/inbox` } }),
  )
  s.peer.answer = () => ({ status: 500 })
  const ids: AccountId[] = []
  for (const actor of actors) {
    const id = (await app.remote.url(actor.uri))!.id as AccountId
    ids.push(id)
    await db.transaction((tx) => follow(tx, app.uris, id, alice, { uri: `${actor.uri}/follows/1` }))
  }
  await s.work()
  for (let i = 0; i < 3; i++) await later(s)
  expect(await waiting(s.t)).toBe(2)

  await db.transaction((tx) => rejectFollow(tx, alice, ids[0]!))
  s.peer.answer = () => ({ status: 202 })
  s.peer.posted.length = 0
  await s.work()
  await later(s)
  const answers = s.peer.posted.map(({ body }) => JSON.parse(body) as { type: string; to: string[] })
  expect(answers.map(({ type, to }) => [type, to[0]]).toSorted()).toEqual([
    ['Accept', actors[1]!.uri],
    ['Reject', actors[0]!.uri],
  ])
})

test('a delivery that could not be sent marks its server neither as up nor as down', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  await makeFollow(s.t, await remoteAccount(s.t, 'bob', '10.0.0.1'), alice)
  await status(s.t, alice)
  await s.work()
  expect(await waiting(s.t)).toBe(0)
  expect(
    (await s.t.db.execute(sql`select failures, last_success_at, last_failure_at from hosts where host = '10.0.0.1'`))
      .rows,
  ).toEqual([{ failures: 0, last_success_at: null, last_failure_at: null }])
})

test('the time in which an admin had stopped a server does not count against its deliveries', async () => {
  await using s = await scene()
  const alice = await followedFrom(s, [s.peer])
  s.peer.answer = () => ({ status: 503 })
  await status(s.t, alice)
  await s.work()
  await s.t.db.transaction((tx) => stopHost(tx, commandLine, s.peer.host))
  await s.t.db.execute(sql`update deliveries set created_at = now() - interval '10 days'`)
  await s.t.db.transaction((tx) => resumeHost(tx, commandLine, s.peer.host))
  await later(s)
  expect(await waiting(s.t)).toBe(1)
  s.peer.answer = () => ({ status: 202 })
  await later(s)
  expect(await waiting(s.t)).toBe(0)
})
