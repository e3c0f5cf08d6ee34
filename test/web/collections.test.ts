import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, CollectionId } from '#src/platform/ids.ts'
import { addToCollection } from '#src/reading/collections/items.ts'
import { type CollectionInput, createCollection } from '#src/reading/collections/manage.ts'
import { receiveCollection } from '#src/reading/collections/receive.ts'
import { collectionsOf, loadCollectionViews } from '#src/reading/collections/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  const collections = async () =>
    loadCollectionViews(t.db, id, await collectionsOf(t.db, id, id, { limit: 10, offset: 0 }))
  return { id, web, collections }
}

const made = (t: TestDatabase, owner: AccountId, input: CollectionInput = {}, members: AccountId[] = []) =>
  t.db.transaction(async (tx) => {
    await tx.execute(sql`update accounts set is_discoverable = true`)
    const id = await createCollection(tx, owner, { name: 'Neighbours', ...input })
    for (const member of members) await addToCollection(tx, owner, id, member)
    return id
  })

test('somebody makes a collection, adds people, and everybody can open its page', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(sql`update accounts set is_discoverable = true`)
  expect((await alice.web.get('/collections')).html).toContain('You have no collections yet')
  const answer = await alice.web.post('/collections', {
    name: 'Bakers',
    description: 'Bread',
    tag: '#bread',
    discoverable: '1',
  })
  const id = /^\/collections\/(\d+)\/edit$/.exec(answer.location ?? '')?.[1] as CollectionId
  for (const text of ['bo', 'https://pipit.test/@bob'])
    expect((await alice.web.get(`/collections/${id}/edit?${new URLSearchParams({ q: text })}`)).html).toContain(
      `/collections/${id}/add/${bob}`,
    )
  await alice.web.post(`/collections/${id}/add/${bob}`)
  const [stored] = await alice.collections()
  expect(stored).toMatchObject({ name: 'Bakers', isDiscoverable: true, items: [{ accountId: bob, state: 'accepted' }] })

  const guest = visitor(pages(t.app))
  const { html } = await guest.get(`/collections/${id}`)
  for (const words of ['Bakers', 'Bread', 'href="/tags/bread"', 'href="/@bob"']) expect(html).toContain(words)
  expect(html).not.toContain(`/collections/${id}/edit`)
  expect((await guest.get('/@alice')).html).toContain('href="/@alice/collections"')
  expect((await guest.get('/@alice/collections')).html).toContain('Bakers')
  expect((await guest.get('/@bob')).html).not.toContain('/@bob/collections')

  await alice.web.post(`/collections/${id}/edit`, { name: 'Cooks' })
  expect(await alice.collections()).toMatchObject([
    { name: 'Cooks', description: '', isDiscoverable: false, tag: null },
  ])
  expect((await guest.get('/@alice')).html).not.toContain('/@alice/collections')
  await alice.web.post(`/collections/${id}/remove/${stored!.items[0]!.id}`)
  expect((await alice.collections())[0]?.items).toEqual([])
  await alice.web.post(`/collections/${id}/delete`)
  expect((await guest.get(`/collections/${id}`)).status).toBe(404)
})

test('a person can leave a collection, and then can’t be added to it again', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const id = await made(t, alice.id, {}, [bob.id])
  const [item] = (await alice.collections())[0]!.items
  expect((await bob.web.get(`/collections/${id}`)).html).toContain(`/collections/${id}/leave/${item!.id}`)
  expect((await alice.web.get(`/collections/${id}`)).html).not.toContain('/leave/')
  expect((await alice.web.post(`/collections/${id}/leave/${item!.id}`)).status).toBe(404)
  expect((await alice.collections())[0]?.items).toHaveLength(1)
  expect((await bob.web.post(`/collections/${id}/leave/${item!.id}`)).location).toBe(`/collections/${id}?left=1`)
  expect((await alice.collections())[0]?.items).toEqual([])
  const { html } = await alice.web.get(`/collections/${id}/edit?q=bob`)
  expect(html).toContain('Left this collection')
  expect(html).not.toContain(`/collections/${id}/add/`)
  expect((await alice.web.post(`/collections/${id}/add/${bob.id}`)).status).toBe(403)
  expect((await alice.collections())[0]?.items).toEqual([])
})

test('people who don’t want to be suggested have no button, and those of other servers wait', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob')]
  const far = await remoteAccount(t, 'bobby')
  const id = await made(t, alice.id)
  await t.db.execute(sql`update accounts set is_discoverable = false where id = ${bob}`)
  const { html } = await alice.web.get(`/collections/${id}/edit?q=bob`)
  expect(html).not.toContain(`/collections/${id}/add/${bob}`)
  expect(html).toContain('Doesn’t want to be suggested to others')
  await alice.web.post(`/collections/${id}/add/${far}`)
  const waiting = await alice.web.get(`/collections/${id}/edit`)
  expect(waiting.html).toContain('Waits for their server')
  expect(waiting.html).toContain('Ask the server of @bobby@remote.test again')
  const requests = async () =>
    (await t.jobPayloads('federate')).filter(({ event }) => event.type === 'feature.requested').length
  expect(await requests()).toBe(1)
  const asked = await alice.web.post(`/collections/${id}/ask/${far}`)
  expect(asked.location).toBe(`/collections/${id}/edit?asked=1`)
  expect((await alice.web.get(asked.location!)).html).toContain('Their server is asked again')
  expect(await requests()).toBe(2)
  expect((await visitor(pages(t.app)).get(`/collections/${id}`)).html).not.toContain('bobby')
})

test('a collection without a name, or with a tag that is none, is refused with what was typed', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const id = await made(t, alice.id)
  for (const [wrong, reason] of [
    [{ name: ' ' }, 'Name of the collection can’t be blank'],
    [{ name: 'x'.repeat(50) }, 'Name of the collection must have at most'],
    [{ tag: 'so-so' }, 'tag'],
  ] as const)
    for (const path of ['/collections', `/collections/${id}/edit`]) {
      const answer = await alice.web.post(path, { name: 'Fine', description: 'Typed words', tag: '', ...wrong })
      expect([path, answer.status]).toEqual([path, 422])
      expect(answer.html).toContain(reason)
      expect(answer.html).toContain('Typed words')
    }
  expect(await alice.collections()).toMatchObject([{ name: 'Neighbours', description: '' }])
})

test('collections of others can’t be changed, and visitors are led to log in', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const id = await made(t, alice.id, { isDiscoverable: false }, [alice.id])
  const before = await alice.collections()
  expect((await bob.web.get(`/collections/${id}/edit`)).status).toBe(404)
  for (const action of ['edit', 'delete', `add/${bob.id}`, `remove/${before[0]!.items[0]!.id}`])
    expect((await bob.web.post(`/collections/${id}/${action}`, { name: 'Mine' })).status).toBe(404)
  expect(await alice.collections()).toEqual(before)
  expect((await bob.web.get('/@alice/collections')).html).not.toContain('Neighbours')
  const guest = visitor(pages(t.app))
  for (const path of ['/collections', `/collections/${id}/edit`])
    expect((await guest.get(path)).location).toContain('/login')
})

test('the owner of a collection moves people in it up and down', async () => {
  await using t = await database()
  const [alice, bob, carol] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'carol')]
  const id = await made(t, alice.id, {}, [bob, carol])
  const items = async () => (await alice.collections())[0]!.items
  const [first, second] = await items()
  expect((await alice.web.get(`/collections/${id}/edit`)).html).toContain('Move @carol up')
  await alice.web.post(`/collections/${id}/up/${second!.id}`)
  expect((await items()).map(({ accountId }) => accountId)).toEqual([carol, bob])
  await alice.web.post(`/collections/${id}/down/${first!.id}`)
  expect((await items()).map(({ accountId }) => accountId)).toEqual([carol, bob])
  await alice.web.post(`/collections/${id}/up/${first!.id}`)
  expect((await items()).map(({ accountId }) => accountId)).toEqual([bob, carol])
  expect((await alice.web.post(`/collections/${id}/up/1`)).status).toBe(404)
})

test('a collection of another server is shown on its owner’s profile, with a link to its origin', async () => {
  await using t = await database()
  const rita = await remoteAccount(t, 'rita')
  const id = await t.db.transaction((tx) =>
    receiveCollection(tx, rita, {
      uri: 'https://remote.test/collections/1',
      url: 'https://remote.test/@rita/collections/1',
      name: 'Far birds',
      description: '<p>Seen &amp; heard</p>',
      language: null,
      tag: null,
      isSensitive: false,
      isDiscoverable: true,
      publishedAt: null,
      updatedAt: null,
      items: [],
    }),
  )
  const guest = visitor(pages(t.app))
  expect((await guest.get('/@rita@remote.test/collections')).html).toContain('Far birds')
  const { html } = await guest.get(`/collections/${id}`)
  for (const words of ['Seen &amp; heard', 'href="https://remote.test/@rita/collections/1"', 'On its own server'])
    expect(html).toContain(words)
  const alice = await loggedIn(t, 'alice')
  expect((await alice.web.get(`/collections/${id}/edit`)).status).toBe(404)
  expect((await alice.web.get('/search?q=https://remote.test/collections/1')).html).toContain(`/collections/${id}`)
})

test('a person can page through all collections that others put them into', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await loggedIn(t, 'bob')]
  await t.db.execute(sql`
    insert into collections (id, account_id, name) select i, ${alice}::bigint, 'Number ' || i || '!' from generate_series(1, 21) i`)
  await t.db.execute(sql`
    insert into collection_items (id, collection_id, account_id, state) select 100 + i, i, ${bob.id}::bigint, 'accepted' from generate_series(1, 21) i`)
  const path = '/approvals?show=collections'
  const first = await bob.web.get(path)
  expect([first.html.includes('Number 21!'), first.html.includes('Number 1!')]).toEqual([true, false])
  expect(first.html).toContain('max_id=102')
  const second = await bob.web.get(`${path}&max_id=102`)
  expect([second.html.includes('Number 21!'), second.html.includes('Number 1!')]).toEqual([false, true])
})
