/** What staff do to accounts and posts, as another server and its people notice it. */
import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { liftStrike } from '#src/moderation/accounts/strike.ts'
import { actOnReported } from '#src/moderation/reports/act.ts'
import { forwardReport } from '#src/moderation/reports/handle.ts'
import { listReports } from '#src/moderation/reports/list.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import { reports } from '#src/platform/db/schema/moderation.ts'
import type { AccountId, ReportId, StatusId } from '#src/platform/ids.ts'
import { eventually } from '../patience.ts'
import type { Person } from './instance.ts'
import { befriend, threeServers } from './world.ts'

const { one, two, alice, bob, carol } = await threeServers()

type Account = { id: string; suspended?: boolean; display_name: string }
type Relationship = { following: boolean; followed_by: boolean }

const seenBy = async (viewer: Person, other: Person): Promise<Account> =>
  (await viewer.find(other.handle)).accounts[0] as unknown as Account
const relation = async (viewer: Person, id: string) =>
  (await viewer.get<Relationship[]>(`/v1/accounts/relationships?id[]=${id}`))[0]
const postsOf = (viewer: Person, id: string) =>
  viewer.get<{ uri: string }[]>(`/v1/accounts/${id}/statuses`).then((all) => all.map(({ uri }) => uri))
const run = async (...args: string[]) => {
  const { code, stderr } = await one.pipit(...args)
  expect({ args, code, stderr }).toMatchObject({ code: 0 })
}

test('a suspended person is hidden on other servers, and comes back with posts and followers', async () => {
  await befriend(bob, alice)
  await befriend(alice, bob)
  const post = await alice.post('/v1/statuses', { status: 'Before the suspension' })
  await bob.sees((status) => status['uri'] === post['uri'])
  const { id } = await seenBy(bob, alice)

  await run('accounts', 'suspend', 'alice', '--text', 'Too loud')
  await eventually(async () => (await bob.get<Account>(`/v1/accounts/${id}`)).suspended === true, 'The suspension')
  expect(await postsOf(bob, id)).toEqual([])
  expect((await bob.home()).map(({ uri }) => uri)).not.toContain(post['uri'])
  await expect(alice.get('/v1/timelines/home')).rejects.toThrow(/ 40[13] /)

  await run('accounts', 'unsuspend', 'alice')
  await eventually(async () => !(await bob.get<Account>(`/v1/accounts/${id}`)).suspended, 'The end of the suspension')
  expect(await postsOf(bob, id)).toEqual([post['uri']])
  expect(await relation(bob, id)).toMatchObject({ following: true, followed_by: true })
  expect((await one.document(post['uri'])).status).toBe(200)
})

test('a suspended person of another server loses their follows here, and keeps their followers here', async () => {
  const fan = await one.person('fan')
  await befriend(fan, bob)
  await befriend(bob, fan)
  const [here, there] = [(await seenBy(bob, fan)).id, (await seenBy(fan, bob)).id]

  await run('accounts', 'suspend', `bob@${two.host}`)
  await eventually(async () => (await relation(bob, here))?.following === false, 'The end of the follow')
  expect(await fan.get<Account>(`/v1/accounts/${there}`)).toMatchObject({ suspended: true })
  const ignored = await bob.post('/v1/statuses', { status: `${fan.handle} Do you hear me?` })

  await run('accounts', 'unsuspend', `bob@${two.host}`)
  expect((await fan.get<Account>(`/v1/accounts/${there}`)).suspended).toBeUndefined()
  expect(await relation(fan, there)).toMatchObject({ following: true, followed_by: false })
  const heard = await bob.post('/v1/statuses', { status: 'Heard again' })
  await fan.sees((status) => status['uri'] === heard['uri'])
  expect(await postsOf(fan, there)).not.toContain(ignored['uri'])
})

test('posts that staff mark or delete are sensitive or gone on other servers, and a mark can be lifted', async () => {
  const dora = await one.person('dora')
  await befriend(bob, dora)
  const image = await picture(dora)
  const marked = await dora.post('/v1/statuses', { status: 'A photo', media_ids: [image] })
  const deleted = await dora.post('/v1/statuses', { status: 'Regrettable' })
  const [there, gone] = [
    await bob.sees((status) => status['uri'] === marked['uri']),
    await bob.sees((status) => status['uri'] === deleted['uri']),
  ]
  expect(there).toMatchObject({ sensitive: false })
  const act = (id: string, action: 'delete_statuses' | 'mark_statuses_as_sensitive') =>
    one.db.transaction((tx) =>
      actOnStatuses(tx, commandLine, dora.id as AccountId, [id as StatusId], { action, text: '' }),
    )

  const { strikeId } = await act(marked.id, 'mark_statuses_as_sensitive')
  const isSensitive = async () => (await bob.get<{ sensitive: boolean }>(`/v1/statuses/${there.id}`)).sensitive
  await eventually(isSensitive, 'The mark')
  await one.db.transaction((tx) => liftStrike(tx, commandLine, strikeId!))
  await eventually(async () => !(await isSensitive()), 'The end of the mark')

  await act(deleted.id, 'delete_statuses')
  await eventually(
    () =>
      bob.get(`/v1/statuses/${gone.id}`).then(
        () => false,
        () => true,
      ),
    'The deletion',
  )
  expect((await one.document(deleted['uri'])).status).toBe(410)
})

test('an account whose files are sensitive sends its next posts so, and a limited one is still followed', async () => {
  const erin = await one.person('erin')
  await befriend(carol, erin)
  await run('accounts', 'sensitive', 'erin')
  await run('accounts', 'limit', 'erin')
  const post = await erin.post('/v1/statuses', { status: 'Another photo', media_ids: [await picture(erin)] })
  expect(await carol.sees((status) => status['uri'] === post['uri'])).toMatchObject({ sensitive: true })
  await run('accounts', 'unsensitive', 'erin')
  const next = await erin.post('/v1/statuses', { status: 'One more', media_ids: [await picture(erin)] })
  expect(await carol.sees((status) => status['uri'] === next['uri'])).toMatchObject({ sensitive: false })
})

test('the data of a suspended account that is purged goes everywhere, and its address says so', async () => {
  const mallory = await one.person('mallory')
  await befriend(carol, mallory)
  const post = await mallory.post('/v1/statuses', { status: 'Spam' })
  await carol.sees((status) => status['uri'] === post['uri'])
  const { id } = await seenBy(carol, mallory)
  await run('accounts', 'suspend', 'mallory')
  await run('accounts', 'purge', 'mallory', '--yes')
  await eventually(
    () =>
      carol.get(`/v1/accounts/${id}`).then(
        () => false,
        () => true,
      ),
    'The deletion',
  )
  await eventually(async () => (await one.document(mallory.uri)).status === 410, 'The tombstone')
  const refused = await one.pipit('accounts', 'unsuspend', 'mallory')
  expect(refused.code).not.toBe(0)
})

test('a report that staff send on arrives at the other server, and what is deleted from it there is gone here', async () => {
  const [reporter, author] = [await one.person('reporter'), await two.person('author')]
  await befriend(reporter, author)
  const [mean, kind] = [
    await author.post('/v1/statuses', { status: 'Mean words' }),
    await author.post('/v1/statuses', { status: 'Kind words' }),
  ]
  const seen = await reporter.sees((status) => status['uri'] === mean['uri'])
  await reporter.sees((status) => status['uri'] === kind['uri'])
  const account = seen['account'] as unknown as Account
  const comment = 'Too mean for us'
  const report = await reporter.post('/v1/reports', { account_id: account.id, status_ids: [seen.id], comment })
  const there = async () => (await listReports(two.db, { limit: 20 })).find((found) => found.comment === comment)
  expect(await there()).toBeUndefined()

  await one.db.transaction((tx) => forwardReport(tx, commandLine, report.id as ReportId))
  await eventually(async () => (await there()) !== undefined, 'The report')
  const arrived = (await there())!
  expect(arrived).toMatchObject({ target: '@author', statusUris: [mean['uri']] })
  // The other server learns who forwards it, not who reported.
  expect(arrived.reporter).toContain(one.host)
  expect(arrived.reporter).not.toContain('reporter')

  const [id] = (await two.db.select({ ids: reports.statusIds }).from(reports).where(eq(reports.id, arrived.id)))[0]!.ids
  await two.db.transaction((tx) =>
    actOnReported(
      tx,
      commandLine,
      arrived.id,
      { statusIds: [id!], collectionIds: [] },
      { action: 'delete_statuses', text: 'No mean words here' },
    ),
  )
  expect(await there()).toBeUndefined()
  const left = async () => (await reporter.home()).map(({ uri }) => uri)
  await eventually(async () => !(await left()).includes(mean['uri']), 'The deletion')
  expect(await left()).toContain(kind['uri'])
})

/** Uploads a small picture. @returns its id */
async function picture(person: Person): Promise<string> {
  const { default: sharp } = await import('sharp')
  const png = await sharp({ create: { width: 16, height: 12, channels: 3, background: '#2266aa' } })
    .png()
    .toBuffer()
  const form = new FormData()
  form.set('file', new File([new Uint8Array(png)], 'picture.png', { type: 'image/png' }))
  return (await person.upload(form)).id
}
