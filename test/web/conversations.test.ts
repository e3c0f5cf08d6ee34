import { expect, test } from 'vitest'
import type { ConversationId } from '#src/platform/ids.ts'
import { loadConversationPage } from '#src/reading/conversations/page.ts'
import { mute } from '#src/relationships/mute.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const web = visitor(pages(t.app))
  await web.logIn(name, password)
  const conversation = async (): Promise<ConversationId> =>
    (await loadConversationPage(t.db, id, { limit: 5 })).views[0]?.id ?? ('0' as ConversationId)
  const isUnread = async () => (await loadConversationPage(t.db, id, { limit: 5 })).views[0]?.isUnread
  return { id, web, conversation, isUnread }
}

const badge = (html: string) => /href="\/conversations"[\s\S]*?<\/a>/.exec(html)?.[0].match(/badge">(\d+)</)?.[1]

test('a conversation is new until it is opened, shows its posts in order, and can be marked as unread', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const first = await status(t, alice.id, { text: '@bob See you at eight?', visibility: 'direct' })
  const id = await bob.conversation()
  expect(badge((await bob.web.get('/bookmarks')).html)).toBe('1')
  expect((await bob.web.get('/conversations')).html).toMatch(/is-unread[\s\S]*See you at eight/)
  // Fetching in advance is not reading.
  await bob.web.get(`/conversations/${id}`, { 'Sec-Purpose': 'prefetch;prerender' })
  expect(await bob.isUnread()).toBe(true)
  const reply = await status(t, bob.id, { text: '@alice With pleasure', visibility: 'direct', inReplyToId: first })
  const { html } = await bob.web.get(`/conversations/${id}`)
  expect(html).toMatch(/See you at eight[\s\S]*With pleasure/)
  expect(html).toContain(`name="reply_to" value="${reply}"`)
  expect(html).toContain('these posts are not encrypted')
  expect(await bob.isUnread()).toBe(false)
  expect(badge((await bob.web.get('/bookmarks')).html)).toBeUndefined()
  expect((await bob.web.get('/conversations')).html).toContain('You: ')

  expect((await bob.web.post(`/conversations/${id}/unread`)).location).toBe('/conversations')
  expect(await bob.isUnread()).toBe(true)
})

test('a conversation names the servers whose admins could read it', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  const far = await remoteAccount(t, 'far')
  await remoteStatus(t, far, { visibility: 'direct', mentionedIds: [alice.id], content: '<p>Psst</p>' })
  const { html } = await alice.web.get(`/conversations/${await alice.conversation()}`)
  expect(html).toContain('admins of their servers (pipit.test, remote.test)')
})

test('a removed conversation leaves the list and keeps its posts', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const post = await status(t, alice.id, { text: '@bob Old news', visibility: 'direct' })
  const id = await bob.conversation()
  expect((await alice.web.post(`/conversations/${id}/delete`)).status).toBe(404)
  expect((await bob.web.get('/conversations')).html).toContain('Old news')
  await bob.web.post(`/conversations/${id}/delete`)
  expect((await bob.web.get('/conversations')).html).toContain('No conversations yet')
  expect((await bob.web.get(`/@alice/${post}`)).status).toBe(200)
})

test('nobody opens, marks or removes conversations of others, and visitors are led to log in', async () => {
  await using t = await database()
  const [alice, bob, carol] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob'), await loggedIn(t, 'carol')]
  await status(t, alice.id, { text: '@bob Between us', visibility: 'direct' })
  const id = await bob.conversation()
  expect((await carol.web.get(`/conversations/${id}`)).status).toBe(404)
  for (const action of ['unread', 'delete'])
    expect((await carol.web.post(`/conversations/${id}/${action}`)).status).toBe(404)
  expect((await carol.web.get('/conversations')).html).not.toContain('Between us')
  expect((await visitor(pages(t.app)).get(`/conversations/${id}`)).location).toContain('/login')
})

test('conversations with muted people are neither shown nor counted', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await status(t, alice.id, { text: '@bob Hello?', visibility: 'direct' })
  await t.db.transaction((tx) => mute(tx, bob.id, alice.id))
  const { html } = await bob.web.get('/conversations')
  expect(html).not.toContain('Hello?')
  expect(badge(html)).toBeUndefined()
})

test('a new message is for named people only, whatever the author’s default', async () => {
  await using t = await database()
  const alice = await loggedIn(t, 'alice')
  await localAccount(t, 'bob')
  expect((await alice.web.get('/conversations')).html).toContain('/compose?visibility=direct')
  const { html } = await alice.web.get('/compose?visibility=direct&to=bob')
  expect(html).toMatch(/value="direct" (selected|checked)/)
  expect(html).toContain('>@bob ')
  expect((await alice.web.get('/compose?visibility=public')).html).not.toMatch(/value="direct" (selected|checked)/)
})

test('a reply is written in its conversation, for the same people, and lands there', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  await localAccount(t, 'carol')
  const first = await status(t, alice.id, { text: '@bob @carol Psst', visibility: 'direct', spoilerText: 'Party' })
  const path = `/conversations/${await bob.conversation()}`
  const { html } = await bob.web.get(path)
  expect(html).toMatch(/<textarea[^>]*>@alice @carol <\/textarea>/)
  expect(html).toMatch(/<option value="direct" selected/)
  const fields = {
    reply_to: first,
    visibility: 'direct',
    spoiler_text: 'Party',
    text: '@alice @carol Count me in',
    do: 'post',
  }
  for (const [name, value] of Object.entries(fields).slice(0, 3))
    expect(html).toMatch(new RegExp(`name="${name}"[^>]*value="${value}"|name="${name}"`))
  const { location } = await bob.web.post('/compose', fields)
  expect(location).toMatch(new RegExp(`^${path}#post-\\d+$`))
  const after = (await bob.web.get(path)).html
  expect(after).toMatch(/Psst[\s\S]*Count me in/)
  // Older pages are for reading.
  expect((await bob.web.get(`${path}?max_id=${first}`)).html).not.toContain('<textarea')
  // A first message has a conversation, too.
  const sent = await alice.web.post('/compose', { text: '@carol Hello', visibility: 'direct' })
  expect(sent.location).toMatch(/^\/conversations\/\d+#post-\d+$/)
})

test('an answer in a conversation that names nobody is not sent, and a note to oneself is', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const first = await status(t, alice.id, { text: '@bob Psst', visibility: 'direct' })
  const answer = (text: string) => bob.web.post('/compose', { reply_to: first, visibility: 'direct', text, do: 'post' })
  const refused = await answer('Count me in')
  expect(refused.status).toBe(422)
  expect(refused.html).toContain('Name the people who are to get it')
  expect(refused.html).toContain('Count me in</textarea>')
  expect((await answer('@alice Count me in')).location).toMatch(/^\/conversations\//)

  const note = await bob.web.post('/compose', { visibility: 'direct', text: 'Buy bread', do: 'post' })
  const reply_to = /post-(\d+)$/.exec(note.location ?? '')?.[1] ?? ''
  expect(
    (await bob.web.post('/compose', { reply_to, visibility: 'direct', text: 'And salt', do: 'post' })).status,
  ).toBe(303)
})
