import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import type { Person } from './instance.ts'
import { befriend, type Host, type World, world } from './world.ts'

let worlds: World
let alice: Person
let bob: Person
let carol: Person

beforeAll(async () => {
  worlds = await world({}, {})
  const hosts = worlds.hosts as [Host, Host]
  ;[alice, bob, carol] = await Promise.all([hosts[0].person('alice'), hosts[1].person('bob'), hosts[1].person('carol')])
  await bob.send('PATCH', '/v1/accounts/update_credentials', { discoverable: true })
  await befriend(carol, alice)
})

afterAll(() => worlds[Symbol.asyncDispose]())

type Item = { id: string; state: string; account_id: string }
type Collection = {
  id: string
  uri: string
  url: string
  name: string
  local: boolean
  items: Item[]
  item_count: number
}
const idOf = async (person: Person, handle: string) => {
  const [found] = (await person.find(handle)).accounts
  if (!found) throw new Error(`${handle} was not found`)
  return found.id
}

test('somebody of another server is asked, shown on both servers, and gone on both after leaving', async () => {
  const { collection } = await alice.post<{ collection: Collection }>('/v1/collections', { name: 'Neighbours' })
  const bobThere = await idOf(alice, bob.handle)
  await alice.post(`/v1/collections/${collection.id}/items`, { account_id: bobThere })
  const own = async () => (await alice.get<{ collection: Collection }>(`/v1/collections/${collection.id}`)).collection
  await eventually(async () => (await own()).items[0]?.state === 'accepted')

  const aliceThere = await idOf(bob, alice.handle)
  const seenBy = async (person: Person, path: string) =>
    (await person.get<{ collections: Collection[] }>(`/v1/accounts/${path}`)).collections
  const me = await bob.get<{ id: string }>('/v1/accounts/verify_credentials')
  const mine = () => seenBy(bob, `${me.id}/in_collections`)
  const onProfile = () => seenBy(carol, `${aliceThere}/collections`)
  await eventually(async () => (await mine()).length === 1 && (await onProfile())[0]?.item_count === 1)
  const [seen] = await onProfile()
  expect(seen).toMatchObject({ uri: collection.uri, url: collection.url, name: 'Neighbours', local: false })
  expect(seen?.items).toMatchObject([{ account_id: me.id, state: 'accepted' }])
  expect((await bob.notified('added_to_collection'))['collection']).toMatchObject({ uri: collection.uri })

  await alice.send('PATCH', `/v1/collections/${collection.id}`, { name: 'Good neighbours' })
  await eventually(async () => (await onProfile())[0]?.name === 'Good neighbours')

  const [joined] = await mine()
  await bob.post(`/v1/collections/${joined!.id}/items/${joined!.items[0]!.id}/revoke`)
  await eventually(async () => (await own()).item_count === 0)
  await eventually(async () => (await onProfile())[0]?.item_count === 0)
  expect(await mine()).toEqual([])
  await expect(alice.post(`/v1/collections/${collection.id}/items`, { account_id: bobThere })).rejects.toThrow(
    'can’t be added again',
  )

  await alice.send('DELETE', `/v1/collections/${collection.id}`)
  await eventually(async () => (await onProfile()).length === 0)
})
