import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

const postIds = (html: string): string[] =>
  [...html.matchAll(/<article[^>]* id="post-(\d+)"/g)].map(([, id]) => id ?? '')

test('every reply of a large thread can be reached by links from its page', { timeout: 60_000 }, async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const root = await status(t, alice)
  const all = new Set<string>()
  const reply = async (to: StatusId, by: AccountId = bob) => {
    const id = await status(t, by, { inReplyToId: to })
    all.add(id)
    return id
  }
  for (let i = 0; i < 45; i++) await reply(root)
  const busy = await reply(root)
  for (let i = 0; i < 6; i++) await reply(busy)
  let deep = await reply(busy)
  for (let i = 0; i < 6; i++) deep = await reply(deep)
  let own = root
  for (let i = 0; i < 3; i++) own = await reply(own, alice)
  await reply(own)

  const someone = visitor(pages(t.app))
  const seen = new Set<string>()
  const open = [`/@alice/${root}`]
  const opened = new Set<string>()
  for (let path = open.pop(); path !== undefined && opened.size < 60; path = open.pop()) {
    if (opened.has(path)) continue
    opened.add(path)
    const { html } = await someone.get(path)
    const ids = postIds(html)
    expect(ids.length, path).toBeLessThanOrEqual(60)
    for (const id of ids) seen.add(id)
    for (const [, more = ''] of html.matchAll(/href="([^"#]+)#(?:post-\d+|replies)"[^>]*>More replies/g))
      open.push(more.replaceAll('&amp;', '&'))
  }
  expect([...all].filter((id) => !seen.has(id))).toEqual([])
  expect(opened.size).toBeLessThan(16)
})

test('the author’s own continuation stands before the replies of others', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const root = await status(t, alice)
  const first = await status(t, bob, { inReplyToId: root })
  const second = await status(t, alice, { inReplyToId: root })
  const third = await status(t, alice, { inReplyToId: second })
  const below = await status(t, bob, { inReplyToId: third })
  const answer = await status(t, alice, { inReplyToId: first })
  const { html } = await visitor(pages(t.app)).get(`/@alice/${root}`)
  expect(postIds(html)).toEqual([root, second, third, first, answer])
  expect(html).toMatch(new RegExp(`href="/@alice/${third}#post-${third}"[^>]*>More replies to alice`))
  expect((await visitor(pages(t.app)).get(`/@alice/${third}`)).html).toContain(`id="post-${below}"`)
})

test('a thread says where a post is left out, and why', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const carol = await localAccount(t, 'carol')
  const root = await status(t, alice)
  const gone = await status(t, bob, { inReplyToId: root })
  const below = await status(t, alice, { inReplyToId: gone })
  const loud = await status(t, carol, { inReplyToId: root })
  await status(t, bob, { inReplyToId: root, text: 'Still here' })
  await t.db.transaction((tx) => deleteStatus(tx, bob, gone))
  await t.db.transaction((tx) => mute(tx, alice, carol))
  const me = visitor(pages(t.app))
  await me.logIn('alice', password)
  const muted = (await me.get(`/@alice/${root}`)).html
  expect(muted).toContain('A deleted post.')
  expect(muted).toContain(`id="post-${below}"`)
  expect(muted).toContain('A post of somebody you muted')
  expect(muted).not.toContain(`id="post-${loud}"`)
  expect(muted).not.toContain('people whom you block')

  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  const blocked = (await me.get(`/@alice/${root}`)).html
  expect(blocked).toContain('1 reply is by people whom you block')
  expect(blocked).not.toContain('Still here')
  // Visitors and those who are blocked learn nothing of it.
  expect((await visitor(pages(t.app)).get(`/@alice/${root}`)).html).not.toContain('whom you block')
})

test('replies of people whom the author blocks are shown to nobody but them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const carol = await localAccount(t, 'carol')
  const root = await status(t, alice)
  const lonely = await status(t, bob, { inReplyToId: root })
  const answered = await status(t, bob, { inReplyToId: root })
  const below = await status(t, carol, { inReplyToId: answered })
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  const { html } = await visitor(pages(t.app)).get(`/@alice/${root}`)
  expect(postIds(html)).toEqual([root, below])
  expect(html.match(/A reply that is not shown here/g)).toHaveLength(1)
  expect(html).not.toContain(lonely)
})

test('a post of somebody whom the reader blocks is not found, with the reason; other hidden posts give none', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const open = await status(t, bob)
  const secret = await status(t, bob, { visibility: 'direct' })
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  const [me, other] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await me.logIn('alice', password)
  await other.logIn('bob', password)
  const shown = await me.get(`/@bob/${open}`)
  expect(shown.status).toBe(404)
  expect(shown.html).toContain('You block its author')
  const own = await status(t, alice)
  const refused = await other.get(`/@alice/${own}`)
  expect(refused.status).toBe(404)
  expect(refused.html).not.toContain('block')
  expect((await visitor(pages(t.app)).get(`/@bob/${secret}`)).status).toBe(404)
})

test('a reply to a post that never arrived says so, and links to it', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const remote = await remoteAccount(t, 'rita')
  const id = await remoteStatus(t, remote, { inReplyToUri: 'https://elsewhere.test/notes/1' })
  const { html } = await visitor(pages(t.app)).get(`/@rita@remote.test/${id}`)
  expect(html).toContain('never reached this server')
  expect(html).toContain('href="https://elsewhere.test/notes/1"')
  expect(html).toContain('See all on remote.test')
})

test('a link opens all content warnings of a thread', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const root = await status(t, alice, { spoilerText: 'Birds', text: 'They fly' })
  await status(t, alice, { inReplyToId: root, spoilerText: 'More birds' })
  const someone = visitor(pages(t.app))
  const closed = (await someone.get(`/@alice/${root}`)).html
  expect(closed).not.toMatch(/<details class="warning" open/)
  const link = /href="([^"]+)"[^>]*>Open all warnings/.exec(closed)?.[1] ?? ''
  const opened = (await someone.get(link)).html
  expect(opened.match(/<details class="warning" open/g)).toHaveLength(2)
})

test('a reply lands on its own page, at itself', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const root = await status(t, alice)
  const me = visitor(pages(t.app))
  await me.logIn('alice', password)
  const { location } = await me.post('/compose', { text: 'And so on', reply_to: root, visibility: 'public' })
  const [, id = ''] = /^\/@alice\/(\d+)#post-\1$/.exec(location ?? '') ?? []
  expect(postIds((await me.get(`/@alice/${id}`)).html)).toEqual([root, id])
})

test('a post that the reader can’t see has a line in its place, above and below', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const root = await status(t, alice)
  const shut = await status(t, alice, { inReplyToId: root, visibility: 'private' })
  const below = await status(t, alice, { inReplyToId: shut })
  const someone = visitor(pages(t.app))
  const whole = (await someone.get(`/@alice/${root}`)).html
  expect(postIds(whole)).toEqual([root, below])
  expect(whole.match(/A post that you can’t see/g)).toHaveLength(1)
  const own = (await someone.get(`/@alice/${below}`)).html
  expect(postIds(own)).toEqual([root, below])
  expect(own.match(/A post that you can’t see/g)).toHaveLength(1)
  // The replies to it have a page of the thread; those of another thread have none there.
  expect(postIds((await someone.get(`/@alice/${root}?below=${shut}`)).html)).toEqual([root, below])
  const other = await status(t, alice)
  expect((await someone.get(`/@alice/${other}?below=${shut}`)).status).toBe(404)
})

test('nobody learns by the address of the rest of a branch whether a post exists', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const root = await status(t, alice)
  const secret = await status(t, bob, { inReplyToId: root, visibility: 'private' })
  const gap = await status(t, bob, { inReplyToId: root })
  await status(t, alice, { inReplyToId: gap })
  await t.db.execute(sql`update statuses set visibility = 'private' where id = ${gap}`)
  const someone = visitor(pages(t.app))
  const statusOf = async (below: string) => (await someone.get(`/@alice/${root}?below=${below}`)).status
  expect([await statusOf(secret), await statusOf('1')]).toEqual([404, 404])
  expect(await statusOf(gap)).toBe(200)
})

test('a link leads up past a long run of posts that the reader can’t see', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob')
  const root = await status(t, alice)
  const first = await status(t, alice, { inReplyToId: root })
  let last = first
  for (let i = 0; i < 25; i++) last = await status(t, bob, { inReplyToId: last })
  const below = await status(t, alice, { inReplyToId: last })
  await t.db.execute(sql`update statuses set visibility = 'private' where account_id = ${bob}`)
  const { html } = await visitor(pages(t.app)).get(`/@alice/${below}`)
  expect(html).toContain(`href="/@alice/${first}#post-${first}"`)
  expect(postIds(html)).toEqual([first, below])
})
