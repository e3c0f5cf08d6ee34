import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { addToCollection, revokeFromCollection } from '#src/reading/collections/items.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { loadCollection } from '#src/reading/collections/views.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { directory } from '#src/reading/suggestions/directory.ts'
import { dismissSuggestion, suggest } from '#src/reading/suggestions/suggest.ts'
import { featureTag, loadFeaturedTags, suggestedTags } from '#src/reading/tags/feature.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { block } from '#src/relationships/block.ts'
import { blockDomain, severDomain } from '#src/relationships/domain-block.ts'
import { endorse } from '#src/relationships/endorse.ts'
import { familiarFollowers } from '#src/relationships/familiar-followers.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { mutedBy, visibleRelations } from '#src/relationships/lists.ts'
import { mute } from '#src/relationships/mute.ts'
import { noteAccount } from '#src/relationships/note.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const between = async (t: TestDatabase, viewer: AccountId, id: AccountId) =>
  (await loadRelationships(t.db, viewer, [id]))[0]
const events = async (t: TestDatabase) => (await t.jobPayloads('federate')).map(({ event }) => event.type)

test('following again changes only the given options', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const again = (options: Parameters<typeof follow>[4]) =>
    t.db.transaction((tx) => follow(tx, t.app.uris, alice, bob, options))
  await again({ notifies: true, languages: ['de', 'en'] })
  expect(await between(t, alice, bob)).toMatchObject({
    following: true,
    showsReblogs: true,
    notifies: true,
    languages: ['de', 'en'],
  })
  await again({ showsReblogs: false })
  expect(await between(t, alice, bob)).toMatchObject({ showsReblogs: false, notifies: true, languages: ['de', 'en'] })
  await again({ languages: ['EN', 'eng', 'pt_br'] })
  expect(await between(t, alice, bob)).toMatchObject({ languages: ['en', 'pt-BR'] })
  await again({ notifies: false, languages: [] })
  expect(await between(t, alice, bob)).toMatchObject({ showsReblogs: false, notifies: false, languages: null })
  await expect(again({ languages: ['not a language'] })).rejects.toMatchObject({ code: 'invalid' })
})

test('a mute with an end hides until then, and is deleted later', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  const post = await status(t, bob, { text: 'Hey @alice' })
  await t.db.transaction((tx) => mute(tx, alice, bob, { durationSeconds: 3_600 }))
  expect(await homeTimeline(t.db, alice, { limit: 9 })).toEqual([])
  const ends = (await between(t, alice, bob))?.mutingExpiresAt ?? 0
  expect(Math.abs(ends - Date.now() - 3_600_000)).toBeLessThan(60_000)

  await t.db.execute(sql`update mutes set expires_at = now() - interval '1 second'`)
  expect(await homeTimeline(t.db, alice, { limit: 9 })).toEqual([post])
  expect(await between(t, alice, bob)).toMatchObject({ muting: false, mutingExpiresAt: null })
  expect(await mutedBy(t.db, alice, { limit: 9 })).toEqual([])
  expect(await cleanUp(t.app)).toMatchObject({ mutes: 1 })
})

test('a domain block ends follows in both directions, and prevents new ones', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [carol, dave, elsewhere] = [
    await remoteAccount(t, 'carol'),
    await remoteAccount(t, 'dave'),
    await remoteAccount(t, 'eve', 'other.test'),
  ]
  for (const followed of [carol, elsewhere]) await makeFollow(t, alice, followed)
  await t.db.transaction((tx) => follow(tx, t.app.uris, dave, alice, { uri: 'https://remote.test/follows/1' }))
  await forgetJobs(t)

  for (let i = 0; i < 2; i++) await t.db.transaction((tx) => blockDomain(tx, t.app.uris, alice, 'REMOTE.test.'))
  expect(await t.jobPayloads('sever-domain')).toEqual([{ accountId: alice, domain: 'remote.test' }])
  await severDomain(t.db, alice, 'remote.test')
  expect((await events(t)).toSorted()).toEqual(['follow.rejected', 'follow.removed'])
  expect(await between(t, alice, carol)).toMatchObject({ following: false, domainBlocking: true })
  expect(await between(t, alice, dave)).toMatchObject({ followedBy: false })
  expect(await between(t, alice, elsewhere)).toMatchObject({ following: true, domainBlocking: false })

  for (const [from, to] of [
    [alice, carol],
    [dave, alice],
  ] as const) {
    await expect(t.db.transaction((tx) => follow(tx, t.app.uris, from, to))).rejects.toMatchObject({
      code: 'not_permitted',
    })
  }
  await expect(t.db.transaction((tx) => blockDomain(tx, t.app.uris, alice, 'pipit.test'))).rejects.toMatchObject({
    code: 'invalid',
  })
})

test('a thread leaves out muted accounts, but not the replies to them', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const root = await status(t, carol)
  const muted = await status(t, bob, { text: 'Hm', inReplyToId: root })
  const answer = await status(t, carol, { text: 'What?', inReplyToId: muted })
  await t.db.transaction((tx) => mute(tx, alice, bob))
  expect((await thread(t.db, alice, root)).descendants).toEqual([answer])
  expect((await thread(t.db, alice, answer)).ancestors).toEqual([root])
  expect((await thread(t.db, carol, root)).descendants).toEqual([muted, answer])
})

test('only followed accounts can be endorsed, and an unfollow ends it', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await expect(t.db.transaction((tx) => endorse(tx, alice, bob))).rejects.toMatchObject({ code: 'invalid' })
  await makeFollow(t, alice, bob)
  await t.db.transaction((tx) => endorse(tx, alice, bob))
  expect(await between(t, alice, bob)).toMatchObject({ endorsed: true })
  await t.db.transaction((tx) => unfollow(tx, alice, bob))
  expect(await between(t, alice, bob)).toMatchObject({ endorsed: false })
})

test('the count of a featured hashtag covers public and unlisted posts, and follows edits and deletions', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const first = await status(t, alice, { text: '#Birds' })
  const second = await status(t, alice, { text: '#birds and #trees', visibility: 'unlisted' })
  await status(t, alice, { text: '#birds', visibility: 'private' })
  const count = async () =>
    (await loadFeaturedTags(t.db, alice)).map(({ name, statusesCount }) => [name, statusesCount])
  await t.db.transaction((tx) => featureTag(tx, alice, { name: 'birds', displayName: 'BIRDS' }))
  expect(await count()).toEqual([['BIRDS', 2]])
  await status(t, alice, { text: '#birds again' })
  expect(await count()).toEqual([['BIRDS', 3]])
  await editStatus(t.app, alice, second, { text: 'Only #trees' })
  await t.db.transaction((tx) => deleteStatus(tx, alice, first))
  expect(await count()).toEqual([['BIRDS', 1]])
  expect((await suggestedTags(t.db, alice)).length).toBe(1)

  for (let i = 1; i < 10; i++)
    await t.db.transaction((tx) => featureTag(tx, alice, { name: `tag${i}`, displayName: `tag${i}` }))
  await expect(
    t.db.transaction((tx) => featureTag(tx, alice, { name: 'more', displayName: 'more' })),
  ).rejects.toMatchObject({ code: 'invalid' })
})

test('suggestions come from admins, friends and popular accounts, without followed and dismissed ones', async () => {
  await using t = await database()
  const names = ['alice', 'friend1', 'friend2', 'common', 'famous', 'chosen', 'shy', 'blocked', 'muted']
  const [alice, friend1, friend2, common, famous, chosen, shy, blocked, muted] = (await Promise.all(
    names.map((username) => localAccount(t, username)),
  )) as [AccountId, AccountId, AccountId, AccountId, AccountId, AccountId, AccountId, AccountId, AccountId]
  for (const friend of [friend1, friend2]) {
    await makeFollow(t, alice, friend)
    for (const followed of [common, shy, blocked, muted, alice]) await makeFollow(t, friend, followed)
  }
  await makeFollow(t, common, famous)
  await updateProfile(t.app, shy, { isDiscoverable: false })
  await t.db.transaction(async (tx) => {
    await block(tx, t.app.uris, alice, blocked)
    await mute(tx, alice, muted)
    await saveSettings(tx, commandLine, { suggestedAccounts: ['@chosen', 'friend1'] })
  })
  expect(await suggest(t.db, t.app.uris, alice, 40)).toEqual([
    { accountId: chosen, sources: ['featured'] },
    { accountId: common, sources: ['friends_of_friends', 'most_followed'] },
    { accountId: famous, sources: ['most_followed'] },
  ])
  await t.db.transaction((tx) => dismissSuggestion(tx, alice, common))
  expect((await suggest(t.db, t.app.uris, alice, 1)).map(({ accountId }) => accountId)).toEqual([chosen])
  expect((await suggest(t.db, t.app.uris, alice, 40)).map(({ accountId }) => accountId)).not.toContain(common)

  await status(t, famous)
  await status(t, shy)
  expect(await directory(t.db, null, { order: 'active', localOnly: true, limit: 5, offset: 0 })).toEqual([famous])
  const newest = await directory(t.db, alice, { order: 'new', localOnly: false, limit: 40, offset: 0 })
  expect(newest).toEqual([...newest].toSorted((a, b) => (a > b ? -1 : 1)))
  expect(newest).toContain(famous)
  for (const hidden of [shy, blocked, muted]) expect(newest).not.toContain(hidden)
})

test('familiar followers are followed by both accounts, unless one of them hides it', async () => {
  await using t = await database()
  const [alice, bob, carol, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
    await localAccount(t, 'dave'),
  ]
  for (const friend of [bob, carol]) {
    await makeFollow(t, alice, friend)
    await makeFollow(t, friend, dave)
  }
  const familiar = async () => (await familiarFollowers(t.db, alice, [dave]))[0]?.followers
  expect(await familiar()).toEqual([carol, bob])
  await updateProfile(t.app, bob, { hidesCollections: true })
  expect(await familiar()).toEqual([carol])
  await updateProfile(t.app, dave, { hidesCollections: true })
  expect(await familiar()).toEqual([])
  await updateProfile(t.app, dave, { hidesCollections: false })
  await t.db.transaction((tx) => block(tx, t.app.uris, dave, alice))
  expect(await familiar()).toEqual([])
})

test('a discoverable account is added to a collection at once and notified; one that left can’t be added again', async () => {
  await using t = await database()
  const [alice, bob, shy] = [await localAccount(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'shy')]
  const rita = await remoteAccount(t, 'rita')
  await updateProfile(t.app, shy, { isDiscoverable: false })
  const id = await t.db.transaction((tx) => createCollection(tx, alice, { name: 'Good people' }))
  const add = (who: AccountId) => t.db.transaction((tx) => addToCollection(tx, alice, id, who))
  const item = await add(bob)
  expect(await add(bob)).toBe(item)
  await add(rita)
  await expect(add(shy)).rejects.toMatchObject({ code: 'not_permitted' })
  const states = async (viewer: AccountId | null) =>
    (await loadCollection(t.db, viewer, id)).items.map(({ state }) => state)
  expect(await states(alice)).toEqual(['accepted', 'pending'])
  expect(await states(null)).toEqual(['accepted'])
  expect((await loadNotificationPage(t.db, bob, {}, { limit: 9 })).views.map(({ type }) => type)).toEqual([
    'added_to_collection',
  ])

  await expect(t.db.transaction((tx) => revokeFromCollection(tx, alice, id, item))).rejects.toMatchObject({
    code: 'not_found',
  })
  await t.db.transaction((tx) => revokeFromCollection(tx, bob, id, item))
  expect(await states(null)).toEqual([])
  expect((await loadNotificationPage(t.db, bob, {}, { limit: 9 })).views).toEqual([])
  await expect(add(bob)).rejects.toMatchObject({ code: 'not_permitted' })
})

test('lists of accounts leave out blocked and muted ones, except the viewer’s own lists', async () => {
  await using t = await database()
  const [alice, bob, carol, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
    await localAccount(t, 'dave'),
  ]
  for (const follower of [bob, carol]) await makeFollow(t, follower, alice)
  await t.db.transaction((tx) => mute(tx, dave, bob))
  await t.db.transaction((tx) => mute(tx, alice, bob))
  const followers = async (viewer: AccountId | null) =>
    (await visibleRelations(t.db, viewer, alice, 'followers', { limit: 9 }))?.map(({ accountId }) => accountId)
  expect(await followers(null)).toEqual([carol, bob])
  expect(await followers(dave)).toEqual([carol])
  expect(await followers(alice)).toEqual([carol, bob])
})

test('deleting an account deletes its lists, hashtags and collections, and its membership in those of others', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await t.db.transaction(async (tx) => {
    for (const [one, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await addToList(tx, one, await createList(tx, one, { title: 'L' }), [other])
      await addToCollection(tx, one, await createCollection(tx, one, { name: 'C' }), other)
      await endorse(tx, one, other)
      await noteAccount(tx, one, other, 'N')
      await followTag(tx, one, { name: 'tag', displayName: 'tag' })
      await blockDomain(tx, t.app.uris, one, 'remote.test')
    }
    await featureTag(tx, bob, { name: 'tag', displayName: 'tag' })
    await deleteAccount(tx, bob)
  })
  const tables = [
    'lists',
    'list_accounts',
    'collections',
    'collection_items',
    'endorsements',
    'account_notes',
    'tag_follows',
    'featured_tags',
    'account_domain_blocks',
  ]
  const left: Record<string, number> = {}
  for (const table of tables)
    left[table] = Number(
      (await t.db.execute<{ n: string }>(sql`select count(*) as n from ${sql.identifier(table)}`)).rows[0]?.n,
    )
  expect(left).toEqual({
    lists: 1,
    list_accounts: 0,
    collections: 1,
    collection_items: 0,
    endorsements: 0,
    account_notes: 0,
    tag_follows: 1,
    featured_tags: 0,
    account_domain_blocks: 1,
  })
})
