/** Common parts of all pages: preferences, refusals, gone posts, masked tokens and compression. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { deleteStatus } from '#src/statuses/delete.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, openSignUps, password, status } from '../cast.ts'
import { database } from '../database.ts'
import { visitor } from './visitor.ts'

test('a page follows its reader’s preferences for colours, text size, media and warnings', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice, { text: 'Behind it', spoilerText: 'A warning' })
  const browser = visitor(pages(t.app))
  const path = `/@alice/${post}`
  expect((await browser.get(path)).html).toContain('data-appearance="system" data-text-size="medium"')
  await browser.logIn('alice', password)
  expect((await browser.get(path)).html).toContain('<details class="warning"><summary>')
  await t.db.execute(
    sql`update users set appearance = 'dark', text_size = 'large', expands_warnings = true where account_id = ${alice}`,
  )
  const { html } = await browser.get(path)
  expect(html).toContain('data-appearance="dark" data-text-size="large"')
  expect(html).toContain('<meta name="color-scheme" content="dark"/>')
  expect(html).toContain('<details class="warning" open="">')
})

test('the page of a deleted public post answers 410, that of a non-public one 404', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  for (const [visibility, answer] of [
    ['public', 410],
    ['unlisted', 410],
    ['private', 404],
    ['direct', 404],
  ] as const) {
    const post = await status(t, alice, { text: 'A slip of the pen', visibility })
    await t.db.transaction((tx) => deleteStatus(tx, alice, post))
    expect((await browser.get(`/@alice/${post}`)).status, visibility).toBe(answer)
  }
  expect((await browser.get('/@alice/1')).status).toBe(404)
})

test('the page of a deleted held or local-only post answers 404', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const [guest, local] = [visitor(pages(t.app)), visitor(pages(t.app))]
  await local.logIn('bob', password)
  const onlyHere = await status(t, alice, { text: 'Just for us', isLocalOnly: true })
  await t.db.execute(sql`update users set undo_seconds = 60 where account_id = ${alice}`)
  const held = await status(t, alice, { text: 'A slip of the pen' })
  for (const post of [onlyHere, held]) {
    expect((await local.get(`/@alice/${post}`)).status).toBe(200)
    await t.db.transaction((tx) => deleteStatus(tx, alice, post))
    for (const browser of [guest, local]) expect((await browser.get(`/@alice/${post}`)).status).toBe(404)
  }
})

test('large counts are shown shortened, and exact for screen readers', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice, { text: 'Read by many' })
  await t.db.execute(
    sql`insert into status_stats (status_id, favourites_count, reblogs_count) values (${post}, 12345, 1234)
      on conflict (status_id) do update set favourites_count = 12345, reblogs_count = 1234`,
  )
  await t.db.execute(sql`update account_stats set followers_count = 54321`)
  const browser = visitor(pages(t.app))
  const short = (shown: string, exact: string) =>
    `<span class="count" aria-hidden="true" title="${exact}">${shown}</span><span class="unseen">${exact}</span>`
  for (const isGuest of [true, false]) {
    if (!isGuest) await browser.logIn('alice', password)
    const { html } = await browser.get('/@alice')
    expect(html).toContain(`<strong>${short('54.3k', '54,321')}</strong> followers`)
    expect(html).toContain(`${isGuest ? '' : '<span class="unseen">Favourite </span>'}${short('12.3k', '12,345')}`)
    expect(html).toContain('<span class="count">1,234</span>')
  }
})

test('one entry of the menu is marked as the current page', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const marked = async (path: string) =>
    [...(await browser.get(path)).html.matchAll(/<li[^>]*><a href="([^"]+)" aria-current="\w+">/g)].map(([, to]) => to)
  expect(await marked('/settings/preferences')).toEqual(['/settings/preferences'])
  expect(await marked('/settings/account')).toEqual(['/settings/profile'])
  expect(await marked('/notifications/requests')).toEqual(['/notifications'])
})

test('a refused log-in marks both fields, and does not reveal which one is wrong', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const { html } = await visitor(pages(t.app)).post('/login', { login: 'alice', password: 'wrong' })
  expect(html.match(/aria-invalid="true" aria-describedby="refused"/g)).toHaveLength(2)
  expect(html).toContain('role="alert" id="refused"')
})

test('a refused form has an error in its title, marks its field and keeps the current entry of the menu', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const refused = await browser.post('/compose', { text: '' }, { Referer: 'https://pipit.test/compose' })
  expect(refused.status).toBe(422)
  expect(refused.html).toMatch(/<textarea id="text"[^>]+ aria-invalid="true" aria-describedby="text-problem"/)
  expect(refused.html).toMatch(/<title>Error: [^<]+ · Pipit<\/title>/)
  expect(refused.html).toContain('<a href="/compose" aria-current="page">')
  const settings = await browser.post(
    '/settings/password',
    { current: 'wrong', password: 'x' },
    { Referer: 'https://pipit.test/settings/account' },
  )
  expect(settings.html).toContain('<a href="/settings/profile" aria-current="true">')
  const { html: preferences } = await browser.get('/settings/preferences')
  expect(preferences).toContain('<a href="/settings/preferences" aria-current="page">')
  expect(preferences).not.toContain('<a href="/settings/profile" aria-current')
})

test('form tokens differ from page to page, and each is accepted', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  const tokenOf = async () => /name="form_token" value="([^"]+)"/.exec((await browser.get('/login')).html)?.[1] ?? ''
  const tokens = [await tokenOf(), await tokenOf(), await tokenOf()]
  expect(new Set(tokens).size).toBe(3)
  for (const form_token of tokens)
    expect((await browser.post('/login', { login: 'alice', password: 'no', form_token })).status).toBe(422)
  const [first = ''] = tokens
  const bytes = Buffer.from(first, 'base64url')
  for (const wrong of ['', first.slice(1), Buffer.concat([bytes, bytes]).toString('base64url')])
    expect((await browser.post('/login', { login: 'alice', password, form_token: wrong })).status).toBe(403)
})

test('pages with a reusable secret are not compressed', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  const packed = { 'Accept-Encoding': 'gzip, br' }
  expect((await browser.get('/login', packed)).headers.get('Content-Encoding')).toBe('br')
  expect((await browser.get('/login', { 'Accept-Encoding': 'br;q=0, gzip' })).headers.get('Content-Encoding')).toBe(
    'gzip',
  )
  expect((await browser.get('/login', { 'Accept-Encoding': 'identity' })).headers.get('Content-Encoding')).toBeNull()
  for (const path of ['/reset?token=x', '/confirm?token=x', '/setup?token=x', '/oauth/authorize?client_id=x'])
    expect((await browser.get(path, packed)).headers.get('Content-Encoding'), path).toBeNull()
})

test('a request by a script gets only the changed parts of the page, and an error as text', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice, { text: 'Hello' })
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const part = { Accept: 'text/vnd.pipit.part' }
  const { html } = await browser.post(`/statuses/${post}/favourite`, {}, part)
  expect(html).toMatch(new RegExp(`^<footer class="actions" data-part="s${post}">`))
  expect(html).not.toContain('<html')
  expect(html).toContain(`formaction="/statuses/${post}/unfavourite"`)
  const missing = await browser.post('/statuses/1/favourite', {}, part)
  expect([missing.status, missing.headers.get('Content-Type')]).toEqual([404, expect.stringContaining('text/plain')])
})

test.each([
  ['/settings/profile', 'display_name', 'x'.repeat(40)],
  ['/settings/profile', 'note', 'x'.repeat(600)],
  ['/settings/profile', 'attribution_domains', 'no domain'],
  ['/settings/moving/aliases', 'alias', 'nobody@here@there'],
  ['/settings/featured/tags', 'tag', '!'],
  ['/settings/featured/people', 'person', 'nobody'],
])('a refusal of %s marks the field %s', async (path, field, value) => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const { html, status: answer } = await browser.post(path, { [field]: value })
  expect(answer).toBe(422)
  expect(html.match(/aria-invalid="true"/g)).toHaveLength(1)
  expect(html).toMatch(new RegExp(`<(input|textarea) id="${field}"[^>]* aria-invalid="true"`))
})

test('days of the statistics are written as dates, in UTC', async () => {
  await using t = await database()
  await localAccount(t, 'owner', { role: 'owner' })
  await t.db.execute(
    sql`insert into daily_stats select date '2026-11-01' + d, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, now() from generate_series(1, 3) d`,
  )
  await t.db.execute(sql`update users set time_zone = 'America/Lima'`)
  const browser = visitor(pages(t.app))
  await browser.logIn('owner', password)
  const { html } = await browser.get('/admin')
  expect(html).toContain('<th scope="row"><time datetime="2026-11-04">4 November 2026</time></th>')
  expect(html).toContain('2 November 2026')
  expect(html).not.toMatch(/>2026-11-0\d</)
})

test('the log-in page leads to sign-ups only while they are open', async () => {
  await using t = await database()
  const guest = visitor(pages(t.app))
  expect((await guest.get('/login')).html).not.toContain('href="/signup"')
  await openSignUps(t)
  expect((await guest.get('/login')).html).toContain('href="/signup"')
})
