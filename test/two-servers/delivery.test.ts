import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import type { Person } from './instance.ts'
import { befriend, threeServers } from './world.ts'

const { one, two, three, alice, bob, carol } = await threeServers()
await befriend(bob, alice)
await befriend(carol, alice)

const says = (author: Person, words: string) => author.post('/v1/statuses', { status: words })
const hostRow = async (host: string) =>
  (await one.db.execute<{ failures: number }>(`select failures from hosts where host = '${host}'`)).rows[0]
/** The probe of a host that was down comes when its pause is over: now. */
const probeNow = (host: string) => one.pipit('federation', 'retry', host)

test('a server that hangs delays no others, and gets all deliveries in order when it answers again', async () => {
  await three.front.becomes('hangs')
  const posts = [await says(alice, 'First'), await says(alice, 'Second'), await says(alice, 'Third')]
  const failed = eventually(async () => ((await hostRow(three.host))?.failures ?? 0) > 0).then(() => new Date())
  for (const post of posts) await bob.sees((status) => status['uri'] === post['uri'])
  // The other waits ten seconds for an answer.
  const { rows } = await two.db.execute<{ at: string }>(
    'select max(received_at)::text as at from statuses where not is_local',
  )
  expect(Date.parse(rows[0]!.at)).toBeLessThan((await failed).getTime())

  await three.front.becomes('well')
  await probeNow(three.host)
  await eventually(
    async () => (await carol.home()).filter(({ uri }) => posts.some((post) => post['uri'] === uri)).length === 3,
  )
  const arrived = await three.db.execute<{ uri: string }>(
    `select uri from statuses where uri in (${posts.map((post) => `'${post['uri']}'`).join(',')}) order by received_at`,
  )
  expect(arrived.rows.map(({ uri }) => uri)).toEqual(posts.map((post) => post['uri']))
})

test('a server that was down gets the missed activities when it is back', async () => {
  await three.front.becomes('refuses')
  const post = await says(alice, 'While you were away')
  await bob.sees((status) => status['uri'] === post['uri'])
  await eventually(async () => ((await hostRow(three.host))?.failures ?? 0) > 0)
  await three.front.becomes('well')
  // Any activity from the server shows that it is up again.
  const [known] = await carol.home()
  await carol.post(`/v1/statuses/${known!.id}/favourite`)
  expect(await carol.sees((status) => status['uri'] === post['uri'])).toMatchObject({
    content: '<p>While you were away</p>',
  })
})

test('a process that is killed while it sends neither loses nor repeats activities', async () => {
  await three.front.becomes('hangs')
  const post = await says(alice, 'Before the crash')
  await bob.sees((status) => status['uri'] === post['uri'])
  await one.kill()
  await three.front.becomes('well')
  // The lease of a killed worker ends after a minute.
  await one.db.execute(`update hosts set next_try_at = now(), lease_ends_at = null, failures = 0`)
  await one.restart()
  await probeNow(three.host)
  await carol.sees((status) => status['uri'] === post['uri'])
  const { rows } = await three.db.execute(`select 1 from statuses where uri = '${post['uri']}'`)
  expect(rows).toHaveLength(1)
})

test('a server that answers 410 gets no further requests, and its accounts stop being followers', async () => {
  const dora = await three.person('dora')
  await befriend(dora, bob)
  await three.front.becomes('gone')
  const inboxes = async () =>
    (
      await two.db.execute<{ inbox: string }>(`
    select i.url as inbox from delivery_outcomes o, unnest(o.inbox_ids) as reached(id) join inboxes i on i.id = reached.id where i.host = '${three.host}' and o.error is not null order by o.finished_at`)
    ).rows
  await says(bob, 'Anybody?')
  await eventually(async () => (await inboxes()).length === 1)
  // Not all of a server are gone with its shared inbox: the own ones are asked, once.
  await says(bob, 'Somebody?')
  await eventually(async () => (await inboxes()).length === 2)
  expect((await inboxes()).map(({ inbox }) => inbox)).toEqual([`${three.origin}/ap/inbox`, `${dora.uri}/inbox`])
  await two.db.execute(`update graphile_worker._private_jobs set run_at = now() where key like 'check-gone %'`)
  await eventually(async () => (await bob.get('/v1/accounts/verify_credentials'))['followers_count'] === 0)
  await says(bob, 'Nobody.')
  expect(await inboxes()).toHaveLength(2)
  await three.front.becomes('well')
})

test('an admin sees the state of deliveries to each server', async () => {
  const { stdout } = await one.pipit('federation', 'hosts', '--json')
  const hosts = JSON.parse(stdout) as { host: string }[]
  expect(hosts.map(({ host }) => host).toSorted()).toEqual([two.host, three.host].toSorted())
})
