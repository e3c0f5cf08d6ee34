/** The content of home timelines and lists; streams, which check one status for many readers, agree with pages. */
import { beforeAll, afterAll, expect, test } from 'vitest'
import type { AccountId, ListId, StatusId } from '#src/platform/ids.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { followTag } from '#src/reading/tags/follow.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { listTimeline } from '#src/reading/timelines/list.ts'
import { tagTimeline } from '#src/reading/timelines/public.ts'
import { homeWatchers, listWatchers } from '#src/reading/timelines/watchers.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { follow, unfollow } from '#src/relationships/follow.ts'
import { mute } from '#src/relationships/mute.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const all = { limit: 100 }
const cats = { name: 'cats', displayName: 'Cats' }

let t: TestDatabase
let [anna, bert, cora, dora, emil]: AccountId[] = []
let remote: AccountId
const lists: Record<'followed' | 'list' | 'none' | 'quiet', ListId> = {} as never
const posted: Record<string, StatusId> = {}

const name = (id: StatusId) => Object.keys(posted).find((key) => posted[key] === id) ?? id
const home = async (viewer: AccountId) => (await homeTimeline(t.db, viewer, all)).map(name)
const listed = async (list: ListId) => (await listTimeline(t.db, anna!, list, all)).map(name)

beforeAll(async () => {
  t = await database()
  ;[anna, bert, cora, dora, emil] = await Promise.all(
    ['anna', 'bert', 'cora', 'dora', 'emil'].map((username) => localAccount(t, username)),
  )
  remote = await remoteAccount(t, 'rita')
  const tx = <T>(run: Parameters<typeof t.db.transaction<T>>[0]) => t.db.transaction(run)
  const uris = t.app.uris
  // Anna follows Bert as he is, Cora without boosts and in English only, Dora in an exclusive list, and #cats; she mutes nobody.
  await makeFollow(t, anna!, bert!)
  await tx((x) => follow(x, uris, anna!, cora!, { showsReblogs: false, languages: ['en'] }))
  await makeFollow(t, anna!, dora!)
  await makeFollow(t, bert!, dora!)
  await tx((x) => followTag(x, anna!, cats))
  // Bert follows #cats, too, but blocks the server where Rita is, and mutes Emil.
  await tx((x) => followTag(x, bert!, cats))
  await tx((x) => blockDomain(x, uris, bert!, 'Remote.Test'))
  await tx((x) => mute(x, bert!, emil!))
  for (const policy of ['followed', 'list', 'none'] as const) {
    lists[policy] = await tx((x) => createList(x, anna!, { title: policy, repliesPolicy: policy }))
    await tx((x) => addToList(x, anna!, lists[policy], [bert!, cora!]))
  }
  lists.quiet = await tx((x) => createList(x, anna!, { title: 'Quiet', isExclusive: true }))
  await tx((x) => addToList(x, anna!, lists.quiet, [dora!]))

  posted['own'] = await status(t, anna!, { text: 'Mine' })
  posted['german by bert'] = await status(t, bert!, { text: 'Hallo', language: 'de' })
  posted['english by cora'] = await status(t, cora!, { text: 'Hello', language: 'en-GB' })
  posted['german by cora'] = await status(t, cora!, { text: 'Hallo', language: 'de' })
  posted['wordless by cora'] = await status(t, cora!, { text: ':)', language: null })
  posted['by dora'] = await status(t, dora!, { text: 'Quiet' })
  posted['cats by dora'] = await status(t, dora!, { text: '#cats, quietly' })
  posted['by emil'] = await status(t, emil!, { text: 'Who am I' })
  posted['cats by emil'] = await status(t, emil!, { text: 'My #Cats' })
  posted['unlisted cats by emil'] = await status(t, emil!, { text: 'My #cats', visibility: 'unlisted' })
  posted['cats by rita'] = await remoteStatus(t, remote, { tags: [cats], language: 'fr' })
  posted['reply to emil by bert'] = await status(t, bert!, { text: 'Oh', inReplyToId: posted['by emil'] })
  posted['reply to cora by bert'] = await status(t, bert!, { text: 'Oh', inReplyToId: posted['english by cora'] })
  posted['reply to dora by bert'] = await status(t, bert!, { text: 'Oh', inReplyToId: posted['by dora'] })
  posted['reply to anna by bert'] = await status(t, bert!, { text: 'Oh', inReplyToId: posted['own'] })
  posted['reply to himself by bert'] = await status(t, bert!, { text: 'And', inReplyToId: posted['german by bert'] })
  posted['whisper by bert'] = await status(t, bert!, { text: '@anna psst', visibility: 'direct' })
  posted['boost of emil by bert'] = await tx((x) => reblog(x, uris, bert!, posted['by emil']!))
  posted['boost of emil by cora'] = await tx((x) => reblog(x, uris, cora!, posted['by emil']!))
})
afterAll(() => t[Symbol.asyncDispose]())

test('home shows the posts of followed accounts and hashtags, as far as their options allow', async () => {
  expect((await home(anna!)).toSorted()).toEqual(
    [
      'own',
      'german by bert',
      'english by cora',
      'wordless by cora',
      'cats by emil',
      'cats by rita',
      'reply to cora by bert',
      'reply to dora by bert',
      'reply to anna by bert',
      'reply to himself by bert',
      'whisper by bert',
      'boost of emil by bert',
    ].toSorted(),
  )
  // No boost or mention brings posts that Bert mutes or whose server he blocks; his own boosts of muted accounts don't, either.
  const ofBert = await home(bert!)
  expect(ofBert).toContain('cats by dora')
  expect(ofBert.filter((key) => /(emil|rita)/.test(key) && !key.includes('by bert'))).toEqual([])
})

test('a list shows its members’ posts, and replies by its policy', async () => {
  const always = [
    'german by bert',
    'english by cora',
    'wordless by cora',
    'reply to anna by bert',
    'reply to himself by bert',
    'boost of emil by bert',
  ]
  expect((await listed(lists.none)).toSorted()).toEqual(always.toSorted())
  expect((await listed(lists.list)).toSorted()).toEqual([...always, 'reply to cora by bert'].toSorted())
  expect((await listed(lists.followed)).toSorted()).toEqual(
    [...always, 'reply to cora by bert', 'reply to dora by bert'].toSorted(),
  )
  expect((await listed(lists.quiet)).toSorted()).toEqual(['by dora', 'cats by dora'])
  await expect(listTimeline(t.db, bert!, lists.list, all)).rejects.toMatchObject({ code: 'not_found' })
})

test('a status reaches the streams of the accounts whose pages show it', async () => {
  const people = [anna, bert, cora, dora, emil].map((id) => id!)
  const shelves = Object.values(lists)
  for (const id of Object.values(posted)) {
    const pages = await Promise.all(people.map(async (viewer) => (await homeTimeline(t.db, viewer, all)).includes(id)))
    expect([name(id), (await homeWatchers(t.db, id, people)).toSorted()]).toEqual([
      name(id),
      people.filter((_, i) => pages[i]).toSorted(),
    ])
    const onLists = await Promise.all(
      shelves.map(async (list) => (await listTimeline(t.db, anna!, list, all)).includes(id)),
    )
    expect([name(id), (await listWatchers(t.db, id, shelves)).toSorted()]).toEqual([
      name(id),
      shelves.filter((_, i) => onLists[i]).toSorted(),
    ])
  }
})

test('pages of posts by followed accounts and hashtags have no gaps, in both directions', async () => {
  const whole = await homeTimeline(t.db, anna!, all)
  const down: StatusId[] = []
  for (
    let page = await homeTimeline(t.db, anna!, { limit: 3 });
    page.length > 0;
    page = await homeTimeline(t.db, anna!, { limit: 3, maxId: down.at(-1) })
  )
    down.push(...page)
  expect(down).toEqual(whole)
  const up: StatusId[] = []
  for (
    let page = await homeTimeline(t.db, anna!, { limit: 3, minId: '1' });
    page.length > 0;
    page = await homeTimeline(t.db, anna!, { limit: 3, minId: up[0] })
  )
    up.unshift(...page)
  expect(up).toEqual(whole)
  expect(await homeTimeline(t.db, anna!, { limit: 3, sinceId: whole[5] })).toEqual(whole.slice(0, 3))
})

test('a hashtag timeline accepts further hashtags: any, all, none', async () => {
  await using d = await database()
  const author = await localAccount(d, 'alice')
  const posts: Record<string, StatusId> = {}
  for (const text of ['#a', '#b', '#a #b', '#a #b #c']) posts[text] = await status(d, author, { text })
  const read = async (tag: string, filter: Parameters<typeof tagTimeline>[3]) => {
    const ids = await tagTimeline(d.db, null, tag, filter, { limit: 20 })
    return ids.map((id) => Object.keys(posts).find((text) => posts[text] === id))
  }
  expect(await read('a', {})).toEqual(['#a #b #c', '#a #b', '#a'])
  expect(await read('a', { any: ['b'] })).toEqual(['#a #b #c', '#a #b', '#b', '#a'])
  expect(await read('a', { all: ['b'] })).toEqual(['#a #b #c', '#a #b'])
  expect(await read('a', { none: ['b', 'unknown'] })).toEqual(['#a'])
  expect(await read('a', { any: ['b'], all: ['b'], none: ['c'] })).toEqual(['#a #b', '#b'])
  expect(await read('a', { all: ['unknown'] })).toEqual([])
  expect(await read('unknown', { any: ['c'] })).toEqual(['#a #b #c'])
})

test('an unfollowed account is removed from lists, and a list accepts only followed accounts, once', async () => {
  await using d = await database()
  const [owner, friend, stranger] = [
    await localAccount(d, 'olga'),
    await localAccount(d, 'friend'),
    await localAccount(d, 'stranger'),
  ]
  await makeFollow(d, owner, friend)
  const list = await d.db.transaction((tx) => createList(tx, owner, { title: 'Friends' }))
  const add = (...ids: AccountId[]) => d.db.transaction((tx) => addToList(tx, owner, list, ids))
  await expect(add(friend, stranger)).rejects.toMatchObject({ code: 'not_found' })
  await add(friend)
  await expect(add(friend)).rejects.toMatchObject({ code: 'invalid' })
  await status(d, friend)
  expect(await listTimeline(d.db, owner, list, all)).toHaveLength(1)
  await d.db.transaction((tx) => unfollow(tx, owner, friend))
  expect(await listTimeline(d.db, owner, list, all)).toEqual([])
})
