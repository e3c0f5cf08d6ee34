import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { notify } from '#src/notices/notify.ts'
import { loadPolicy, savePolicy } from '#src/reading/notifications/policy.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { react } from '#src/statuses/interactions/react.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('filtered notifications wait for a decision on a page of their own', async () => {
  await using t = await database()
  const [alice, bob, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'dave'),
  ]
  await t.db.transaction((tx) => savePolicy(tx, alice, { forNotFollowing: 'filter' }))
  await status(t, bob, { text: 'From bob to @alice' })
  await status(t, dave, { text: 'From dave to @alice' })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const list = (await a.get('/notifications')).html
  expect(list).toContain('What 2 people wrote')
  expect(list).not.toContain('From bob')
  const requests = (await a.get('/notifications/requests')).html
  expect(requests).toContain('From bob')
  const [ofDave, ofBob] = [...requests.matchAll(/value="accept (\d+)"/g)].map((match) => match[1])
  expect(await a.post(`/notifications/requests/${ofBob}/accept`)).toMatchObject({
    status: 303,
    location: '/notifications/requests',
  })
  await a.post(`/notifications/requests/${ofDave}/dismiss`)
  expect((await a.get('/notifications/requests')).html).toContain('Nobody is kept back')
  const after = (await a.get('/notifications')).html
  expect(after).toContain('From bob')
  expect(after).not.toContain('From dave')
})

test('moderators are notified of a sign-up after its confirmation, and the notification of an own poll names nobody', async () => {
  await using t = await database()
  const owner = await localAccount(t, 'alice', { role: 'owner' })
  const bob = await localAccount(t, 'bob', { isConfirmed: false })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  expect((await a.get('/notifications')).html).not.toContain('signed up')
  const token = await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm'))
  await a.post('/confirm', { token: token?.secret ?? '' })
  expect((await a.get('/notifications')).html).toContain('signed up')
  const post = await status(t, owner, { text: 'What do you think?' })
  await t.db.transaction((tx) => notify(tx, { type: 'poll', for: owner, from: owner, statusId: post }))
  expect((await a.get('/notifications')).html).toMatch(/Your poll has ended\s*<\/p>/)
  expect((await t.db.execute(sql`select from notifications`)).rowCount).toBe(2)
})

test('reactions are shown below a post, and in the notification of the favourite', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [bob, carol] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'carol')]
  const post = await status(t, alice, { text: 'Look' })
  const someone = visitor(pages(t.app))
  expect((await someone.get(`/@alice/${post}`)).html).not.toContain('Reactions')
  for (const by of [bob, carol]) await t.db.transaction((tx) => react(tx, by, post, { type: 'unicode', name: '🎉' }))
  await t.db.transaction((tx) =>
    react(tx, bob, post, { type: 'custom', name: 'blob', domain: 'third.test', url: 'https://remote.test/"blob.png' }),
  )
  const { html } = await someone.get(`/@alice/${post}`)
  expect(html).toMatch(
    /<ul aria-label="Reactions"><li><span class="reaction" title="🎉"><span class="reaction-name">🎉<\/span><span class="count">2<\/span>/,
  )
  expect(html).toMatch(
    /title=":blob@third.test:"><span class="reaction-name"><img class="emoji" src="https:\/\/pipit.test\/media\/remote\/[^"]*\/emoji\/[^"]*"[^>]*><\/span><span class="count">1</,
  )
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  expect(textOf((await a.get('/notifications')).html)).toContain('carol and bob reacted to your post with 🎉')
})

test('people who did the same are one entry with the names of two, and all of them have a page', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice, { text: 'A walk in the rain' })
  const names = ['bob', 'carol', 'dave', 'erin']
  for (const name of names) {
    const by = await localAccount(t, name)
    await t.db.transaction((tx) => favourite(tx, by, post))
  }
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const { html } = await a.get('/notifications')
  expect(textOf(html)).toContain('erin, dave and 2 others favourited your post')
  expect(html.match(/<article class="note /g)).toHaveLength(1)
  const path = /href="(\/notifications\/groups\/[^"]+)"/.exec(html)?.[1] ?? ''
  const all = await a.get(path)
  for (const name of names) expect(all.html).toContain(`href="/@${name}"`)
  const b = visitor(pages(t.app))
  await b.logIn('bob', password)
  expect((await b.get(path)).status).toBe(404)
})

test('the first page marks what it shows as read, and a look ahead of time or at one kind does not', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  await status(t, bob, { text: 'Hello @alice' })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const badge = async () => /class="badge">(\d+)/.exec((await a.get('/bookmarks')).html)?.[1]
  expect(await badge()).toBe('1')
  await a.get('/notifications', { 'Sec-Purpose': 'prefetch' })
  await a.send('/notifications', { method: 'HEAD' })
  await a.get('/notifications?show=quotes')
  expect(await badge()).toBe('1')
  expect((await a.get('/notifications')).html).toContain('note-new')
  expect(await badge()).toBeUndefined()
  expect((await a.get('/notifications')).html).not.toContain('note-new')
  await status(t, bob, { text: 'Once more, @alice' })
  const again = (await a.get('/notifications')).html
  expect(again.match(/note note-[a-z]* note-new/g)).toHaveLength(1)
})

test('an older page still marks what was new when the first page was opened', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  for (let i = 0; i < 22; i += 1) await status(t, bob, { text: `Number ${i} for @alice` })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const { html } = await a.get('/notifications')
  const older = /href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
  expect((await a.get(older)).html.match(/note note-[a-z]* note-new/g)).toHaveLength(2)
  expect(await t.db.execute(sql`select last_read_id::text from markers where account_id = ${alice}`)).toMatchObject({
    rows: [{ last_read_id: expect.any(String) }],
  })
})

test('a kind shows only what belongs to it, and a quote is shown with the quoted post', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const bob = await localAccount(t, 'bob')
  const post = await status(t, alice, { text: 'A thought of mine' })
  await status(t, bob, { text: 'I agree with this', quotedStatusId: post })
  await t.db.transaction((tx) => favourite(tx, bob, post))
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, post))
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const mentions = (await a.get('/notifications?show=quotes')).html
  expect(textOf(mentions)).toContain('bob quoted your post')
  expect(mentions).toMatch(/I agree with this[\s\S]*class="quote[\s\S]*A thought of mine/)
  expect(mentions).not.toContain('note-favourite')
  expect((await a.get('/notifications?show=boosts')).html).toMatch(/note-reblog[\s\S]*A thought of mine/)
  expect((await a.get('/notifications?show=polls')).html).toContain('Nothing of this kind')
  expect((await a.get('/notifications?show=constructor')).html).toContain('note-favourite')
})

test('one entry is dismissed, and all are after a question; those of others stay', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice, { text: 'For @bob' })
  await t.db.transaction((tx) => favourite(tx, bob, post))
  await status(t, bob, { text: 'For @alice' })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const { html } = await a.get('/notifications')
  const group = /formaction="(\/notifications\/groups\/favourite-[^"]+)"/.exec(html)?.[1] ?? ''
  expect((await a.post(group, { return_to: '/notifications' })).location).toBe('/notifications')
  const one = (await a.get('/notifications')).html
  expect(one).not.toContain('note-favourite')
  expect(one).toContain('note-mention')
  expect((await a.get('/notifications/clear')).html).toContain('Dismiss all notifications?')
  expect((await a.get('/notifications')).html).toContain('note-mention')
  await a.post('/notifications/clear')
  expect((await a.get('/notifications')).html).toContain('Nothing yet')
  expect((await t.db.execute(sql`select from notifications where account_id = ${bob}`)).rowCount).toBe(1)
})

test('a visitor is led to log in', async () => {
  await using t = await database()
  await localAccount(t, 'alice', { role: 'owner' })
  const someone = visitor(pages(t.app))
  for (const path of ['/notifications', '/notifications/groups/favourite-1-1', '/notifications/clear'])
    expect((await someone.get(path)).location).toContain('/login')
})

test('several filtered people are answered at once, and what one of them sent can be read before', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const people = [await localAccount(t, 'bob'), await localAccount(t, 'carol'), await localAccount(t, 'dave')]
  await status(t, people[2]!, { text: 'To @alice, before she filters' })
  await t.db.transaction((tx) => savePolicy(tx, alice, { forNotFollowing: 'filter' }))
  for (const [i, name] of ['bob', 'carol', 'dave'].entries())
    await status(t, people[i]!, { text: `From ${name} to @alice` })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const { html } = await a.get('/notifications/requests')
  const ids = [...html.matchAll(/name="pick" value="(\d+)"/g)].map(([, id = '']) => id)
  expect(ids).toHaveLength(3)
  const ofDave = (await a.get(`/notifications/requests/${ids[0]}`)).html
  expect(ofDave).toContain('From dave')
  expect(ofDave).not.toContain('From carol')
  // What came through before stands among the notifications, not here.
  expect(ofDave).not.toContain('before she filters')
  const nobody = await a.post('/notifications/requests', { answer: 'accept' })
  expect(nobody).toMatchObject({ status: 422 })
  expect(nobody.html).toContain('Choose at least one first')
  await a.post('/notifications/requests', { answer: 'accept', pick: ids.slice(1) })
  const after = (await a.get('/notifications')).html
  expect(after).toMatch(/From carol[\s\S]*From bob/)
  expect(after).not.toContain('From dave')
  const other = visitor(pages(t.app))
  await other.logIn('bob', password)
  expect((await other.get(`/notifications/requests/${ids[0]}`)).status).toBe(404)
  expect((await other.post(`/notifications/requests/${ids[0]}/accept`)).status).toBe(404)
})

test('the policy decides whose notifications wait or are ignored, and a wrong answer changes nothing', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const { html } = await a.get('/settings/notifications')
  const names = [...html.matchAll(/<select id="(for_\w+)"/g)].map(([, name = '']) => name)
  expect(names).toHaveLength(6)
  const answers = Object.fromEntries(names.map((name) => [name, 'accept']))
  const wrong = await a.post('/settings/notifications', { ...answers, for_not_following: 'maybe', for_bots: 'drop' })
  expect(wrong.status).toBe(422)
  expect(wrong.html).toMatch(/<select id="for_not_following"[^>]*aria-invalid/)
  expect(wrong.html).toMatch(/for_bots[\s\S]*value="drop" selected/)
  expect((await loadPolicy(t.db, alice)).forBots).toBe('accept')
  const saved = await a.post('/settings/notifications', { ...answers, for_not_following: 'drop' })
  expect(saved.location).toBe('/settings/notifications?saved=1')
  await status(t, bob, { text: 'Hello @alice' })
  expect((await a.get('/notifications')).html).toContain('Nothing yet')
})

/** The words of a page, without its elements. */
const textOf = (html: string): string => html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')

test('requests that wait are among the notifications, are counted, and have a kind of their own that leads to the answer', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice, { text: 'My garden' })
  const asks = { automatic: [], manual: ['public'] }
  await t.db.transaction((tx) => setPolicy(tx, alice, post, { interactionPolicy: { like: asks, reply: asks } }))
  await t.db.transaction((tx) => favourite(tx, bob, post))
  await status(t, bob, { text: 'Which roses are these?', inReplyToId: post })
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  expect(/class="badge">(\d+)/.exec((await a.get('/bookmarks')).html)?.[1]).toBe('2')
  const all = await a.get('/notifications')
  expect(textOf(all.html)).toContain('bob asks to reply to your post')
  const { html } = await a.get('/notifications?show=requests')
  expect(textOf(html)).toContain('bob asks to favourite your post')
  expect(html).toContain('Which roses are these?')
  expect(html).toContain('href="/approvals?show=replies"')
  expect(html).toContain('href="/approvals?show=favourites"')
})

test('the kind of reactions has the people who reacted, without those who only favourited the same post', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [bob, carol] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'carol')]
  const [post, other] = [await status(t, alice, { text: 'Look' }), await status(t, alice, { text: 'Elsewhere' })]
  await t.db.transaction((tx) => react(tx, bob, post, { type: 'unicode', name: '🎉' }))
  await t.db.transaction((tx) => favourite(tx, carol, post))
  await t.db.transaction((tx) => favourite(tx, carol, other))
  const a = visitor(pages(t.app))
  await a.logIn('alice', password)
  const reactions = textOf((await a.get('/notifications?show=reactions')).html)
  expect(reactions).toContain('bob reacted to your post with 🎉')
  expect(reactions).not.toContain('carol')
  expect(reactions).not.toContain('Elsewhere')
  expect(textOf((await a.get('/notifications?show=favourites')).html)).toContain(
    'carol and bob favourited your post or reacted',
  )
})
