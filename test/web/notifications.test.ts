import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { notify } from '#src/notices/notify.ts'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { react } from '#src/statuses/interactions/react.ts'
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
  const [ofDave, ofBob] = [...requests.matchAll(/\/notifications\/requests\/(\d+)\/accept/g)].map((match) => match[1])
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
  expect((await a.get('/notifications')).html).toMatch(/Your poll has ended\s*<\/span>/)
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
  expect((await a.get('/notifications')).html).toContain('reacted to your post with 🎉')
})
