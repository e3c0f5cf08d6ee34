import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { befriend, threeServers } from './world.ts'

const { one, alice, bob, carol } = await threeServers()

test('the first visit of a profile fetches its latest posts', async () => {
  const posts = [
    await alice.post('/v1/statuses', { status: 'Older' }),
    await alice.post('/v1/statuses', { status: 'Newer' }),
  ]
  await alice.post('/v1/statuses', { status: 'Not for strangers', visibility: 'private' })
  const {
    accounts: [found],
  } = await carol.find(alice.handle)
  const shown = () => carol.get<{ uri: string }[]>(`/v1/accounts/${found!.id}/statuses`)
  await shown()
  await eventually(async () => (await shown()).length === 2)
  expect((await shown()).map(({ uri }) => uri)).toEqual(posts.toReversed().map((post) => post['uri']))
  // Old posts cause no notifications.
  expect(await carol.get('/v1/notifications')).toEqual([])
})

test('opening a thread fetches it from all its servers, ancestors and replies', async () => {
  await befriend(alice, bob)
  const root = await alice.post('/v1/statuses', { status: 'The beginning' })
  const {
    statuses: [rootThere],
  } = await bob.find(root['uri'])
  const reply = await bob.post('/v1/statuses', { status: `${alice.handle} The middle`, in_reply_to_id: rootThere!.id })
  await eventually(async () => (await alice.get(`/v1/statuses/${root.id}/context`))['descendants'].length === 1)
  const [replyThere] = (await alice.get(`/v1/statuses/${root.id}/context`))['descendants']
  const end = await alice.post('/v1/statuses', { status: `${bob.handle} The end`, in_reply_to_id: replyThere.id })

  // From the middle up …
  const {
    statuses: [seen],
  } = await carol.find(reply['uri'])
  const context = () =>
    carol.get<{ ancestors: { uri: string }[]; descendants: { uri: string }[] }>(`/v1/statuses/${seen!.id}/context`)
  await eventually(async () => (await context()).ancestors.length === 1)
  expect((await context()).ancestors).toMatchObject([{ uri: root['uri'] }])
  // … and down.
  await eventually(async () => (await context()).descendants.length === 1)
  expect((await context()).descendants).toMatchObject([{ uri: end['uri'] }])
})

test('profiles show the counts of their own server', async () => {
  const dora = await one.person('dora')
  await befriend(bob, dora)
  const {
    accounts: [found],
  } = await carol.find(dora.handle)
  await carol.get(`/v1/accounts/${found!.id}`)
  await eventually(async () => (await carol.get(`/v1/accounts/${found!.id}`))['followers_count'] === 1)
  // The list is empty, as no account here follows them.
  expect(await carol.get(`/v1/accounts/${found!.id}/followers`)).toEqual([])
})
