import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { block } from '#src/relationships/block.ts'
import { blockDomain, severDomain } from '#src/relationships/domain-block.ts'
import { mute } from '#src/relationships/mute.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

/** The people of a list, in its order. */
const namesIn = (html: string) =>
  [...html.matchAll(/class="person account-entry"[\s\S]*?href="\/@([^"]+)"/g)].map(([, name]) => name)

test('follows are sorted and filtered, and only the ticked ones end', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [ann, ben, cleo] = [await localAccount(t, 'ann'), await localAccount(t, 'ben'), await localAccount(t, 'cleo')]
  for (const id of [ann, ben, cleo]) await makeFollow(t, alice, id)
  await makeFollow(t, ben, alice)
  const posted = (id: string, days: number) =>
    t.db.execute(
      sql`update account_stats set last_status_at = now() - ${days} * interval '1 day' where account_id = ${id}`,
    )
  await posted(ann, 1)
  await posted(ben, 200)
  await t.db.execute(sql`update account_stats set last_status_at = null where account_id = ${cleo}`)
  await t.db.execute(sql`update accounts set moved_to_id = ${ann} where id = ${cleo}`)
  const browser = await browserOf(t, 'alice')
  const list = async (query: string) => namesIn((await browser.get(`/settings/follows${query}`)).html)

  expect(await list('')).toEqual(['cleo', 'ben', 'ann'])
  expect(await list('?order=active')).toEqual(['ann', 'ben', 'cleo'])
  expect(await list('?show=dormant')).toEqual(['cleo', 'ben'])
  expect(await list('?show=mutual')).toEqual(['ben'])
  expect(await list('?show=oneWay')).toEqual(['cleo', 'ann'])
  expect(await list('?show=moved')).toEqual(['cleo'])
  expect(await list('?q=@BEN')).toEqual(['ben'])
  expect(await list('?q=%25')).toEqual([])
  const { rows } = await t.db.execute<{ id: string }>(
    sql`select id::text from follows where follower_id = ${alice} and target_id = ${ben}`,
  )
  expect(await list(`?order=active&max_id=${rows[0]?.id}`)).toEqual(['cleo'])
  expect(await list(`?order=active&min_id=${rows[0]?.id}`)).toEqual(['ann'])

  const done = await browser.post('/settings/follows', {
    do: 'unfollow',
    pick: [ben, cleo],
    return_to: '/settings/follows?show=dormant',
  })
  expect(done).toMatchObject({ status: 303, location: '/settings/follows?show=dormant&done=2&left=0' })
  expect(await list('')).toEqual(['ann'])
  expect((await browser.get('/settings/follows?done=2&left=0')).html).toContain('Done for 2 people.')
  expect((await browser.post('/settings/follows', { do: 'block', pick: [ann] })).status).toBe(404)
  expect((await browser.post('/settings/follows', { do: 'unfollow', pick: ['nobody'] })).status).toBe(404)
  expect(await list('')).toEqual(['ann'])
  const elsewhere = await browser.post('/settings/follows', { do: 'unfollow', return_to: '//evil.test' })
  expect(elsewhere.location).toBe('/settings/follows?done=0&left=0')
})

test('followers are followed back or removed, many at once, and nobody else is', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [ann, ben, stranger] = [
    await localAccount(t, 'ann'),
    await localAccount(t, 'ben'),
    await localAccount(t, 'stranger'),
  ]
  for (const id of [ann, ben]) await makeFollow(t, id, alice)
  const browser = await browserOf(t, 'alice')
  const followed = await browser.post('/settings/followers', { do: 'follow', pick: [ann, ben, stranger] })
  expect(followed.location).toBe('/settings/followers?done=2&left=1')
  expect(await loadRelationships(t.db, alice, [ann, ben, stranger])).toMatchObject([
    { following: true },
    { following: true },
    { following: false },
  ])
  await browser.post('/settings/followers', { do: 'remove', pick: [ben] })
  expect(namesIn((await browser.get('/settings/followers')).html)).toEqual(['ann'])
  expect((await visitor(pages(t.app)).get('/settings/followers')).location).toMatch(/^\/login/)
})

test('mutes and blocks are looked through and ended, of oneself only', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [ann, ben] = [await localAccount(t, 'ann'), await localAccount(t, 'ben')]
  await t.db.transaction(async (tx) => {
    for (const me of [alice, bob]) {
      await mute(tx, me, ann, { durationSeconds: 3_600 })
      await block(tx, t.app.uris, me, ben)
    }
  })
  const browser = await browserOf(t, 'alice')
  const mutes = (await browser.get('/settings/mutes')).html
  expect(namesIn(mutes)).toEqual(['ann'])
  expect(mutes).toContain('Muted until')
  expect(namesIn((await browser.get('/settings/blocks')).html)).toEqual(['ben'])
  await browser.post('/settings/mutes', { do: 'unmute', pick: [ann] })
  await browser.post('/settings/blocks', { do: 'unblock', pick: [ben] })
  for (const list of ['mutes', 'blocks']) expect(namesIn((await browser.get(`/settings/${list}`)).html)).toEqual([])
  expect(await loadRelationships(t.db, bob, [ann, ben])).toMatchObject([{ muting: true }, { blocking: true }])
})

test('what a block of a server ended can be downloaded by those who lost it', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const [far, near] = [await remoteAccount(t, 'far'), await remoteAccount(t, 'near')]
  await makeFollow(t, alice, far)
  await t.db.execute(sql`update follows set notifies = true, languages = '{de,en}' where target_id = ${far}`)
  await makeFollow(t, near, alice)
  await t.db.transaction((tx) => blockDomain(tx, t.app.uris, alice, 'remote.test'))
  await severDomain(t.db, alice, 'remote.test')
  const browser = await browserOf(t, 'alice')
  const { html } = await browser.get('/settings/severed')
  expect(html).toContain('1 follower and 1 person whom you followed')
  const link = /href="(\/settings\/severed\/\d+)\/following\.csv"/.exec(html)?.[1] ?? ''
  expect((await browser.get(`${link}/following.csv`)).html).toBe(
    'Account address,Show boosts,Notify on new posts,Languages\nfar@remote.test,true,true,"de, en"\n',
  )
  const followers = await browser.get(`${link}/followers.csv`)
  expect(followers.html).toBe('Account address\nnear@remote.test\n')
  expect(followers.headers.get('Content-Disposition')).toContain('attachment')
  expect((await browser.get(`${link}/nothing.csv`)).status).toBe(404)
  const other = await browserOf(t, 'bob')
  expect((await other.get(`${link}/followers.csv`)).status).toBe(404)
  expect((await other.get('/settings/severed')).html).toContain('You have lost no follows')
})

test('mutes and blocks are searched by name and handle, and their pages keep the search', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [ann, ben] = [await localAccount(t, 'ann'), await localAccount(t, 'ben')]
  const carol = await remoteAccount(t, 'carol')
  await t.db.execute(sql`update accounts set display_name = 'Zoë of the Lake' where id = ${ann}`)
  for (const id of [ann, ben, carol])
    await t.db.transaction(async (tx) => {
      await mute(tx, alice, id)
      await block(tx, t.app.uris, alice, id)
    })
  const browser = await browserOf(t, 'alice')
  for (const path of ['/settings/mutes', '/settings/blocks']) {
    const list = async (text: string) => namesIn((await browser.get(`${path}?q=${encodeURIComponent(text)}`)).html)
    expect(await list('')).toEqual(['carol@remote.test', 'ben', 'ann'])
    expect(await list(' @BEN ')).toEqual(['ben'])
    expect(await list('zoë')).toEqual(['ann'])
    expect(await list('remote.test')).toEqual(['carol@remote.test'])
    expect(await list('%')).toEqual([])
    const { html } = await browser.get(`${path}?q=nobody`)
    expect(html).toContain('Nobody here matches.')
    expect(html).toMatch(/<input id="q"[^>]* value="nobody"/)
  }
  const ended = await browser.post('/settings/mutes', { do: 'unmute', pick: [ben], return_to: '/settings/mutes?q=ben' })
  expect(ended.location).toBe('/settings/mutes?q=ben&done=1&left=0')
})
