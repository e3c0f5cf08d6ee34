import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { befriend, threeServers } from './world.ts'

const { one, three, alice, bob, carol } = await threeServers()
await befriend(bob, alice)

test('followers move with an account to another server, with lists and notes', async () => {
  const {
    accounts: [old],
  } = await bob.find(alice.handle)
  const list = await bob.post('/v1/lists', { title: 'Friends' })
  await bob.post(`/v1/lists/${list.id}/accounts`, { account_ids: [old!.id] })
  await bob.post(`/v1/accounts/${old!.id}/note`, { comment: 'From the choir' })

  const refused = await one.pipit('accounts', 'move', 'alice', carol.handle)
  expect(refused.code).toBe(1)
  const named = await three.pipit('accounts', 'alias', 'add', 'carol', alice.handle)
  expect([named.code, named.stderr]).toEqual([0, ''])
  const moved = await one.pipit('accounts', 'move', 'alice', carol.handle)
  expect([moved.code, moved.stderr]).toEqual([0, ''])

  const {
    accounts: [target],
  } = await bob.find(carol.handle)
  const relation = async (id: string) =>
    (await bob.get<{ following: boolean; note: string }[]>(`/v1/accounts/relationships?id[]=${id}`))[0]!
  await eventually(async () => (await relation(target!.id)).following && !(await relation(old!.id)).following)
  expect(await bob.get(`/v1/accounts/${old!.id}`)).toMatchObject({ moved: { acct: `carol@${three.host}` } })
  expect(await bob.get(`/v1/lists/${list.id}/accounts`)).toMatchObject([{ acct: `carol@${three.host}` }])
  expect((await relation(target!.id)).note).toContain('From the choir')
  await eventually(async () => (await carol.get('/v1/accounts/verify_credentials'))['followers_count'] === 1)

  const post = await carol.post('/v1/statuses', { status: 'From my new home' })
  await bob.sees((status) => status['uri'] === post['uri'])
})

test('an account can’t move twice in a row', async () => {
  await three.pipit('accounts', 'alias', 'add', 'carol', bob.handle)
  const dora = await three.person('dora')
  await three.pipit('accounts', 'alias', 'add', 'dora', alice.handle)
  const again = await one.pipit('accounts', 'move', 'alice', dora.handle)
  expect(again.code).toBe(1)
})
