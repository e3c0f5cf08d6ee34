import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import type { Person } from './instance.ts'
import { befriend, type Host, type World, world } from './world.ts'

let worlds: World
let one: Host
let alice: Person
let bob: Person

beforeAll(async () => {
  worlds = await world({}, {})
  const hosts = worlds.hosts as [Host, Host]
  one = hosts[0]
  ;[alice, bob] = await Promise.all([one.person('alice'), hosts[1].person('bob')])
  await befriend(bob, alice)
})

afterAll(() => worlds[Symbol.asyncDispose]())

type Waiting = { id: string; type: string; uri: string }
const waiting = () => alice.get<Waiting[]>('/v1/interaction_requests?quotes=true')
const waits = (count: number) => eventually(async () => (await waiting()).length === count)

test('a request for consent reaches the other server, and both servers show the author’s decision', async () => {
  const ask = { automatic_approval: [], manual_approval: ['public'] }
  const post = await alice.post('/v1/statuses', {
    status: 'Ask me first',
    interaction_policy: { can_reply: ask, can_favourite: ask, can_reblog: ask },
  })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  expect(seen['interaction_policy']).toMatchObject({ can_reply: { manual_approval: ['public'] } })
  const counts = async (person: Person, id: string) => {
    const {
      favourites_count: likes,
      reblogs_count: boosts,
      replies_count: replies,
    } = await person.get(`/v1/statuses/${id}`)
    return `${likes} ${boosts} ${replies}`
  }

  const reply = await bob.post('/v1/statuses', { status: `${alice.handle} May I?`, in_reply_to_id: seen.id })
  await bob.post(`/v1/statuses/${seen.id}/favourite`)
  await bob.post(`/v1/statuses/${seen.id}/reblog`)
  await waits(3)
  expect((await waiting()).map(({ type }) => type).toSorted()).toEqual(['favourite', 'reblog', 'reply'])
  expect(await counts(alice, post.id)).toBe('0 0 0')
  expect(await counts(bob, seen.id)).toBe('0 0 0')

  for (const { id } of await waiting()) await alice.post(`/v1/interaction_requests/${id}/authorize`)
  await eventually(async () => (await counts(bob, seen.id)) === '1 1 1')
  expect(await counts(alice, post.id)).toBe('1 1 1')
  const { descendants } = await alice.get<{ descendants: { uri: string }[] }>(`/v1/statuses/${post.id}/context`)
  expect(descendants.map(({ uri }) => uri)).toEqual([reply['uri']])
  expect((await alice.notified('mention'))['status'].uri).toBe(reply['uri'])

  // A second reply is rejected: only its author keeps it.
  const second = await bob.post('/v1/statuses', { status: 'And this?', in_reply_to_id: seen.id })
  await waits(1)
  for (const { id } of await waiting()) await alice.post(`/v1/interaction_requests/${id}/reject`)
  await waits(0)
  expect(await counts(alice, post.id)).toBe('1 1 1')
  expect(await bob.get(`/v1/statuses/${second.id}`)).toMatchObject({ in_reply_to_id: seen.id })

  // The new policy denies everybody; the other server gets it by the Update.
  const nobody = { automatic_approval: ['author'] }
  await alice.send('PUT', `/v1/statuses/${post.id}/interaction_policy`, { interaction_policy: { can_reply: nobody } })
  await eventually(async () => {
    const { interaction_policy: policy } = await bob.get(`/v1/statuses/${seen.id}`)
    return policy?.can_reply.manual_approval.length === 0
  })
  await expect(bob.post('/v1/statuses', { status: 'Now?', in_reply_to_id: seen.id })).rejects.toThrow(
    'does not allow you to reply',
  )
})
