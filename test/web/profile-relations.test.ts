import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { featureTag } from '#src/reading/tags/feature.ts'
import { block } from '#src/relationships/block.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { endorse } from '#src/relationships/endorse.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, remoteAccount, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function browserOf(t: TestDatabase, username: string) {
  const browser = visitor(pages(t.app))
  await browser.logIn(username, password)
  return browser
}

const textOf = (html: string) => html.replace(/<[^>]+>/g, '')

test('a profile names the followers whom the viewer follows, too', async () => {
  await using t = await database()
  const [alice, star] = [await localAccount(t, 'alice'), await localAccount(t, 'star')]
  for (const name of ['ann', 'ben', 'cleo', 'dan']) {
    const person = await localAccount(t, name)
    await makeFollow(t, alice, person)
    await makeFollow(t, person, star)
  }
  await makeFollow(t, await localAccount(t, 'stranger'), star)
  const browser = await browserOf(t, 'alice')
  expect(textOf((await browser.get('/@star')).html)).toContain('Followed by dan, cleo and 2 others you follow')
  const list = (await browser.get('/@star/familiar_followers')).html
  for (const name of ['ann', 'ben', 'cleo', 'dan']) expect(list).toContain(`href="/@${name}"`)
  expect(list).not.toContain('href="/@stranger"')
  expect((await visitor(pages(t.app)).get('/@star')).html).not.toContain('you follow')
  expect((await visitor(pages(t.app)).get('/@star/familiar_followers')).location).toMatch(/^\/login/)
})

test('a profile shows what it features, unless its person keeps that private', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  await t.db.transaction(async (tx) => {
    await endorse(tx, alice, bob)
    await featureTag(tx, alice, parseHashtag('Birds')!)
  })
  await status(t, alice, { text: 'A heron #birds' })
  await status(t, alice, { text: 'Something else' })
  await status(t, alice, { text: 'Only mine #birds', visibility: 'private' })
  await status(t, bob, { text: 'A wren #birds' })
  const browser = visitor(pages(t.app))
  expect((await browser.get('/@alice')).html).toContain('href="/@alice/featured"')
  const featured = (await browser.get('/@alice/featured')).html
  expect(featured).toContain('href="/@bob"')
  expect(featured).toContain('href="/@alice/tagged/birds"')
  const tagged = (await browser.get('/@alice/tagged/birds')).html
  expect(tagged).toContain('A heron')
  for (const other of ['Something else', 'Only mine', 'A wren']) expect(tagged).not.toContain(other)
  expect((await browser.get('/@alice/tagged/no%20tag')).status).toBe(404)

  await t.db.execute(sql`update accounts set shows_featured = false where id = ${alice}`)
  expect((await browser.get('/@alice')).html).not.toContain('href="/@alice/featured"')
  expect((await browser.get('/@alice/featured')).html).not.toContain('href="/@bob"')
})

test('what this server can’t know of a remote account is named, with the way to it', async () => {
  await using t = await database()
  const [alice, far] = [await localAccount(t, 'alice'), await remoteAccount(t, 'far')]
  await makeFollow(t, alice, far)
  const browser = visitor(pages(t.app))
  const list = (await browser.get('/@far@remote.test/followers')).html
  expect(list).toContain('These are the followers that this server knows.')
  expect(list).toMatch(/href="https:\/\/remote\.test\/@far"[^>]*>See all of it on remote\.test/)
  expect((await browser.get('/@alice/followers')).html).not.toContain('that this server knows')

  const counted = 'Counted by what this server knows'
  expect((await browser.get('/@far@remote.test')).html).toContain(counted)
  await t.db.execute(sql`update account_stats set remote_followers_count = 7 where account_id = ${far}`)
  expect((await browser.get('/@far@remote.test')).html).not.toContain(counted)
  expect((await browser.get('/@alice')).html).not.toContain(counted)
})

test('a profile says what stands between it and the viewer', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [blocked, blocker] = [await localAccount(t, 'blocked'), await localAccount(t, 'blocker')]
  await remoteAccount(t, 'far')
  await remoteAccount(t, 'limited', 'loud.test')
  await t.db.transaction(async (tx) => {
    await block(tx, t.app.uris, alice, blocked)
    await block(tx, t.app.uris, blocker, alice)
    await blockDomain(tx, t.app.uris, alice, 'remote.test')
  })
  await t.db.execute(
    sql`update accounts set silenced_at = now(), silenced_by = 'domain' where username = 'limited' and domain = 'loud.test'`,
  )
  const browser = await browserOf(t, 'alice')
  const said = async (path: string) => textOf((await browser.get(path)).html)
  expect(await said('/@blocked')).toContain('You block this account')
  expect(await said('/@blocker')).toContain('This account blocks you')
  const far = await browser.get('/@far@remote.test')
  expect(textOf(far.html)).toContain('You block its server, remote.test')
  expect(far.html).not.toMatch(/formaction="\/accounts\/\d+\/follow"/)
  expect(await said('/@limited@loud.test')).toContain('The moderators of this server limit loud.test')
  expect(textOf((await visitor(pages(t.app)).get('/@blocker')).html)).not.toContain('blocks you')
})

test('nobody is offered to write to people whom they block, or who block them', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [one, other] = [await browserOf(t, 'alice'), await browserOf(t, 'bob')]
  const offers = (html: string) => html.includes('href="/compose?to=')
  expect(offers((await one.get('/@bob')).html)).toBe(true)
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect(offers((await one.get('/@bob')).html)).toBe(false)
  expect(offers((await other.get('/@alice')).html)).toBe(false)
})
