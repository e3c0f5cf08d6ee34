import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { acceptFollow, follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { mute } from '#src/relationships/mute.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const counts = async (t: TestDatabase, id: AccountId) => {
  const [view] = await loadAccountViews(t.db, [id])
  return [view?.followersCount, view?.followingCount]
}
const notices = async (t: TestDatabase, id: AccountId) =>
  (await loadNotificationPage(t.db, id, {}, { limit: 20 })).views.map(({ type }) => type)
const between = async (t: TestDatabase, viewer: AccountId, id: AccountId) =>
  (await loadRelationships(t.db, viewer, [id]))[0]
const events = async (t: TestDatabase) => (await t.jobPayloads('federate')).map(({ event }) => event.type)

test('an open local account is followed at once, and once', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (let i = 0; i < 2; i++)
    expect(await t.db.transaction((tx) => follow(tx, t.app.uris, bob, alice))).toBe('following')
  expect(await counts(t, alice)).toEqual([1, 0])
  expect(await counts(t, bob)).toEqual([0, 1])
  expect(await notices(t, alice)).toEqual(['follow'])
  expect(await events(t)).toEqual([])

  await t.db.transaction((tx) => unfollow(tx, bob, alice))
  await t.db.transaction((tx) => unfollow(tx, bob, alice))
  expect(await counts(t, alice)).toEqual([0, 0])
  expect(await notices(t, alice)).toEqual([])
})

test('a locked account is asked first, and answers', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await updateProfile(t.app, alice, { isLocked: true })
  expect(await t.db.transaction((tx) => follow(tx, t.app.uris, bob, alice))).toBe('requested')
  expect(await between(t, bob, alice)).toMatchObject({ following: false, requested: true })
  expect(await notices(t, alice)).toEqual(['follow_request'])

  expect(await t.db.transaction((tx) => acceptFollow(tx, alice, bob))).toBe(true)
  expect(await t.db.transaction((tx) => acceptFollow(tx, alice, bob))).toBe(false)
  expect(await between(t, bob, alice)).toMatchObject({ following: true, requested: false })
  expect(await counts(t, alice)).toEqual([1, 0])
  expect(await notices(t, alice)).toEqual(['follow'])

  await t.db.transaction((tx) => follow(tx, t.app.uris, carol, alice, { uri: 'https://remote.test/follows/1' }))
  await forgetJobs(t)
  await t.db.transaction((tx) => rejectFollow(tx, alice, carol))
  expect((await t.jobPayloads('federate')).map(({ event }) => event)).toEqual([
    { type: 'follow.rejected', followerId: carol, targetId: alice, uri: 'https://remote.test/follows/1' },
  ])
})

test('a follow of a remote account sends a request to its server, whose Accept makes the follow', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  expect(await t.db.transaction((tx) => follow(tx, t.app.uris, alice, carol))).toBe('requested')
  expect(await events(t)).toEqual(['follow.requested'])
  await t.db.transaction((tx) => acceptFollow(tx, carol, alice))
  expect(await counts(t, alice)).toEqual([0, 1])
  await t.db.transaction((tx) => unfollow(tx, alice, carol))
  expect((await events(t)).at(-1)).toBe('follow.removed')
})

test('a repeated Follow of a remote account is answered again', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  for (const n of [1, 2])
    await t.db.transaction((tx) => follow(tx, t.app.uris, carol, alice, { uri: `https://remote.test/follows/${n}` }))
  expect((await t.jobPayloads('federate')).map(({ event }) => event)).toMatchObject([
    { type: 'follow.accepted', uri: 'https://remote.test/follows/1' },
    { type: 'follow.accepted', uri: 'https://remote.test/follows/2' },
  ])
  expect(await counts(t, alice)).toEqual([1, 0])
})

test('a block ends follows in both directions and prevents new ones; its end restores none', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect(await counts(t, alice)).toEqual([0, 0])
  expect(await counts(t, bob)).toEqual([0, 0])
  await expect(t.db.transaction((tx) => follow(tx, t.app.uris, bob, alice))).rejects.toMatchObject({
    code: 'not_permitted',
  })
  await expect(t.db.transaction((tx) => follow(tx, t.app.uris, alice, bob))).rejects.toMatchObject({
    code: 'not_permitted',
  })

  await status(t, bob, { text: 'Hey @alice' })
  expect(await notices(t, alice)).toEqual([])
  await t.db.transaction((tx) => unblock(tx, alice, bob))
  expect(await between(t, alice, bob)).toMatchObject({ following: false, followedBy: false, blocking: false })
})

test('two accounts that follow each other at the same moment both succeed', async () => {
  await using t = await database()
  const people = [await localAccount(t, 'a'), await localAccount(t, 'b'), await localAccount(t, 'c')]
  await Promise.all(
    people.flatMap((one) =>
      people
        .filter((other) => other !== one)
        .map((other) => t.db.transaction((tx) => follow(tx, t.app.uris, one, other))),
    ),
  )
  for (const id of people) expect(await counts(t, id)).toEqual([2, 2])
})

test('a muted account causes no notifications, and an account can’t follow itself', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.transaction((tx) => mute(tx, alice, bob))
  await status(t, bob, { text: '@alice listen' })
  expect(await notices(t, alice)).toEqual([])
  await expect(t.db.transaction((tx) => follow(tx, t.app.uris, bob, bob))).rejects.toMatchObject({
    code: 'unprocessable',
  })
})
