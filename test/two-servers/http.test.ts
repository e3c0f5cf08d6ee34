import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../runtime/process.ts'
import { type Instance, instance, type Person } from './instance.ts'

let one: Instance
let two: Instance
let alice: Person
let bob: Person

beforeAll(async () => {
  ;[one, two] = await Promise.all([instance(), instance()])
  ;[alice, bob] = await Promise.all([one.person('alice'), two.person('bob')])
})

afterAll(async () => {
  await one[Symbol.asyncDispose]()
  await two[Symbol.asyncDispose]()
})

test('somebody is found by URL, followed, and read', async () => {
  const { accounts: [found] } = await bob.find(alice.url)
  expect(found).toMatchObject({ username: 'alice', acct: `alice@${new URL(one.origin).host}`, url: alice.url, locked: false })

  await bob.post(`/v1/accounts/${found!.id}/follow`)
  await eventually(async () => (await bob.get<{ following: boolean }[]>(`/v1/accounts/relationships?id[]=${found!.id}`))[0]!.following)
  expect((await alice.notified('follow'))['account'].acct).toBe(`bob@${new URL(two.origin).host}`)

  const post = await alice.post('/v1/statuses', { status: 'Hello over there #news', spoiler_text: 'greeting', language: 'en' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  expect(seen).toMatchObject({ url: post['url'], spoiler_text: 'greeting', sensitive: true, language: 'en', visibility: 'public' })
  expect(seen['content']).toContain('Hello over there')
  expect(seen['tags'].map((tag: { name: string }) => tag.name)).toEqual(['news'])
})
