import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { forwardReport } from '#src/moderation/reports/handle.ts'
import { listReports } from '#src/moderation/reports/list.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { notifications, receive, sent } from './receive.ts'
import { scene } from './setup.ts'

test('a Flag of another server makes one report, and does not notify the reported account', async () => {
  await using s = await scene()
  const [owner, alice] = [await localAccount(s.t, 'owner', { role: 'owner' }), await localAccount(s.t, 'alice')]
  const [post, hidden] = [await status(s.t, alice), await status(s.t, alice, { visibility: 'private' })]
  const { uris } = s.t.app
  const server = s.peer.actor('remote', { type: 'Application' })
  const flag = {
    type: 'Flag',
    id: `${server.uri}/flags/1`,
    content: 'Spam <b>everywhere</b>',
    object: [uris.account(alice), uris.status(post), uris.status(hidden), `${server.uri}/notes/1`],
    to: [uris.account(alice)],
  }
  await receive(s, server, flag)
  await s.t.db.execute(sql`delete from received_activities`)
  await receive(s, server, { ...flag, content: 'Again' })

  expect(await listReports(s.t.db, { limit: 10 })).toEqual([
    expect.objectContaining({
      reporter: `@remote@${s.peer.host}`,
      target: '@alice',
      category: 'other',
      comment: 'Spam <b>everywhere</b>',
      statusUris: [uris.status(post), uris.status(hidden)],
    }),
  ])
  expect((await loadNotificationPage(s.t.db, owner, {}, { limit: 9 })).views).toMatchObject([
    { type: 'admin.report', report: { target: { id: alice } } },
  ])
  expect(await notifications(s, alice)).toEqual([])
})

test.each<[what: string, object: (uris: { account: string; post: string; page: string; profile: string }) => unknown]>([
  ['one id', ({ account }) => account],
  ['one post', ({ post }) => post],
  ['addresses of pages', ({ page, profile }) => [profile, page]],
  [
    'whole objects',
    ({ account, post }) => [
      { type: 'Person', id: account },
      { type: 'Note', id: post },
    ],
  ],
  ['an id and objects', ({ account, post }) => [account, { type: 'Note', id: post, attributedTo: account }]],
])('a Flag may have %s', async (what, object) => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const { uris } = s.t.app
  const bob = s.peer.actor('bob')
  await receive(s, bob, {
    type: 'Flag',
    content: 'Look',
    object: object({
      account: uris.account(alice),
      post: uris.status(post),
      page: uris.statusPage('alice', post),
      profile: uris.profile('alice'),
    }),
  })
  expect(await listReports(s.t.db, { limit: 10 })).toMatchObject([
    { target: '@alice', statusUris: what === 'one id' ? [] : [uris.status(post)] },
  ])
})

test('remote posts, and posts of other accounts, are left out of a report', async () => {
  await using s = await scene()
  const [alice, ann] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'ann')]
  const carol = await remoteAccount(s.t, 'carol')
  const theirs = await remoteStatus(s.t, carol)
  const { uris } = s.t.app
  const bob = s.peer.actor('bob')
  await receive(
    s,
    bob,
    { type: 'Flag', object: ['https://remote.test/users/carol', uris.account(carol), uris.status(theirs)] },
    { type: 'Flag', object: [] },
    { type: 'Flag' },
    { type: 'Flag', object: uris.account('999' as typeof alice) },
  )
  expect(await listReports(s.t.db, { limit: 10 })).toEqual([])

  const post = await status(s.t, ann)
  await receive(s, bob, { type: 'Flag', id: `${bob.uri}/flags/2`, object: [uris.account(alice), uris.status(post)] })
  expect(await listReports(s.t.db, { limit: 10 })).toMatchObject([
    { target: '@ann', statusUris: [uris.status(post)] },
    { target: '@alice', statusUris: [] },
  ])
})

test('reports by one server are limited', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await receive(s, bob, { type: 'Flag', content: 'x'.repeat(5_000), object: s.t.app.uris.account(alice) })
  expect((await listReports(s.t.db, { limit: 10 }))[0]?.comment).toHaveLength(1_000)
  await s.t.db.execute(
    sql`insert into reports (id, account_id, target_id) select n, account_id, target_id from reports, generate_series(1, 99) n`,
  )
  await receive(s, bob, { type: 'Flag', object: s.t.app.uris.account(alice) })
  expect(await listReports(s.t.db, { limit: 200 })).toHaveLength(100)
})

test('a report that staff forward reaches the other server once, without the reporter', async () => {
  await using s = await scene()
  const [alice, mod] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'mod', { role: 'moderator' })]
  const bob = s.peer.actor('bob')
  const bobId = (await s.t.app.remote.url(bob.uri))!.id as AccountId
  const flags = () => sent(s).filter(({ type }) => type === 'Flag')
  const id = await s.t.db.transaction((tx) =>
    createReport(tx, s.t.app.uris, alice, { targetId: bobId, comment: 'Rude' }),
  )
  await s.work()
  expect(flags()).toEqual([])
  const staff = await staffMember(s.t.db, mod)
  await s.t.db.transaction((tx) => forwardReport(tx, staff, id))
  await s.work()
  expect(flags()).toMatchObject([{ actor: s.t.app.uris.instanceActor, content: 'Rude', object: [bob.uri] }])
  expect(JSON.stringify(flags())).not.toContain(s.t.app.uris.account(alice))
})
