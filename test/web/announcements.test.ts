import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { publishAnnouncement } from '#src/moderation/announcements.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

const announce = (t: TestDatabase, text: string, endsAt: Date | null = null) =>
  t.db.transaction((tx) => publishAnnouncement(tx, commandLine, { text, endsAt }))

const unread = (html: string) => /href="\/announcements"[^>]*>(?:(?!<\/a>).)*class="badge">(\d+)</s.exec(html)?.[1]

test('an announcement stands on Home and is counted in the menu until the person dismisses it', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const id = await announce(t, 'The server moves on Sunday #moving')
  await announce(t, 'Long past', new Date(Date.now() - 1000))
  const site = pages(t.app)
  const [byAlice, byBob] = [visitor(site), visitor(site)]
  expect((await byAlice.get('/announcements')).location).toBe('/login?return_to=%2Fannouncements')
  await byAlice.logIn('alice', password)
  await byBob.logIn('bob', password)
  const home = (await byAlice.get('/')).html
  expect(home).toMatch(/The server moves on Sunday <a href="\/tags\/moving"/)
  expect(home).not.toContain('Long past')
  expect(unread(home)).toBe('1')
  // Other pages say so at the side.
  expect((await byAlice.get('/explore')).html).toContain('id="rail-announcement"')
  expect((await byAlice.get('/settings/account')).html).not.toContain('id="rail-announcement"')

  expect((await byAlice.post('/announcements/7/dismiss')).status).toBe(404)
  expect((await byAlice.post(`/announcements/${id}/dismiss`, { return_to: '/' })).location).toBe('/')
  const later = (await byAlice.get('/')).html
  expect([later.includes('moves on Sunday'), unread(later)]).toEqual([false, undefined])
  const all = (await byAlice.get('/announcements')).html
  expect(all).toContain('The server moves on Sunday')
  expect(all).toContain('Dismissed')
  expect((await byBob.get('/')).html).toContain('moves on Sunday')
})

test('people react to announcements by buttons and by typing, and take their reactions back', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file) values (1, 'pipit', 'p.webp', 'p.webp')`,
  )
  const id = await announce(t, 'Welcome')
  const site = pages(t.app)
  const [byAlice, byBob] = [visitor(site), visitor(site)]
  await byAlice.logIn('alice', password)
  await byBob.logIn('bob', password)
  const used = async () =>
    (
      await t.db.execute<{ name: string }>(
        sql`select name from announcement_reactions where account_id = ${alice} order by created_at`,
      )
    ).rows.map(({ name }) => name)

  expect((await byAlice.post(`/announcements/${id}/react/${encodeURIComponent('🎉')}`)).location).toBe(
    `/announcements#announcement-${id}`,
  )
  await byAlice.post(`/announcements/${id}/react`, { emoji: ' :pipit: ' })
  await byBob.post(`/announcements/${id}/react`, { emoji: '🎉' })
  expect(await used()).toEqual(['🎉', 'pipit'])
  const { html } = await byBob.get('/announcements')
  expect(html).toContain('aria-label="Take back 🎉: 2 people"')
  expect(html).toContain('src="/media/p.webp"')
  const wrong = await byAlice.post(`/announcements/${id}/react`, { emoji: 'no emoji at all' })
  expect([wrong.status, wrong.html.includes('value="no emoji at all"')]).toEqual([422, true])
  expect((await byAlice.post('/announcements/7/react', { emoji: '🎉' })).status).toBe(404)
  await byAlice.post(`/announcements/${id}/unreact/${encodeURIComponent('🎉')}`)
  expect(await used()).toEqual(['pipit'])
})

test('the right column has trends for everybody, and people to follow only for who is logged in', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [carol, dora] = [await localAccount(t, 'carol'), await localAccount(t, 'dora')]
  await t.db.execute(sql`update accounts set is_discoverable = true`)
  for (const friend of [bob, dora]) {
    await makeFollow(t, alice, friend)
    await makeFollow(t, friend, carol)
  }
  for (const author of [bob, dora]) await status(t, author, { text: 'So many #walnuts' })
  await computeTrends(t.db)
  const site = pages(t.app)
  const [someone, another, byAlice] = [visitor(site), visitor(site), visitor(site)]
  await byAlice.logIn('alice', password)

  const first = await someone.get('/public')
  expect(first.html).toMatch(/id="rail-trends".*href="\/tags\/walnuts".*2 people/s)
  expect(first.html).not.toContain('id="rail-people"')
  const second = await another.get('/public')
  expect([second.headers.get('ETag'), second.html]).toEqual([first.headers.get('ETag'), first.html])

  const rail = async (path: string) => /<aside class="rail".*<\/aside>/s.exec((await byAlice.get(path)).html)?.[0] ?? ''
  expect(await rail('/')).toMatch(new RegExp(`href="/@carol".*formaction="/accounts/${carol}/follow"`, 's'))
  expect(await rail('/explore/people')).not.toContain('id="rail-people"')
  expect(await rail('/settings/profile')).not.toMatch(/rail-(people|trends)/)
  // What they follow or dismiss is gone at once, although suggestions are kept for a while.
  await byAlice.post(`/accounts/${carol}/follow`)
  expect(await rail('/')).not.toContain('href="/@carol"')
})

test('newcomers find people to follow in their first steps, and on an empty Home after hiding these', async () => {
  await using t = await database()
  const [mira, tomas] = [await localAccount(t, 'mira'), await localAccount(t, 'tomas')]
  await t.db.execute(sql`update accounts set is_discoverable = true where id = ${tomas}`)
  await t.db.execute(sql`update account_stats set followers_count = 9 where account_id = ${tomas}`)
  const byMira = visitor(pages(t.app))
  await byMira.logIn('mira', password)
  const start = (await byMira.get('/')).html
  expect(start).toContain('0 of 3 done')
  expect(start.match(new RegExp(`formaction="/accounts/${tomas}/follow"`, 'g'))).toHaveLength(1)
  await t.db.execute(sql`update accounts set avatar_file = 'a.webp' where id = ${mira}`)
  expect((await byMira.get('/')).html).toContain('Say a few words about yourself')
  await t.db.execute(sql`update accounts set note = '<p>I bake</p>' where id = ${mira}`)
  expect((await byMira.get('/')).html).toContain('1 of 3 done')

  await byMira.post('/first-steps/dismiss')
  const later = (await byMira.get('/')).html
  expect(later).not.toContain('First steps')
  expect(later).toMatch(new RegExp(`Or begin with these:.*formaction="/accounts/${tomas}/follow"`, 's'))
})
