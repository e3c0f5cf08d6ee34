import { expect, test } from 'vitest'
import { createList } from '#src/reading/lists/manage.ts'
import { openHub } from '#src/reading/streaming/hub.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, makeFollow, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { origin, visitor } from './visitor.ts'

/** A site whose streams end with the test, and the session of alice. */
async function openSite(t: TestDatabase) {
  const hub = openHub(t.app, () => undefined, { checkMs: 100 })
  const site = pages(t.app, hub)
  const a = visitor(site)
  await a.logIn('alice', password)
  const stream = async (query = '', headers: Record<string, string> = {}) => {
    const cookie = [...a.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const env = { clientAddress: '192.0.2.1', requestId: 'test' }
    return site.request(`${origin}/live${query}`, { headers: { Cookie: cookie, ...headers } }, env)
  }
  return { hub, a, stream, [Symbol.asyncDispose]: () => hub[Symbol.asyncDispose]() }
}

/** Reads a stream until a text is there. */
async function readUntil(answer: Response, wanted: string): Promise<string> {
  const reader = answer.body!.getReader()
  let text = ''
  while (!text.includes(wanted)) {
    const { done, value } = await reader.read()
    if (done) break
    text += Buffer.from(value).toString()
  }
  reader.releaseLock()
  return text
}

test('the stream says that something is new and how many are unread, and nothing of what they say', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, alice, bob)
  await using site = await openSite(t)
  const answer = await site.stream('?stream=user')
  expect(answer.headers.get('Content-Type')).toBe('text/event-stream')
  expect(answer.headers.get('Cache-Control')).toContain('no-store')
  await readUntil(answer, 'event: unread\ndata: 0\n\n')
  await status(t, bob, { text: 'A secret for @alice', visibility: 'private' })
  const text = await readUntil(answer, 'event: unread\ndata: 1\n\n')
  expect(text).toContain('event: update\ndata: 1\n\n')
  expect(text).not.toContain('secret')
})

test('only the browser’s own pages open it', async () => {
  await using t = await database()
  const bob = await localAccount(t, 'bob')
  await localAccount(t, 'alice')
  await using site = await openSite(t)
  expect((await site.stream('', { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
  expect((await site.stream('', { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403)
  expect((await site.stream('', { Cookie: '' })).status).toBe(401)
  expect((await site.stream('', { Cookie: '', Authorization: 'Bearer abc' })).status).toBe(401)
  expect((await site.stream('?stream=nothing')).status).toBe(404)
  const list = await t.db.transaction((tx) => createList(tx, bob, { title: 'Friends' }))
  expect((await site.stream(`?stream=list&list=${list}`)).status).toBe(404)
  expect(site.hub.size()).toBe(0)
})

test('a browser has three streams at most, and they end with its session', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  await using site = await openSite(t)
  const answers: Response[] = []
  for (let i = 0; i < 4; i += 1) answers.push(await site.stream())
  for (const answer of answers.slice(1)) await readUntil(answer, 'event: unread')
  expect(site.hub.size()).toBe(3)
  await readUntil(answers[0]!, 'never, as it is over')
  await site.a.post('/logout')
  for (const answer of answers.slice(1)) await readUntil(answer, 'never, as it is over')
  expect(site.hub.size()).toBe(0)
})
