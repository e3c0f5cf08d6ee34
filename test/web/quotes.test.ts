import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { visitor } from './visitor.ts'

async function loggedIn(t: TestDatabase, name: string) {
  const id = await localAccount(t, name)
  const browser = visitor(pages(t.app))
  await browser.logIn(name, password)
  return { id, browser }
}

test('people can quote from the page of a post, and revoke quotes of their own posts', async () => {
  await using t = await database()
  const [alice, bob] = [await loggedIn(t, 'alice'), await loggedIn(t, 'bob')]
  const post = await status(t, alice.id, { text: 'Quotable words' })
  const closed = await status(t, alice.id, { text: 'Mine alone', quotePolicy: 'nobody' })
  expect((await bob.browser.get(`/@alice/${post}`)).html).toContain(`/compose?quote=${post}`)
  expect((await bob.browser.get(`/@alice/${closed}`)).html).not.toContain('/compose?quote=')
  const form = await bob.browser.get(`/compose?quote=${post}`)
  expect(form.html).toContain('Quotable words')
  expect(form.html).toContain(`name="quote" value="${post}"`)
  expect((await bob.browser.post('/compose', { text: 'Well said', quote: closed })).status).toBe(422)
  expect((await bob.browser.post('/compose', { text: 'Well said', quote: post })).status).toBe(303)

  const { rows } = await t.db.execute<{ id: string }>(sql`select status_id as id from quotes`)
  const path = `/@bob/${rows[0]?.id}`
  const box = /<blockquote class="quote"[^>]*>.*Quotable words.*<\/blockquote>/s
  expect((await visitor(pages(t.app)).get(path)).html).toMatch(box)
  const revoke = `/statuses/${post}/quotes/${rows[0]?.id}/revoke`
  expect((await bob.browser.get(path)).html).not.toContain(revoke)
  expect((await bob.browser.post(revoke)).status).toBe(404)
  expect((await alice.browser.get(path)).html).toContain(revoke)
  expect((await alice.browser.post(revoke, { return_to: path, at: 'post-1' })).location).toBe(`${path}#post-1`)
  const after = (await bob.browser.get(path)).html
  expect(after).not.toMatch(box)
  expect(after).toContain('The author took this quote back')
})

test('a link preview consists of text and a locally served picture', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const id = await status(t, alice, { text: 'https://page.test/a' })
  await t.db.execute(
    sql`update cards set is_usable = true, title = '<b>News</b>', description = 'What "happened"', provider_name = 'Page', author_name = 'Ann', image_file = 'abc.webp', width = 640, height = 320, image_description = 'A "bird"'`,
  )
  const { html } = await visitor(pages(t.app)).get(`/@alice/${id}`)
  expect(html).toContain('&lt;b&gt;News&lt;/b&gt;')
  expect(html).toMatch(/<div class="link-card link-card-wide"><img src="\/media\/abc.webp" alt="A &quot;bird&quot;"/)
  expect(html).toMatch(/<a href="https:\/\/page.test\/a" rel="nofollow noopener noreferrer" target="_blank"/)
})
