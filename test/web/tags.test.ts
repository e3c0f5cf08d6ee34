import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadFeaturedTags } from '#src/reading/tags/feature.ts'
import { followedTags, followTag } from '#src/reading/tags/follow.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  return { id, web, follows: async () => (await followedTags(t.db, id, { limit: 100 })).length }
}

test('a hashtag is followed and featured on its page, and says how much it is used', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await localAccount(t, 'bob')]
  await status(t, bob, { text: 'Sun over the #Meadow' })
  await t.db.execute(
    sql`insert into tag_days (tag_id, day, uses, accounts) select id, current_date, 1, 1 from tags where name = 'meadow'`,
  )
  const before = (await alice.web.get('/tags/meadow')).html
  expect(before).toContain('1 post in the last 7 days')
  expect(before).toContain('formaction="/tags/meadow/follow"')
  expect((await alice.web.post('/tags/meadow/follow', { return_to: '/tags/meadow' })).location).toBe('/tags/meadow')
  expect((await alice.web.get('/')).html).toContain('Sun over the')
  expect((await alice.web.get('/tags/meadow')).html).toContain('formaction="/tags/meadow/unfollow"')
  await alice.web.post('/tags/meadow/unfollow')
  expect(await alice.follows()).toBe(0)

  await alice.web.post('/tags/meadow/feature')
  expect(await loadFeaturedTags(t.db, alice.id)).toMatchObject([{ key: 'meadow' }])
  await alice.web.post('/tags/meadow/unfeature')
  expect(await loadFeaturedTags(t.db, alice.id)).toEqual([])

  expect((await alice.web.post('/tags/meadow/trend')).status).toBe(404)
  expect((await alice.web.post('/tags/%20/follow')).status).toBe(404)
  const guest = visitor(pages(t.app))
  expect((await guest.get('/tags/meadow')).html).not.toContain('/tags/meadow/follow')
  expect((await guest.post('/tags/meadow/follow')).location).toContain('/login')
})

test('the page of a hashtag takes others along: any, all or none of them, one place, media only', async () => {
  await using t = await database()
  const [alice, far] = [await localAccount(t, 'alice'), await remoteAccount(t, 'far')]
  await status(t, alice, { text: 'Post one #tea' })
  await status(t, alice, { text: 'Post two #tea #cake' })
  await status(t, alice, { text: 'Post three #coffee' })
  await remoteStatus(t, far, { content: '<p>Post four</p>', tags: [{ name: 'tea', displayName: 'tea' }] })
  const guest = visitor(pages(t.app))
  const shown = async (query: string) =>
    [...(await guest.get(`/tags/tea?${query}`)).html.matchAll(/Post (one|two|three|four)/g)].map(([, word]) => word)
  expect(await shown('')).toEqual(['four', 'two', 'one'])
  expect(await shown('any=%23Coffee')).toEqual(['four', 'three', 'two', 'one'])
  expect(await shown('all=cake')).toEqual(['two'])
  expect(await shown('none=cake+cocoa')).toEqual(['four', 'one'])
  expect(await shown('from=here&none=cake')).toEqual(['one'])
  expect(await shown('from=elsewhere')).toEqual(['four'])
  expect(await shown('media=1')).toEqual([])
  expect((await guest.get('/tags/tea?all=cake')).html).toMatch(/name="all"[^>]*value="cake"/)
})

test('what is no hashtag is named, and no posts are shown that somebody didn’t ask for', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await status(t, alice, { text: 'Post one #tea' })
  const guest = visitor(pages(t.app))
  for (const [query, reason] of [
    ['none=cake,+so-so', '“so-so”, which is no hashtag'],
    ['any=a+b+c+d+e', 'at most 4 hashtags'],
  ] as const) {
    const { status: code, html } = await guest.get(`/tags/tea?${query}`)
    expect([code, html.includes(reason), html.includes('Post one')]).toEqual([422, true, false])
  }
})

test('followed hashtags are listed, added, and unfollowed many at once', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  expect((await alice.web.get('/settings/hashtags')).html).toContain('You follow no hashtags yet')
  for (const tag of ['#Tea', 'cake', 'rain']) await alice.web.post('/settings/hashtags', { tag })
  const { html } = await alice.web.get('/settings/hashtags')
  expect(html).toContain('href="/tags/tea"')
  const none = await alice.web.post('/settings/hashtags/unfollow')
  expect([none.status, none.html.includes('Choose hashtags')]).toEqual([422, true])
  expect(await alice.follows()).toBe(3)
  const some = await alice.web.post('/settings/hashtags/unfollow', { name: ['tea', 'rain', 'unknown'] })
  expect(some.location).toContain('/settings/hashtags')
  expect(await alice.follows()).toBe(1)

  const refused = await alice.web.post('/settings/hashtags', { tag: 'so-so' })
  expect([refused.status, refused.html.includes('value="so-so"')]).toEqual([422, true])
  expect((await visitor(pages(t.app)).get('/settings/hashtags')).location).toContain('/login')
})

test('nobody unfollows hashtags of others', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await t.db.transaction((tx) => followTag(tx, bob.id, { name: 'tea', displayName: 'tea' }))
  await alice.web.post('/settings/hashtags/unfollow', { name: 'tea' })
  expect(await bob.follows()).toBe(1)
})
