import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { befriend, threeServers } from './world.ts'

const { one, two, three, alice, bob, carol } = await threeServers()
await befriend(bob, alice)
await befriend(carol, alice)

/** Where a post of Alice's went, or is on its way to. */
const inboxesOf = async (id: string) =>
  (
    await one.db.execute<{ inbox: string }>(`
  select d.inbox_url as inbox from activities a join deliveries d on d.activity_id = a.id where a.status_id = ${id}
  union select i.url from delivery_outcomes o, unnest(o.inbox_ids) as reached(id) join inboxes i on i.id = reached.id where o.status_id = ${id}`)
  ).rows.map(({ inbox }) => inbox)

test('a reply to a public post reaches the followers of its author on other servers', async () => {
  const post = await alice.post('/v1/statuses', { status: 'Who is there?' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  const there = await carol.sees((status) => status['uri'] === post['uri'])
  const reply = await bob.post('/v1/statuses', { status: `${alice.handle} I am`, in_reply_to_id: seen.id })

  // No account on the third server follows the author of the reply.
  await eventually(async () =>
    (await carol.get(`/v1/statuses/${there.id}/context`))['descendants'].some(
      (status: { uri: string }) => status.uri === reply['uri'],
    ),
  )
  expect((await carol.get(`/v1/statuses/${there.id}/context`))['descendants']).toMatchObject([
    { uri: reply['uri'], account: { acct: `bob@${two.host}` } },
  ])
  await bob.send('DELETE', `/v1/statuses/${reply.id}`)
  await eventually(async () => (await carol.get(`/v1/statuses/${there.id}/context`))['descendants'].length === 0)
})

test('a followers-only reply is not forwarded', async () => {
  const post = await alice.post('/v1/statuses', { status: 'Quietly now' })
  const seen = await bob.sees((status) => status['uri'] === post['uri'])
  const there = await carol.sees((status) => status['uri'] === post['uri'])
  await bob.post('/v1/statuses', {
    status: `${alice.handle} Only for you`,
    in_reply_to_id: seen.id,
    visibility: 'private',
  })
  await alice.notified('mention')
  const open = await bob.post('/v1/statuses', { status: `${alice.handle} For all`, in_reply_to_id: seen.id })
  await eventually(async () => (await carol.get(`/v1/statuses/${there.id}/context`))['descendants'].length > 0)
  expect((await carol.get(`/v1/statuses/${there.id}/context`))['descendants']).toMatchObject([{ uri: open['uri'] }])
})

test('a server with many followers gets one copy', async () => {
  const dora = await two.person('dora')
  await befriend(dora, alice)
  const post = await alice.post('/v1/statuses', { status: 'Once for all of you' })
  await Promise.all([bob, dora, carol].map((person) => person.sees((status) => status['uri'] === post['uri'])))
  expect((await inboxesOf(post.id)).toSorted()).toEqual(
    [`${two.origin}/ap/inbox`, `${three.origin}/ap/inbox`].toSorted(),
  )
})

test('a follower that only one server knows is removed with the next private post', async () => {
  const erin = await three.person('erin')
  await befriend(erin, alice)
  // As after a restored backup: the author’s server knows nothing of the follow.
  await one.db.execute(`delete from follows where follower_id = (select id from accounts where uri = '${erin.uri}')`)
  await alice.post('/v1/statuses', { status: 'For those who are left', visibility: 'private' })
  const {
    accounts: [found],
  } = await erin.find(alice.handle)
  // The job waits 30 seconds for follows that may be on their way; the test does not.
  await eventually(
    async () =>
      (
        await three.db.execute(
          `update graphile_worker._private_jobs set run_at = now() where key like 'synchronise-followers %' and locked_at is null returning 1`,
        )
      ).rows.length === 1,
  )
  await eventually(
    async () =>
      !(await erin.get<{ following: boolean }[]>(`/v1/accounts/relationships?id[]=${found!.id}`))[0]!.following,
  )
  // A follower that both servers know stays.
  const {
    accounts: [same],
  } = await carol.find(alice.handle)
  expect(await carol.get(`/v1/accounts/relationships?id[]=${same!.id}`)).toMatchObject([{ following: true }])
})

test('the content of a private post goes only to servers of its readers', async () => {
  const post = await alice.post('/v1/statuses', { status: `${bob.handle} between us`, visibility: 'direct' })
  await bob.notified('mention')
  const { rows } = await one.db.execute<{ body: string }>(`select body from activities where status_id = ${post.id}`)
  expect(await inboxesOf(post.id)).toEqual([`${bob.uri}/inbox`])
  // The activity carries no signature that third parties can verify.
  expect(JSON.parse(rows[0]!.body)).not.toHaveProperty('signature')
})
