import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { pages } from '../../web/app.tsx'
import { ownPath } from '../../web/forms.ts'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { origin, visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name = 'alice') {
  const id = await localAccount(t, name, { role: name === 'alice' ? 'owner' : 'user' })
  const browser = visitor(pages(t.app))
  await browser.logIn(name, password)
  return { id, browser }
}

const countStatuses = async (t: TestDatabase) =>
  Number(
    (await t.db.execute<{ n: string }>(sql`select count(*) as n from statuses where deleted_at is null`)).rows[0]?.n,
  )

test('a form of another site changes nothing', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const text = 'Forged'
  expect(
    (await browser.post('/compose', { text }, { Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' })).status,
  ).toBe(403)
  expect((await browser.post('/compose', { text }, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect((await browser.post('/compose', { text }, { Origin: 'https://evil.test' })).status).toBe(403)
  expect((await browser.post('/compose', { text }, { Origin: 'null' })).status).toBe(403)
  for (const form_token of ['', 'x', 'A'.repeat(43)])
    expect((await browser.post('/compose', { text, form_token })).status).toBe(403)
  const other = visitor(pages(t.app))
  const { html } = await other.get('/login')
  const foreign = /name="form_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
  expect((await browser.post('/compose', { text, form_token: foreign })).status).toBe(403)
  const body = JSON.stringify({ text })
  expect(
    (
      await browser.send('/compose', {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', Origin: origin },
      })
    ).status,
  ).toBe(415)
  expect(
    (
      await browser.send('/compose', {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'text/plain', Origin: origin },
      })
    ).status,
  ).toBe(415)
  expect((await browser.send('/compose', { method: 'DELETE', headers: { Origin: origin } })).status).toBe(405)
  expect(await countStatuses(t)).toBe(0)
  // Nothing is lost when it was only a page that had been open for too long.
  expect((await browser.post('/compose', { text: 'A long <thought>', form_token: foreign })).html).toContain(
    'A long &lt;thought&gt;</textarea>',
  )

  expect((await browser.post('/compose', { text: 'Mine' })).status).toBe(303)
  expect(await countStatuses(t)).toBe(1)
})

test('forms are read up to their limit', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  expect((await browser.post('/compose', { text: 'x'.repeat(70_000) })).status).toBe(413)
  expect((await browser.post('/settings/profile', { display_name: 'x'.repeat(70_000) })).status).toBe(422)
  const stream = new ReadableStream({
    pull: (controller) =>
      controller.enqueue(new TextEncoder().encode('text=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'.repeat(100))),
  })
  const endless = {
    method: 'POST',
    body: stream,
    duplex: 'half',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: origin },
  }
  expect((await browser.send('/compose', endless as RequestInit)).status).toBe(413)
  expect(
    (
      await browser.send('/compose', {
        method: 'POST',
        body: 'no parts',
        headers: { 'Content-Type': 'multipart/form-data; boundary=x', Origin: origin },
      })
    ).status,
  ).toBe(400)
})

test('a refused post keeps its text in the form', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const failed = await browser.post('/compose', {
    text: `\n${'long '.repeat(120)}<b>`,
    spoiler_text: 'Careful "here"',
    visibility: 'private',
    language: 'de',
  })
  expect(failed.status).toBe(422)
  expect(failed.html).toContain('characters too long: the limit is 500')
  expect(failed.html).toContain(`>\n\n${'long '.repeat(120)}&lt;b&gt;</textarea>`)
  expect(failed.html).toContain('value="Careful &quot;here&quot;"')
  expect(failed.html).toMatch(/<option value="private" selected/)
  expect(failed.html).toMatch(/<option value="de" selected/)
})

test('a form sent twice makes one post', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const key = /name="key" value="([^"]+)"/.exec((await browser.get('/')).html)?.[1] ?? ''
  await Promise.all([browser.post('/compose', { text: 'Once', key }), browser.post('/compose', { text: 'Once', key })])
  expect(await countStatuses(t)).toBe(1)
})

test('a reply mentions its participants, keeps the warning, and does not widen the audience', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const bob = await localAccount(t, 'bob')
  await localAccount(t, 'carol')
  const parent = await status(t, bob, { text: '@alice and @carol', spoilerText: 'Food', visibility: 'direct' })
  const { html } = await browser.get(`/compose?reply_to=${parent}`)
  expect(html).toContain('>@bob @carol </textarea>')
  expect(html).toContain('value="Food"')
  expect(html).toMatch(/<option value="direct" selected/)
  const sent = await browser.post('/compose', { text: '@bob Thanks', visibility: 'direct', reply_to: parent })
  // A direct reply lands in its conversation.
  expect(sent.location).toMatch(/^\/conversations\/\d+#post-\d+$/)
  expect((await browser.get(sent.location ?? '')).html).toContain('and <span class="h-card"><a href="/@carol"')
  const hidden = await status(t, bob, { text: 'Not for alice', visibility: 'private' })
  expect((await browser.get(`/compose?reply_to=${hidden}`)).status).toBe(404)
  expect((await browser.post('/compose', { text: 'Hm', reply_to: hidden })).status).toBe(404)
})

test('buttons do what they say and lead back', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const ada = await remoteAccount(t, 'ada')
  const post = await remoteStatus(t, ada)
  const return_to = `/@ada@remote.test#post-${post}`
  for (const verb of ['favourite', 'reblog', 'bookmark'])
    expect(await browser.post(`/statuses/${post}/${verb}`, { return_to })).toMatchObject({
      status: 303,
      location: return_to,
    })
  const marked = (await browser.get('/@ada@remote.test')).html
  expect(marked.match(/aria-pressed="true"/g)).toHaveLength(3)
  expect((await browser.get('/bookmarks')).html).toContain('Hello from afar')
  for (const verb of ['unfavourite', 'unreblog', 'unbookmark'])
    await browser.post(`/statuses/${post}/${verb}`, { return_to })
  expect((await browser.get('/@ada@remote.test')).html).not.toContain('aria-pressed="true"')

  await browser
    .post(`/accounts/${ada}/follow`, { return_to: '//evil.test/' })
    .then(({ location }) => expect(location).toBe('/'))
  expect((await browser.get('/@ada@remote.test')).html).toContain('Withdraw request')
  expect(await t.jobs()).toContain('federate')
  await browser.post(`/accounts/${ada}/block`)
  expect((await browser.get('/@ada@remote.test')).html).not.toContain('Hello from afar')
  expect((await browser.post(`/accounts/${ada}/constructor`)).status).toBe(404)
  expect((await browser.post('/accounts/12345/follow')).status).toBe(404)
})

test('boosts count as posts here as they do in apps', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.01' })
  const { browser } = await loggedIn(t)
  const post = await remoteStatus(t, await remoteAccount(t, 'ada'))
  const boost = async () => (await browser.post(`/statuses/${post}/reblog`)).status
  expect([await boost(), await boost(), await boost(), await boost()]).toEqual([303, 303, 303, 429])
})

test('only its author deletes a post, and only by the form', async () => {
  await using t = await database()
  const { id, browser } = await loggedIn(t)
  const { browser: other } = await loggedIn(t, 'bob')
  const post = await status(t, id)
  expect((await browser.get(`/statuses/${post}/delete`)).html).toContain('for good')
  expect((await other.get(`/statuses/${post}/delete`)).status).toBe(404)
  expect((await other.post(`/statuses/${post}/delete`)).status).toBe(404)
  expect(await countStatuses(t)).toBe(1)
  expect((await browser.post(`/statuses/${post}/delete`)).location).toBe('/@alice')
  expect((await browser.get(`/@alice/${post}`)).status).toBe(410)
})

test('return addresses are local paths', () => {
  for (const good of ['/', '/@alice', '/search?q=%2F%2Fx', '/@ada@remote.test#post-1', '/tags/%C3%A4'])
    expect(ownPath(good)).toBe(good)
  for (const bad of [
    '',
    'x',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '/\n/evil.test',
    'https://evil.test',
    'javascript:alert(1)',
    '/a\\b',
    '\\/evil.test',
    '/ /evil.test',
    '/\u0000x',
  ]) {
    expect(ownPath(bad), JSON.stringify(bad)).toBe('/')
  }
})

test('text with NUL is refused without an internal error', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  for (const [path, fields] of Object.entries({
    '/login': { login: 'a\0b', password },
    '/password': { email: '\0' },
    '/compose': { text: 'Hi', key: '\0' },
    '/admin/settings': { title: 'A\0B' },
  })) {
    expect([path, (await browser.post(path, fields)).status]).toEqual([path, 400])
  }
  // What comes in some other way finds the database's own no.
  expect((await browser.get('/search?q=%00a')).status).toBe(400)
})

test('asking only for the head of a personal page leads to the log-in, too', async () => {
  await using t = await database()
  const browser = visitor(pages(t.app))
  for (const path of ['/settings/profile', '/bookmarks', '/admin']) {
    const answer = await browser.send(path, { method: 'HEAD' })
    expect([answer.status, answer.location]).toEqual([303, `/login?return_to=${encodeURIComponent(path)}`])
  }
})

test('a post is never seen by more people than its author meant', async () => {
  await using t = await database()
  const { id, browser } = await loggedIn(t)
  await t.db.transaction((tx) => savePreferences(tx, id, { defaultVisibility: 'private' }))
  for (const visibility of ['followers', 'constructor'])
    expect((await browser.post('/compose', { text: 'For whom?', visibility })).html).toContain('Choose who can see it')
  expect(await countStatuses(t)).toBe(0)
  expect((await browser.post('/compose', { text: 'As always' })).status).toBe(303)
  expect((await t.db.execute(sql`select visibility from statuses`)).rows).toEqual([{ visibility: 'private' }])
})

test('Markdown is written on request, and kept as the choice when the form fails', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const alice = visitor(pages(t.app))
  await alice.logIn('alice', password)
  await alice.post('/compose', { text: '**Loud** and <b>plain</b>', visibility: 'public', format: 'markdown' })
  await alice.post('/compose', { text: '**Quiet**', visibility: 'public', format: 'plain' })
  const { html } = await alice.get('/')
  expect(html).toContain('<strong>Loud</strong> and &lt;b&gt;plain&lt;/b&gt;')
  expect(html).toContain('**Quiet**')
  expect((await alice.post('/compose', { text: '', visibility: 'public', format: 'markdown' })).html).toMatch(
    /<option value="markdown" selected/,
  )
})
