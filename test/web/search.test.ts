import { expect, test } from 'vitest'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('the search page finds posts for people who are logged in, in tabs and pages', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  for (let i = 0; i < 22; i++) await status(t, alice, { text: `Walnut number ${i}` })
  const bob = visitor(pages(t.app))
  expect((await bob.get('/search?q=walnut')).html).toContain('Nothing found')
  await bob.logIn('bob', password)
  const first = (await bob.get('/search?q=walnut&type=statuses')).html
  expect(first).toContain('Walnut number 21')
  expect(first).not.toContain('Walnut number 1<')
  expect(first).toMatch(/aria-current="page"[^>]*>Posts</)
  const [, next = ''] = /href="([^"]*offset=20)"/.exec(first.replaceAll('&amp;', '&')) ?? []
  expect((await bob.get(next)).html).toContain('Walnut number 1<')
  expect((await bob.get('/search?q=alice')).html).toContain('href="/@alice"')
})

test('moderators can reject trends; for others the page answers 404', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'moderator' })
  const bob = await localAccount(t, 'bob')
  for (const author of [alice, bob]) await status(t, author, { text: '#walnuts' })
  await computeTrends(t.db)
  const [moderator, other] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await moderator.logIn('alice', password)
  await other.logIn('bob', password)
  const { html } = await moderator.get('/admin/trends')
  const [, path = ''] = /action="(\/admin\/trends\/tag\/\d+\/reject)"/.exec(html) ?? []
  expect((await other.post(path)).status).toBe(404)
  expect((await moderator.post(path)).status).toBe(303)
  expect((await moderator.get('/admin/trends')).html).toContain('Rejected · hidden')
  expect((await other.get('/admin/trends')).status).toBe(404)
  expect((await moderator.post('/admin/trends/tag/7/reject')).status).toBe(404)
})
