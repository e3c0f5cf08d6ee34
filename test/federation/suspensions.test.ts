/** Suspensions, limits and marks by moderators, as other servers notice them. */
import { and, eq, isNull } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { endEffect, strike } from '#src/moderation/accounts/strike.ts'
import { accounts } from '#src/platform/db/schema/accounts.ts'
import { severanceEvents } from '#src/platform/db/schema/moderation.ts'
import { follows } from '#src/platform/db/schema/relationships.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { follow } from '#src/relationships/follow.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, status } from '#test/cast.ts'
import { signedPost } from './peer.ts'
import { scene, type Scene } from './setup.ts'

type Sent = { type: string; actor: string; object: Record<string, unknown> }
const sent = (s: Scene): Sent[] => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)

const act = (s: Scene, id: AccountId, action: 'suspend' | 'silence' | 'sensitive') =>
  s.t.db.transaction((tx) => strike(tx, commandLine, id, { action }))
const undo = (s: Scene, id: AccountId, action: 'suspend' | 'silence' | 'sensitive') =>
  s.t.db.transaction((tx) => endEffect(tx, commandLine, id, action))

async function remote(s: Scene, name: string): Promise<{ id: AccountId; actor: ReturnType<Scene['peer']['actor']> }> {
  const actor = s.peer.actor(name)
  const found = await s.t.remote.url(actor.uri)
  if (!found) throw new Error(`${name} was not found`)
  return { id: found.id as AccountId, actor }
}

const get = (s: Scene, url: string) =>
  s.routes.request(new Request(url, { headers: { accept: 'application/activity+json' } }))

async function settle(s: Scene): Promise<void> {
  await s.work()
  s.peer.posted.length = 0
}

test('followers’ servers get an Update of a suspended local account, and again when it comes back', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = await remote(s, 'carol')
  await makeFollow(s.t, carol.id, alice)
  const post = await status(s.t, alice, { text: 'Before' })
  await settle(s)

  await act(s, alice, 'suspend')
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Update', object: { id: s.t.app.uris.account(alice), suspended: true } }])
  expect(await (await get(s, s.t.app.uris.account(alice))).json()).toMatchObject({ suspended: true })
  expect((await get(s, s.t.app.uris.status(post))).status).toBe(404)
  expect(await loadStatusView(s.t.db, null, post)).toBeUndefined()

  s.peer.posted.length = 0
  await undo(s, alice, 'suspend')
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Update', object: { preferredUsername: 'alice' } }])
  expect(sent(s)[0]?.object).not.toHaveProperty('suspended')
  expect((await get(s, s.t.app.uris.status(post))).status).toBe(200)
  expect(await s.t.db.select().from(follows).where(eq(follows.targetId, alice))).toHaveLength(1)
})

test('a suspended local account takes nothing: neither follows, nor interactions with its posts', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = await remote(s, 'carol')
  const post = await status(s.t, alice)
  await act(s, alice, 'suspend')
  await settle(s)
  const to = ['https://www.w3.org/ns/activitystreams#Public']
  const activities = [
    { type: 'Follow', object: s.t.app.uris.account(alice) },
    { type: 'Like', object: s.t.app.uris.status(post) },
    { type: 'Announce', to, object: s.t.app.uris.status(post) },
  ]
  for (const [i, activity] of activities.entries())
    await s.routes.request(
      signedPost(s.t.app, carol.actor, { id: `${s.peer.origin}/${i}`, actor: carol.actor.uri, ...activity }),
    )
  await s.work()
  expect(sent(s)).toEqual([])
  const { rows } = await s.t.db.execute(
    'select from follows union all select from favourites union all select from statuses where reblog_of_id is not null',
  )
  expect(rows).toEqual([])
})

test('the follows by a suspended remote account end with a Reject to its server; follows of it stay', async () => {
  await using s = await scene()
  const [alice, bob] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bob')]
  const carol = await remote(s, 'carol')
  await makeFollow(s.t, carol.id, alice)
  await makeFollow(s.t, bob, carol.id)
  await settle(s)

  await act(s, carol.id, 'suspend')
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Reject', actor: s.t.app.uris.account(alice), object: { type: 'Follow' } }])
  expect(await s.t.db.select({ by: follows.followerId }).from(follows)).toEqual([{ by: bob }])
  expect(await s.t.db.select({ name: severanceEvents.targetName }).from(severanceEvents)).toEqual([
    { name: `carol@${s.peer.host}` },
  ])

  // What it sends has no effect, and it gets nothing.
  s.peer.posted.length = 0
  await s.routes.request(
    signedPost(s.t.app, carol.actor, {
      id: `${s.peer.origin}/1`,
      type: 'Follow',
      actor: carol.actor.uri,
      object: s.t.app.uris.account(alice),
    }),
  )
  await status(s.t, alice)
  await s.work()
  expect(sent(s)).toEqual([])

  await undo(s, carol.id, 'suspend')
  await s.work()
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, alice, carol.id))
  await s.work()
  expect(sent(s)).toMatchObject([{ type: 'Follow' }])
})

test('files of an account are sensitive in what other servers fetch, and not any more when that is lifted', async () => {
  await using s = await scene()
  const [alice, bob] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bob')]
  const post = await status(s.t, alice)
  const read = async () => (await (await get(s, s.t.app.uris.status(post))).json()) as { sensitive: boolean }
  expect(await read()).toMatchObject({ sensitive: false })
  await act(s, alice, 'sensitive')
  expect(await read()).toMatchObject({ sensitive: true })
  expect(await read()).toMatchObject({ sensitive: true })
  expect(await loadStatusView(s.t.db, bob, post)).toMatchObject({ isSensitive: true })
  // As the author chose, so that an edit keeps it.
  expect(await loadStatusView(s.t.db, alice, post)).toMatchObject({ isSensitive: false })
  await undo(s, alice, 'sensitive')
  expect(await read()).toMatchObject({ sensitive: false })
})

test('other servers hear nothing of a limit', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const carol = await remote(s, 'carol')
  await makeFollow(s.t, carol.id, alice)
  await settle(s)
  await forgetJobs(s.t)
  await act(s, alice, 'silence')
  await s.work()
  expect(sent(s)).toEqual([])
  const limited = and(eq(accounts.id, alice), isNull(accounts.silencedAt))
  expect(await s.t.db.select({ id: accounts.id }).from(accounts).where(limited)).toEqual([])
})
