/** What happens to collections at the same time has the same result as one after the other. */
import { sql } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId, CollectionId, RelationId } from '#src/platform/ids.ts'
import { acceptFeature, receiveFeatureRevocation, rejectFeature } from '#src/reading/collections/consent.ts'
import { acceptClaim, takeClaim } from '#src/reading/collections/due-claims.ts'
import { addToCollection, removeFromCollection } from '#src/reading/collections/items.ts'
import { createCollection, ownCollection } from '#src/reading/collections/manage.ts'
import { receiveCollection, type RemoteCollection, remoteLimits } from '#src/reading/collections/receive.ts'
import { receiveFeatureRequest } from '#src/reading/collections/requests.ts'
import { blockDomain, severDomain } from '#src/relationships/domain-block.ts'
import { forgetJobs, localAccount, remoteAccount, suspend } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { race } from '../../races.ts'

let t: TestDatabase
let alice: AccountId
let bob: AccountId
let rita: AccountId
let remi: AccountId
/** Of alice. */
let own: CollectionId
/** Of rita. */
let theirs: CollectionId

beforeEach(async () => {
  t = await database()
  ;[alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  ;[rita, remi] = [await remoteAccount(t, 'rita'), await remoteAccount(t, 'remi')]
  await updateProfile(t.app, bob, { isDiscoverable: true })
  await t.db.execute(sql`update accounts set can_feature = '{public}' where domain is not null`)
  own = await t.db.transaction((tx) => createCollection(tx, alice, { name: 'Neighbours' }))
  theirs = (await t.db.transaction((tx) => receiveCollection(tx, rita, remote(1))))!
  return () => t[Symbol.asyncDispose]()
})

const uriOf = (n: number) => `https://remote.test/collections/${n}`
const remote = (n: number, items: RemoteCollection['items'] = []): RemoteCollection => ({
  uri: uriOf(n),
  url: uriOf(n),
  name: 'Birders',
  description: '',
  language: null,
  tag: null,
  isSensitive: false,
  isDiscoverable: true,
  publishedAt: null,
  updatedAt: null,
  items,
})
const request = () => ({
  requestUri: 'https://remote.test/requests/1',
  accountId: rita,
  featuredId: bob,
  collectionUri: uriOf(1),
})
const add = (member: AccountId) => (tx: Tx) => addToCollection(tx, alice, own, member)
const ask = (tx: Tx) => receiveFeatureRequest(tx, request())
/** Rita's collection claims to have remi, and a job has verified that. */
async function claimed() {
  const item = {
    uri: `${uriOf(1)}/1`,
    accountUri: 'https://remote.test/users/remi',
    approvalUri: 'https://remote.test/1',
  }
  await t.db.transaction((tx) => receiveCollection(tx, rita, remote(1, [item])))
  const claim = (await t.db.transaction((tx) => takeClaim(tx, rita)))!
  return (tx: Tx) => acceptClaim(tx, claim, { accountId: remi, approvalUri: item.approvalUri })
}

async function count(table: 'collection_items' | 'collections', of: AccountId): Promise<number> {
  const { rows } = await t.db.execute<{ n: number }>(
    sql`select count(*)::int as n from ${sql.identifier(table)} where account_id = ${of}`,
  )
  return rows[0]!.n
}

test('nobody gets into a collection while their account is deleted', async () => {
  const accept = await claimed()
  for (const [act, member] of [
    [add(bob), bob],
    [accept, remi],
  ] as const) {
    await race(t, (tx) => deleteAccount(tx, member), act)
    expect(await count('collection_items', member)).toBe(0)
  }
})

test('nobody gets into a collection of an account that is being deleted', async () => {
  await race(t, (tx) => deleteAccount(tx, alice), add(bob))
  expect(await count('collection_items', bob)).toBe(0)
  await t.db.execute(sql`update accounts set suspended_at = now() where id = ${rita}`)
  await expect(t.db.transaction((tx) => addToCollection(tx, rita, own, bob))).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a request for an account that is being deleted is refused', async () => {
  await race(t, (tx) => deleteAccount(tx, bob), ask)
  expect(await count('collection_items', bob)).toBe(0)
})

test('an account that is being deleted gets no collections', async () => {
  await race(
    t,
    (tx) => deleteAccount(tx, rita),
    (tx) => receiveCollection(tx, rita, remote(2)),
  )
  await race(
    t,
    (tx) => deleteAccount(tx, alice),
    (tx) => createCollection(tx, alice, { name: 'Bakers' }),
  )
  expect([await count('collections', rita), await count('collections', alice)]).toEqual([0, 0])
})

test('who blocks a server while somebody there is added leaves the collection', async () => {
  for (const [blocker, act, member] of [
    [alice, add(rita), rita],
    [bob, ask, bob],
  ] as const) {
    await race(t, act, (tx) => blockDomain(tx, t.app.uris, blocker, 'remote.test'), {
      after: () => severDomain(t.db, blocker, 'remote.test'),
    })
    expect(await count('collection_items', member)).toBe(0)
  }
})

test('two collections that are made at once don’t exceed the limit', async () => {
  const max = 10
  await t.db.execute(sql`
    insert into collections (id, account_id, name) select i, ${alice}, 'More' from generate_series(1, ${max - 2}) i`)
  await t.db.execute(sql`
    insert into collections (id, account_id, name, uri) select 100 + i, ${rita}, 'More', 'https://remote.test/' || i
    from generate_series(1, ${remoteLimits.collections - 2}) i`)
  const make = (tx: Tx) => createCollection(tx, alice, { name: 'Last' })
  await race(t, make, make)
  await race(
    t,
    (tx) => receiveCollection(tx, rita, remote(2)),
    (tx) => receiveCollection(tx, rita, remote(3)),
  )
  expect([await count('collections', alice), await count('collections', rita)]).toEqual([max, remoteLimits.collections])
})

test('an answer or the end of a consent waits for the owner’s change, without a deadlock', async () => {
  const approvalUri = 'https://remote.test/approvals/1'
  for (const answer of [
    (item: RelationId) => (tx: Tx) => acceptFeature(tx, rita, item, approvalUri),
    (item: RelationId) => (tx: Tx) => rejectFeature(tx, rita, item),
    () => (tx: Tx) => receiveFeatureRevocation(tx, rita, approvalUri),
  ]) {
    const item = await t.db.transaction(add(rita))
    if (answer.length === 0) await t.db.transaction((tx) => acceptFeature(tx, rita, item, approvalUri))
    const tries = await race(t, (tx) => ownCollection(tx, alice, own), answer(item), {
      rest: (tx) => removeFromCollection(tx, alice, own, item),
    })
    expect([tries, await count('collection_items', rita)]).toEqual([1, 0])
  }
})

test('nobody is put into a collection that its server no longer shows', async () => {
  const accept = await claimed()
  await t.db.execute(sql`update collections set is_forgotten = true where id = ${theirs}`)
  await forgetJobs(t)
  await t.db.transaction(ask)
  await t.db.transaction(accept)
  expect([await count('collection_items', bob), await count('collection_items', remi)]).toEqual([0, 0])
  expect(await t.jobPayloads('federate')).toMatchObject([{ event: { type: 'feature.refused' } }])
})

test('people whom the owner can’t see, as they are suspended, take no place in a collection', async () => {
  const carol = await localAccount(t, 'carol')
  await suspend(t, carol)
  await t.db.execute(sql`
    insert into accounts (id, username, domain, uri, url, inbox_url) select i, 'p' || i, 'remote.test', 'https://remote.test/' || i, '', '' from generate_series(1, 24) i`)
  await t.db.execute(sql`
    insert into collection_items (id, collection_id, account_id, state) select i, ${own}::bigint, i, 'accepted' from generate_series(1, 24) i
    union all select 100, ${own}::bigint, ${carol}::bigint, 'accepted'`)
  await t.db.transaction(add(bob))
  await expect(t.db.transaction(add(rita))).rejects.toMatchObject({ code: 'invalid' })
})
