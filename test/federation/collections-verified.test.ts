/** When the consents that collections of other servers claim are verified, and with how many requests. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { dayMs } from '#src/platform/time.ts'
import { takeClaim, verifyDueClaims } from '#src/reading/collections/due-claims.ts'
import { fetchFeatured } from '../../federation/fetching/featured.ts'
import { verifyItems } from '../../federation/fetching/verify-collection-items.ts'
import { forgetJobs } from '../cast.ts'
import { makeDue } from '../jobs/run.ts'
import { authorizationBy, collectionOf, itemOf, known, membersOf, receive, withOwner } from './collections.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

/** An empty collection of olga's that is known here, and a function that adds an actor to it. */
async function withCollection(s: Scene) {
  const { olga, list, read } = await withOwner(s)
  const collection = collectionOf(s, olga, [])
  await receive(s, olga, { type: 'Add', object: collection, target: list })
  const approved = (actor: PeerActor) => itemOf(olga, actor.uri, authorizationBy(s, actor, collection.id))
  const add = (item: object) => receive(s, olga, { type: 'Add', object: item, target: collection.id })
  return { olga, list, read, collection, approved, add }
}

const pathOf = (url: string | null): string => new URL(url!).pathname

/** All that waits is due, as if time had passed. */
async function wait(s: Scene, hours = 1): Promise<void> {
  await s.t.db.execute(sql`update collection_claims set due_at = due_at - make_interval(hours => ${hours})`)
  await makeDue(s.t)
  await s.work()
}

/** The jobs that verify items. `hours`: until they are due. */
async function waiting(s: Scene) {
  const { rows } = await s.t.db.execute<{ left: number; queue: string; hours: number; revision: number }>(sql`
    select (private.payload ->> 'fetchesLeft')::int as left, queue_name as queue, round(extract(epoch from jobs.run_at - now()) / 3600)::int as hours, jobs.revision
    from graphile_worker.jobs join graphile_worker._private_jobs private using (id) where task_identifier = 'collection-items' order by id`)
  return rows
}

test('a list of collections queues one job, whatever the number of its collections', async () => {
  await using s = await scene()
  const { olga, list } = await withOwner(s)
  const nobody = `${s.peer.origin}/users/nobody`
  const made = Array.from({ length: 4 }, () =>
    collectionOf(s, olga, [itemOf(olga, nobody, `${nobody}/authorizations/1`)]),
  )
  s.peer.collection(
    new URL(list).pathname,
    made.map((each, i) => (i % 2 === 0 ? each : each.id)),
  )
  await forgetJobs(s.t)
  await fetchFeatured(s.t.app, { accountId: await known(s, olga) })
  expect(await waiting(s)).toMatchObject([{ left: 60, revision: 0 }])
})

test.for([1, 12])(
  'a claim whose server is away is verified later, although %d others were verified meanwhile',
  async (others) => {
    await using s = await scene()
    const { olga, add, approved } = await withCollection(s)
    const [bob, carol] = [s.peer.actor('bob'), s.peer.actor('carol')]
    const away = approved(bob)
    const document = s.peer.documents.get(pathOf(away.featureAuthorization))!
    s.peer.documents.set(pathOf(away.featureAuthorization), 503)
    await add(away)
    for (let i = 1; i < others; i++)
      await add(itemOf(olga, `${s.peer.origin}/users/nobody${i}`, `${s.peer.origin}/none/${i}`))
    await add(approved(carol))
    expect(await membersOf(s, olga)).toEqual([await known(s, carol)])
    s.peer.documents.set(pathOf(away.featureAuthorization), document)
    await wait(s)
    expect(await membersOf(s, olga)).toHaveLength(2)
  },
)

test('a claim whose verification was interrupted is verified later', async () => {
  await using s = await scene()
  const { olga, add, approved } = await withCollection(s)
  const item = approved(s.peer.actor('bob'))
  const document = s.peer.documents.get(pathOf(item.featureAuthorization))!
  s.peer.documents.set(pathOf(item.featureAuthorization), 503)
  await add(item)
  const accountId = await known(s, olga)
  s.peer.documents.set(pathOf(item.featureAuthorization), document)
  await forgetJobs(s.t)
  await s.t.db.execute(sql`update collection_claims set due_at = now() - interval '1 second'`)
  // A process ends after it took the claim, and its job runs again.
  expect(await s.t.db.transaction((tx) => takeClaim(tx, accountId))).not.toBeNull()
  await verifyItems(s.t.app, { accountId, fetchesLeft: 5, endsAt: Date.now() + dayMs })
  expect(await membersOf(s, olga)).toEqual([])
  await wait(s)
  expect(await membersOf(s, olga)).toHaveLength(1)
})

test('a server that can’t be asked at the moment costs no requests', async () => {
  await using s = await scene()
  const { olga, collection } = await withCollection(s)
  const people = ['p1', 'p2', 'p3', 'p4', 'p5'].map((name) => s.peer.actor(name))
  const orderedItems = people.map((person) => itemOf(olga, person.uri, authorizationBy(s, person, collection.id)))
  {
    using _others = busy(s)
    await receive(s, olga, { type: 'Update', object: { ...collection, orderedItems } })
    for (let i = 0; i < 20; i++) await wait(s)
    expect(await membersOf(s, olga)).toEqual([])
    // One attempt puts off all that is on the same host, for some seconds at least.
    const { rows } = await s.t.db.execute<{ times: number; soon: boolean }>(sql`
      select count(distinct due_at)::int as times, min(due_at) < now() + interval '8 seconds' as soon from collection_claims`)
    expect(rows).toEqual([{ times: 1, soon: false }])
  }
  await wait(s)
  expect(await membersOf(s, olga)).toHaveLength(5)
})

/** All requests to the peer that jobs may make at once are taken. */
function busy(s: Scene): Disposable {
  const taken = new DisposableStack()
  try {
    for (;;) taken.use(acquireHost(s.t.app, 'fetch', s.peer.origin))
  } catch {
    return taken
  }
}

test('verifying ends after a day without an answer', async () => {
  await using s = await scene()
  const { olga, add, approved } = await withCollection(s)
  const away = approved(s.peer.actor('bob'))
  s.peer.documents.set(pathOf(away.featureAuthorization), 503)
  await add(away)
  expect(await waiting(s)).toMatchObject([{ hours: 1 }])
  await forgetJobs(s.t)
  await verifyItems(s.t.app, { accountId: await known(s, olga), fetchesLeft: 60, endsAt: Date.now() + 60_000 })
  expect(await waiting(s)).toEqual([])
})

test('a job that goes on later leaves the job of a newer cause as it is, and never runs beside it', async () => {
  await using s = await scene()
  const { olga, add, approved } = await withCollection(s)
  const away = approved(s.peer.actor('bob'))
  s.peer.documents.set(pathOf(away.featureAuthorization), 503)
  await add(away)
  const accountId = await known(s, olga)
  await s.t.db.execute(sql`update collection_claims set due_at = now() - interval '1 second'`)
  await s.t.db.transaction((tx) => verifyDueClaims(tx, accountId, 80))
  await verifyItems(s.t.app, { accountId, fetchesLeft: 5, endsAt: Date.now() + dayMs })
  const jobs = await waiting(s)
  expect(jobs.map(({ left, hours }) => [left, hours])).toEqual([
    [79, 1],
    [80, 0],
  ])
  expect(new Set(jobs.map(({ queue }) => queue)).size).toBe(1)
})

test('a job that goes on keeps what an earlier cause has left, and begins after the jobs of others that wait', async () => {
  await using s = await scene()
  const { olga, add, approved } = await withCollection(s)
  const [away, later] = [approved(s.peer.actor('bob')), approved(s.peer.actor('carol'))]
  for (const { featureAuthorization } of [away, later]) s.peer.documents.set(pathOf(featureAuthorization), 503)
  await add(away)
  const accountId = await known(s, olga)
  await forgetJobs(s.t)
  await s.t.db.execute(sql`update collection_claims set due_at = now() - interval '1 minute'`)
  const endsAt = Date.now() + dayMs
  await verifyItems(s.t.app, { accountId, fetchesLeft: 50, endsAt })
  const [first] = await waiting(s)
  await s.t.db.execute(sql`update collection_claims set due_at = now() - interval '1 minute'`)
  await verifyItems(s.t.app, { accountId, fetchesLeft: 5, endsAt })
  expect(await waiting(s)).toMatchObject([{ left: first!.left, hours: 1 }])
})

test('claims that are due are verified when the list says that their collection is unchanged', async () => {
  await using s = await scene()
  const { olga, list, read } = await withOwner(s)
  const bob = s.peer.actor('bob')
  const collection = collectionOf(s, olga, [])
  const approval = authorizationBy(s, bob, collection.id)
  const document = s.peer.documents.get(pathOf(approval))!
  s.peer.documents.set(pathOf(approval), 404)
  collection.orderedItems.push(itemOf(olga, bob.uri, approval))
  const { id, type, updated } = collection
  s.peer.collection(new URL(list).pathname, [{ id, type, updated }])
  await read()
  s.peer.documents.set(pathOf(approval), document)
  await s.t.db.execute(sql`update collection_claims set due_at = due_at - interval '1 day'`)
  await read()
  expect(await membersOf(s, olga)).toEqual([await known(s, bob)])
})

test('claims that were refused don’t keep new ones away', async () => {
  await using s = await scene()
  const { olga, add, approved } = await withCollection(s)
  await s.t.db.execute(sql`
    insert into collection_claims (id, collection_id, uri, account_uri, approval_uri, position, due_at)
    select i, (select id from collections), 'https://remote.test/items/' || i, 'https://remote.test/' || i, 'https://remote.test/approvals/' || i, i, now() + interval '20 hours'
    from generate_series(1, 50) i`)
  await add(approved(s.peer.actor('bob')))
  expect(await membersOf(s, olga)).toHaveLength(1)
  const { rows } = await s.t.db.execute<{ first: number; n: number }>(
    sql`select min(id)::int as first, count(*)::int as n from collection_claims`,
  )
  expect(rows).toEqual([{ first: 2, n: 49 }])
})
