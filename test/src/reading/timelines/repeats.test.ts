/** A post that several people boost is on home and on lists once; pages have no gaps all the same, and streams agree with pages. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { byAge, type AccountId, type StatusId } from '#src/platform/ids.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { listTimeline } from '#src/reading/timelines/list.ts'
import { type Entry, isRepeat, type ReadEntries, withoutRepeats } from '#src/reading/timelines/repeats.ts'
import { homeWatchers, listWatchers } from '#src/reading/timelines/watchers.ts'
import { follow } from '#src/relationships/follow.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const page = { limit: 40 }
const boost = (t: TestDatabase, by: AccountId, of: StatusId) => t.db.transaction((tx) => reblog(tx, t.app.uris, by, of))

/** Carol follows four people here, and the remote Ann. */
async function circle(t: TestDatabase) {
  const carol = await localAccount(t, 'carol')
  const ann = await remoteAccount(t, 'ann')
  const friends: AccountId[] = []
  for (const name of ['bob', 'dave', 'eve', 'fay']) friends.push(await localAccount(t, name))
  for (const followed of [ann, ...friends]) await makeFollow(t, carol, followed)
  return { carol, ann, friends, bob: friends[0]!, dave: friends[1]! }
}

test('home and lists show a post once, though four people boost it', async () => {
  await using t = await database()
  const { carol, ann, friends } = await circle(t)
  const list = await t.db.transaction((tx) => createList(tx, carol, { title: 'Friends' }))
  await t.db.transaction((tx) => addToList(tx, carol, list, friends))
  const post = await remoteStatus(t, ann)
  const boosts: StatusId[] = []
  for (const friend of friends) boosts.push(await boost(t, friend, post))

  expect(await homeTimeline(t.db, carol, page)).toEqual([post])
  expect(await listTimeline(t.db, carol, list, page)).toEqual([boosts[0]])
  for (const [i, id] of boosts.entries()) {
    expect(await homeWatchers(t.db, id, [carol])).toEqual([])
    expect(await listWatchers(t.db, id, [list])).toEqual(i === 0 ? [list] : [])
  }
  expect(await homeWatchers(t.db, post, [carol])).toEqual([carol])
})

test('a person who turned grouping off gets every boost', async () => {
  await using t = await database()
  const { carol, ann, friends } = await circle(t)
  await t.db.transaction((tx) => savePreferences(tx, carol, { groupsBoosts: false }))
  const post = await remoteStatus(t, ann)
  const boosts: StatusId[] = []
  for (const friend of friends) boosts.unshift(await boost(t, friend, post))
  expect(await homeTimeline(t.db, carol, page)).toEqual([...boosts, post])
  expect(await homeWatchers(t.db, boosts[0]!, [carol])).toEqual([carol])
})

test('a post of an account that is not followed is shown by its first boost, and again after 40 entries', async () => {
  await using t = await database()
  const { carol, bob, dave, friends } = await circle(t)
  const stranger = await remoteAccount(t, 'stan')
  const post = await remoteStatus(t, stranger)
  const first = await boost(t, bob, post)
  expect(await boost(t, dave, post)).not.toBe(first)
  expect(await homeTimeline(t.db, carol, page)).toEqual([first])
  for (let i = 0; i < 40; i++) await status(t, bob, { text: `Post ${i}` })
  const late = await boost(t, friends[3]!, post)
  expect(await homeTimeline(t.db, carol, { limit: 1 })).toEqual([late])
  expect(await homeWatchers(t.db, late, [carol])).toEqual([carol])
})

test('a post that home shows for its hashtag is not repeated by a boost', async () => {
  await using t = await database()
  const { carol, bob } = await circle(t)
  await t.db.transaction((tx) => followTag(tx, carol, { name: 'cats', displayName: 'Cats' }))
  const stranger = await remoteAccount(t, 'stan')
  const post = await remoteStatus(t, stranger, { tags: [{ name: 'cats', displayName: 'Cats' }] })
  const boosted = await boost(t, bob, post)
  expect(await homeTimeline(t.db, carol, page)).toEqual([post])
  expect(await homeWatchers(t.db, boosted, [carol])).toEqual([])
})

/** Posts and boosts, oldest first; a boost is of an earlier post, as nobody boosts boosts. */
const timelines = fc.array(fc.option(fc.nat(12)), { minLength: 1, maxLength: 200 }).map((made) => {
  const entries: Entry[] = []
  for (const [i, of] of made.entries()) {
    const boosted =
      of === null ? null : entries.find(({ id, reblogOfId }) => id === String(1000 + of) && reblogOfId === null)
    entries.push({ id: String(1000 + i) as StatusId, reblogOfId: boosted?.id ?? null })
  }
  return entries
})

const readerOf =
  (entries: Entry[]): ReadEntries =>
  async ({ maxId, sinceId, minId, limit }) => {
    const within = entries.filter(
      ({ id }) =>
        (!maxId || byAge(id, maxId as StatusId) < 0) &&
        (!(minId ?? sinceId) || byAge(id, (minId ?? sinceId) as StatusId) > 0),
    )
    return (minId ? within.slice(0, limit) : within.slice(-limit)).toReversed()
  }

test('pages neither repeat nor lose entries, downwards, upwards and from any entry', async () => {
  await fc.assert(
    fc.asyncProperty(timelines, fc.integer({ min: 1, max: 30 }), async (entries, limit) => {
      const read = readerOf(entries)
      const idOf = ({ id, reblogOfId }: Entry) => reblogOfId ?? id
      // The rule in words: left out while the post, or another boost of it, is among the forty older entries.
      const expected = entries
        .filter(
          (entry, i) =>
            entry.reblogOfId === null ||
            !entries.slice(Math.max(0, i - 40), i).some((older) => idOf(older) === entry.reblogOfId),
        )
        .map(({ id }) => id)
        .toReversed()

      const down: StatusId[] = []
      for (
        let part = await withoutRepeats(read, { limit });
        part.length > 0;
        part = await withoutRepeats(read, { limit, maxId: down.at(-1) })
      )
        down.push(...part)
      expect(down).toEqual(expected)
      const up: StatusId[] = []
      for (
        let part = await withoutRepeats(read, { limit, minId: '1' });
        part.length > 0;
        part = await withoutRepeats(read, { limit, minId: up[0] })
      )
        up.unshift(...part)
      expect(up).toEqual(expected)
      const middle = expected[Math.floor(expected.length / 2)]!
      const newer = expected.slice(0, expected.indexOf(middle))
      expect(await withoutRepeats(read, { limit, sinceId: middle })).toEqual(newer.slice(0, limit))
      expect(await withoutRepeats(read, { limit, minId: middle })).toEqual(newer.slice(-limit))
      for (const entry of entries) expect(await isRepeat(read, entry)).toBe(!expected.includes(entry.id))
    }),
    { numRuns: 60 },
  )
})

test('the largest possible id and a limit of 0 cause no error', async () => {
  await using t = await database()
  const { carol, ann } = await circle(t)
  const post = await remoteStatus(t, ann)
  expect(await homeTimeline(t.db, carol, { limit: 20, minId: '9223372036854775807' })).toEqual([])
  expect(await homeTimeline(t.db, carol, { limit: 20, maxId: '9223372036854775807' })).toEqual([post])
  expect(await homeTimeline(t.db, carol, { limit: 0 })).toEqual([])
})

test('an account whose boosts are hidden hides no boosts of others', async () => {
  await using t = await database()
  const { carol, ann, bob } = await circle(t)
  await t.db.transaction((tx) => follow(tx, t.app.uris, carol, bob, { showsReblogs: false }))
  const seen = await remoteStatus(t, ann)
  const others: StatusId[] = []
  const stranger = await remoteAccount(t, 'stan')
  for (let i = 0; i < 10; i++) others.push(await remoteStatus(t, stranger))
  for (const other of others) await boost(t, bob, other)
  expect(await homeTimeline(t.db, carol, { limit: 1 })).toEqual([seen])
})
