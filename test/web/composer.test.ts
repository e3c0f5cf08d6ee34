import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name = 'alice') {
  const id = await localAccount(t, name)
  const browser = visitor(pages(t.app))
  await browser.logIn(name, password)
  return { id, browser }
}

const picture = async () =>
  new Blob([
    new Uint8Array(
      await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a64' } })
        .png()
        .toBuffer(),
    ),
  ])

test('uploads of the composer require a log-in, and accept only files', async () => {
  await using t = await database()
  const { id, browser } = await loggedIn(t)
  const sent = await browser.post('/compose/files', { 'files-0': await picture() })
  const { id: mediaId } = JSON.parse(sent.html) as { id: string }
  expect((await t.db.execute(sql`select account_id from media where id = ${mediaId}`)).rows).toEqual([
    { account_id: id },
  ])
  expect(JSON.parse((await browser.get(`/compose/files/${mediaId}`)).html)).toEqual({ state: 'ready' })
  const { browser: bob } = await loggedIn(t, 'bob')
  expect((await bob.get(`/compose/files/${mediaId}`)).status).toBe(404)
  // Somebody else's file is left out of the form.
  await bob.post('/compose', { text: 'Stolen', 'media-0': mediaId })
  expect((await t.db.execute(sql`select status_id from media where id = ${mediaId}`)).rows).toEqual([
    { status_id: null },
  ])
  const wrong = await browser.post('/compose/files', { 'files-0': new Blob(['no picture']) })
  expect([wrong.status, Object.keys(JSON.parse(wrong.html) as object)]).toEqual([422, ['error']])
  const visitorSends = await visitor(pages(t.app)).post('/compose/files', { 'files-0': await picture() })
  expect(visitorSends.location).toMatch(/^\/login/)
})

test('suggestions require a log-in, and are rate-limited', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '0.01' })
  const { browser } = await loggedIn(t)
  await localAccount(t, 'albert')
  const ask = (q: string) => browser.get(`/compose/suggest?q=${encodeURIComponent(q)}`)
  expect(JSON.parse((await ask('@alb')).html)).toEqual([{ text: '@albert', name: 'albert' }])
  expect(JSON.parse((await ask('alb')).html)).toEqual([])
  await Promise.all([ask('@'), ask('#')])
  expect((await ask('@alb')).status).toBe(429)
  expect((await visitor(pages(t.app)).get('/compose/suggest?q=@alb')).status).toBe(303)
})

test('a browser loads the list of emojis once', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  const first = await browser.get('/compose/emojis.json')
  const groups = JSON.parse(first.html) as { name: string; emojis: string[][] }[]
  expect(groups.flatMap(({ emojis }) => emojis).find(([text]) => text === '🍕')?.[2]).toContain('food')
  const again = await browser.get('/compose/emojis.json', { 'If-None-Match': first.headers.get('ETag') ?? '' })
  expect([again.status, again.html]).toEqual([304, ''])
})

test('a text that is sent after the end of the session is shown again', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  await t.db.execute(sql`delete from sessions`)
  const sent = await browser.post('/compose', { text: 'A long <thought>' })
  expect(sent.status).toBe(403)
  expect(sent.html).toContain('A long &lt;thought&gt;</textarea>')
})

test('a person who requires descriptions is refused without them, and the form keeps its content', async () => {
  await using t = await database()
  const { id, browser } = await loggedIn(t)
  await t.db.transaction((tx) => savePreferences(tx, id, { descriptionRule: 'require' }))
  const refused = await browser.post('/compose', { text: 'Look', 'files-0': await picture() })
  expect([refused.status, refused.html.includes('require a description')]).toEqual([422, true])
  expect(refused.html).toContain('>Look</textarea>')
  const mediaId = /name="media-0" value="(\d+)"/.exec(refused.html)?.[1] ?? ''
  const sent = await browser.post('/compose', { text: 'Look', 'media-0': mediaId, [`alt-${mediaId}`]: 'A square' })
  expect(sent.status).toBe(303)
})

test('other people’s drafts can be neither opened nor changed', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  await browser.post('/compose', { text: 'Mine', do: 'draft' })
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from drafts`)
  const { browser: bob } = await loggedIn(t, 'bob')
  expect((await bob.get(`/compose?draft=${rows[0]!.id}`)).status).toBe(404)
  expect((await bob.post('/compose', { text: 'Theirs', do: 'draft', draft: rows[0]!.id })).status).toBe(404)
  const saved = await browser.post(
    '/compose',
    { text: 'Still mine', do: 'draft', draft: rows[0]!.id },
    { Accept: 'application/json' },
  )
  expect(JSON.parse(saved.html)).toEqual({ draft: rows[0]!.id })
})

test('a quote has no files, and shows the quoted post in its preview', async () => {
  await using t = await database()
  const { id, browser } = await loggedIn(t)
  const quoted = await status(t, id, { text: 'Quotable words' })
  const form = (await browser.get(`/compose?quote=${quoted}`)).html
  expect(form).not.toContain('Add pictures, films or sounds')
  const shown = (await browser.post('/compose', { text: 'So true', quote: quoted, do: 'preview' })).html
  expect(shown.slice(shown.indexOf('id="preview"'))).toContain('Quotable words')
})

test('the composer sets the policies for replies and quotes, and unchanged ones stay the default', async () => {
  await using t = await database()
  const { browser } = await loggedIn(t)
  await browser.post('/compose', { text: 'Only mine', may_reply: 'nobody', may_quote: 'followers' })
  await browser.post('/compose', { text: 'Open', may_reply: 'everybody', may_quote: 'public' })
  const { rows } = await t.db.execute(
    sql`select text, quote_automatic as quotes, interaction_policy -> 'reply' ->> 'automatic' is not null as limited
      from statuses order by id`,
  )
  expect(rows).toEqual([
    { text: 'Only mine', quotes: ['followers'], limited: true },
    { text: 'Open', quotes: ['public'], limited: false },
  ])
})

test('a refused poll and a refused time are marked at their own fields', async () => {
  await using t = await database()
  await localAccount(t, 'alice')
  const browser = visitor(pages(t.app))
  await browser.logIn('alice', password)
  const form = { text: 'Which?', do: 'post', complete: '1' }
  const poll = await browser.post('/compose', { ...form, 'poll-0': '1', 'poll_option-0': 'Only one' })
  expect(poll.status).toBe(422)
  expect(poll.html).toMatch(/<input id="option-0-0"[^>]+ aria-invalid="true" aria-describedby="refused"/)
  const time = await browser.post('/compose', { ...form, scheduled_at: '2020-01-01T10:00' })
  expect(time.status).toBe(422)
  expect(time.html).toMatch(
    /id="scheduled_at"[^>]+ aria-describedby="scheduled_at-hint scheduled_at-problem" aria-invalid/,
  )
})
