/** A change of state leaves no requests that wait for a decision that nobody can make any more. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { recordMove } from '#src/accounts/moves/move.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { applyDomainRules } from '#src/moderation/apply.ts'
import { notify } from '#src/notices/notify.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { follow } from '#src/relationships/follow.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { localAccount, remoteAccount, remoteStatus } from '../cast.ts'
import { idOfPeer, notifications, receive, sent } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const followOf = (s: Scene, actor: { uri: string }, target: AccountId, n = 1) => ({
  type: 'Follow',
  id: `${actor.uri}/follows/${n}`,
  object: s.t.app.uris.account(target),
})
const answers = (s: Scene) => sent(s).map(({ type, object }) => [type, object.id ?? object])
const relation = async (s: Scene, follower: AccountId, target: AccountId) =>
  (await loadRelationships(s.t.db, follower, [target]))[0]

/** Carol's account is locked; bob, who is local, and ann, who is remote, request to follow her. */
async function asked() {
  const s = await scene()
  const [carol, bob] = [await localAccount(s.t, 'carol'), await localAccount(s.t, 'bob')]
  await updateProfile(s.t.app, carol, { isLocked: true })
  const ann = s.peer.actor('ann')
  await s.t.db.transaction((tx) => follow(tx, s.t.app.uris, bob, carol, { notifies: true }))
  await receive(s, ann, followOf(s, ann, carol))
  expect(await notifications(s, carol)).toEqual(['follow_request', 'follow_request'])
  s.peer.posted.length = 0
  return { s, carol, bob, ann, annId: await idOfPeer(s, ann), [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

test('unlocking an account accepts all its follow requests', async () => {
  await using c = await asked()
  const { s, carol, bob, ann, annId } = c
  await updateProfile(s.t.app, carol, { isLocked: false })
  await s.work()
  expect(await relation(s, bob, carol)).toMatchObject({ following: true, requested: false, notifies: true })
  expect(await relation(s, carol, annId)).toMatchObject({ followedBy: true, requestedBy: false })
  expect(answers(s)).toContainEqual(['Accept', `${ann.uri}/follows/1`])
  expect(await notifications(s, carol)).toEqual(['follow', 'follow'])
  // Asking once more makes no request beside the follow.
  await receive(s, ann, followOf(s, ann, carol, 2))
  expect((await s.t.db.execute(sql`select from follow_requests`)).rows).toEqual([])
})

test('unlocking an account leaves requests of limited accounts waiting; lifting the limit accepts them', async () => {
  await using c = await asked()
  const { s, carol, annId } = c
  await s.t.db.execute(sql`update accounts set silenced_at = now(), silenced_by = 'domain' where id = ${annId}`)
  await updateProfile(s.t.app, carol, { isLocked: false })
  await s.work()
  expect(await relation(s, carol, annId)).toMatchObject({ followedBy: false, requestedBy: true })
  await applyDomainRules(s.t.db, { domain: null })
  await s.work()
  expect(await relation(s, carol, annId)).toMatchObject({ followedBy: true, requestedBy: false })
})

test('follow requests to an account that moves are answered, and local ones move with it', async () => {
  await using c = await asked()
  const { s, carol, bob, ann, annId } = c
  const next = await localAccount(s.t, 'next')
  await s.t.db.execute(
    sql`update accounts set also_known_as = array[${s.t.app.uris.account(carol)}] where id = ${next}`,
  )
  await s.t.db.transaction((tx) => recordMove(tx, carol, next))
  await s.work()
  expect(await relation(s, bob, carol)).toMatchObject({ following: false, requested: false })
  expect(await relation(s, bob, next)).toMatchObject({ following: true })
  expect(await relation(s, carol, annId)).toMatchObject({ followedBy: false, requestedBy: false })
  expect(answers(s)).toContainEqual(['Reject', `${ann.uri}/follows/1`])
})

test('a person’s domain block deletes notifications and notification requests from there', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const [foe, stranger, friend] = [
    await remoteAccount(s.t, 'foe', 'bad.test'),
    await remoteAccount(s.t, 'stranger', 'bad.test'),
    await remoteAccount(s.t, 'friend', 'good.test'),
  ]
  for (const from of [foe, friend]) await s.t.db.transaction((tx) => notify(tx, { type: 'follow', for: alice, from }))
  await s.t.db.transaction((tx) => savePolicy(tx, alice, { forNotFollowing: 'filter' }))
  const statusId: StatusId = await remoteStatus(s.t, stranger, { mentionedIds: [alice] })
  expect(statusId).not.toBeNull()
  await s.t.db.transaction((tx) => blockDomain(tx, s.t.app.uris, alice, 'bad.test'))
  await s.work()
  expect((await s.t.db.execute(sql`select from_account_id::text as "from" from notifications`)).rows).toEqual([
    { from: friend },
  ])
  expect((await s.t.db.execute(sql`select from notification_requests`)).rows).toEqual([])
})
