import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { befriend, threeServers } from './world.ts'

const { one, two, three, alice, bob, carol } = await threeServers()
await befriend(bob, alice)
await befriend(alice, bob)
await befriend(carol, alice)

const works = async ({ code, stderr }: { code: number | null; stderr: string }) =>
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })

test('replaced keys of an account are accepted, and the old ones refused', async () => {
  const before = await alice.post('/v1/statuses', { status: 'With the old keys' })
  await bob.sees((status) => status['uri'] === before['uri'])
  await works(await one.pipit('accounts', 'rotate-keys', 'alice'))
  await one.stop()
  await one.restart()
  // As if that was longer ago: a key that was just fetched is not fetched again for a minute.
  await two.stop()
  await two.db.execute(`update kv set value = jsonb_set(value, '{fetchedAt}', '0') where key like 'key %'`)
  await two.restart()
  await works(await one.pipit('federation', 'retry', two.host))
  const after = await alice.post('/v1/statuses', { status: 'With the new keys' })
  expect(await bob.sees((status) => status['uri'] === after['uri'])).toMatchObject({ account: { username: 'alice' } })
})

test('servers that require signed requests can federate with each other', async () => {
  await works(await one.pipit('settings', 'set', 'authorized-fetch', 'on'))
  await works(await two.pipit('settings', 'set', 'authorized-fetch', 'on'))
  const dave = await one.person('dave')
  await eventually(
    async () =>
      (await one.document(dave.uri)).status !== 200 ||
      !(await (await one.document(dave.uri)).text()).includes('outbox'),
  )
  const post = await dave.post('/v1/statuses', { status: 'Only for who says their name' })
  await eventually(async () => (await one.document(post['uri'])).status === 401)

  await befriend(bob, dave)
  expect((await bob.find(post['uri'])).statuses).toMatchObject([{ uri: post['uri'] }])
  const next = await dave.post('/v1/statuses', { status: `Hello ${bob.handle}` })
  await bob.sees((status) => status['uri'] === next['uri'])
})

test('a suspended server is cut off in both directions, until the rule is lifted', async () => {
  const heard = await carol.post('/v1/statuses', { status: `Before, ${alice.handle}` })
  await eventually(async () =>
    (await alice.get<{ status?: { uri: string } }[]>('/v1/notifications')).some(
      ({ status }) => status?.uri === heard['uri'],
    ),
  )
  await works(await one.pipit('domains', 'block', three.host))
  await eventually(async () => (await alice.find(carol.handle)).accounts.length === 0)

  const unheard = await carol.post('/v1/statuses', { status: `Hello ${alice.handle}` })
  const unsent = await alice.post('/v1/statuses', { status: 'Not for everybody' })
  await bob.sees((status) => status['uri'] === unsent['uri'])
  expect((await carol.home()).map(({ uri }) => uri)).not.toContain(unsent['uri'])
  expect(
    (await alice.get<{ status?: { uri: string } }[]>('/v1/notifications')).map(({ status }) => status?.uri),
  ).not.toContain(unheard['uri'])
  await eventually(async () =>
    (await alice.get<{ status?: { uri: string } }[]>('/v1/notifications')).every(
      ({ status }) => status?.uri !== heard['uri'],
    ),
  )

  await works(await one.pipit('domains', 'unblock', three.host))
  await eventually(async () => (await alice.find(carol.handle)).accounts.length === 1)
  await befriend(carol, alice)
  const again = await carol.post('/v1/statuses', { status: `Once more, ${alice.handle}` })
  await eventually(async () =>
    (await alice.get<{ status?: { uri: string } }[]>('/v1/notifications')).some(
      ({ status }) => status?.uri === again['uri'],
    ),
  )
})
