/** The composer in a real browser, with scripts and without. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createAdaptorServer } from '@hono/node-server'
import axe from 'axe-core'
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { pages } from '../../web/app.tsx'
import { buildScripts } from '../../web/build-scripts.ts'
import { localAccount, password, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { openBrowser, type TestBrowser } from './browser.ts'

let t: TestDatabase
let browser: TestBrowser
let server: Server
let base = ''
let alice: AccountId

beforeAll(async () => {
  let answer: (request: Request) => Response | Promise<Response> = () => new Response('Not yet', { status: 503 })
  server = createAdaptorServer({ fetch: (request) => answer(request), overrideGlobalObjects: false }) as Server
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://localhost:${(server.address() as AddressInfo).port}`
  t = await database({ ORIGIN: base, RATE_LIMIT_FACTOR: '100' })
  const site = pages(t.app)
  answer = (request) => site.fetch(request, { clientAddress: '127.0.0.1', requestId: 'test' })
  alice = await localAccount(t, 'alice', { role: 'owner' })
  await localAccount(t, 'albert')
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  server?.closeAllConnections()
  server?.close()
  await t?.[Symbol.asyncDispose]()
})

async function open(javaScriptEnabled: boolean, path = '/compose', options = {}): Promise<Page> {
  const page = await browser.person({ javaScriptEnabled, ...options })
  await page.goto(`${base}/login`)
  await page.getByLabel('Name or mail address').fill('alice')
  await page.getByLabel('Password').fill(password)
  await page.locator('main form button[type=submit]').first().click()
  await page.goto(base + path)
  return page
}

const picture = async (color: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> => ({
  name: `${color.slice(1)}.png`,
  mimeType: 'image/png',
  buffer: await sharp({ create: { width: 300, height: 200, channels: 3, background: color } })
    .png()
    .toBuffer(),
})

const tool = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const text = (page: Page) => page.getByLabel('What is on your mind?')

async function newest() {
  const { rows } = await t.db.execute<{ id: StatusId }>(
    sql`select id from statuses where account_id = ${alice} order by id desc limit 1`,
  )
  return (await loadStatusView(t.db, alice, rows[0]!.id))!
}

/** Findings of axe-core in the composer, by the rules of WCAG 2.2 AA. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const runOnly = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run('.composer', { runOnly })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  })
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}

test('without scripts: files are added, described, put in order and removed, and nothing typed is lost', async () => {
  const page = await open(false)
  await text(page).fill('Two meadows')
  await tool(page, 'Add pictures, films or sounds').click()
  await page.locator('input[type=file]').setInputFiles([await picture('#aa6644'), await picture('#446688')])
  await tool(page, 'Add files').click()
  expect(await text(page).inputValue()).toBe('Two meadows')
  await page.locator('input[type=file]').setInputFiles([await picture('#668844')])
  await tool(page, 'Add files').click()
  await page.getByLabel('Description of file 1').fill('Brown')
  await page.getByLabel('Description of file 2').fill('Blue')
  await tool(page, 'Move file 2 up').click()
  expect(await page.getByLabel('Description of file 1').inputValue()).toBe('Blue')
  await tool(page, 'Remove file 3').click()
  await page.locator('summary', { hasText: 'Focal point' }).first().click()
  await page.getByLabel('Percent from the left, file 1').fill('25')
  await shoot(page, 'files-without-scripts')
  await tool(page, 'Post').click()
  expect(page.url()).toBe(`${base}/`)
  const posted = await newest()
  expect(posted.media.map(({ description, focusX }) => [description, focusX])).toEqual([
    ['Blue', -0.5],
    ['Brown', 0],
  ])
})

test('without scripts: the reminder is shown once, and then the post is published', async () => {
  const page = await open(false)
  await text(page).fill('Look')
  await tool(page, 'Add pictures, films or sounds').click()
  await page.locator('input[type=file]').setInputFiles([await picture('#123456')])
  await tool(page, 'Post').click()
  expect(await page.locator('main').innerText()).toContain('Post without descriptions?')
  expect(await text(page).inputValue()).toBe('Look')
  await tool(page, 'Post without').click()
  expect(await newest()).toMatchObject({ text: 'Look', media: [{ description: '' }] })
})

test('without scripts: polls, warnings, threads and preview work, and a refusal tells the excess characters', async () => {
  const page = await open(false)
  await text(page).fill('Tea or *coffee*?')
  await tool(page, 'Add a poll').click()
  await page.getByLabel('Choice 1', { exact: true }).fill('Tea')
  await tool(page, 'Add a choice').click()
  await page.getByLabel('Choice 2', { exact: true }).fill('Water')
  await page.getByLabel('Choice 3', { exact: true }).fill('Coffee')
  await tool(page, 'Remove choice 2').click()
  expect(await page.getByLabel('Choice 2', { exact: true }).inputValue()).toBe('Coffee')
  await page.getByLabel('Several choices').check()
  await page.getByLabel('The poll ends after').selectOption('3600')
  await tool(page, 'Content warning').click()
  await page.getByRole('textbox', { name: 'Content warning' }).fill('Drinks')
  await tool(page, 'Language, format and who may do what').click()
  await page.getByLabel('Format', { exact: true }).selectOption('markdown')
  await tool(page, 'Add another post to the thread').click()
  await page.getByLabel('Text of post 2').fill('x'.repeat(503 - 'Drinks'.length))
  await tool(page, 'Preview').click()
  expect(await page.locator('#preview em').innerText()).toBe('coffee')
  await tool(page, 'Post').click()
  expect(await page.locator('main').innerText()).toContain('Post 2 is 3 characters too long')
  // The message is beside its field, so that it is seen where the page scrolls to.
  expect(await page.getByLabel('Text of post 2').getAttribute('aria-describedby')).toBe('text-1-problem')
  expect(await page.locator('#text-1-problem').innerText()).toContain('3 characters too long')
  expect(await page.getByLabel('Text of post 1').getAttribute('aria-invalid')).toBeNull()
  await page.getByLabel('Text of post 2').fill('And cake?')
  await shoot(page, 'thread-without-scripts')
  await tool(page, 'Post').click()
  const last = await newest()
  expect(last).toMatchObject({ text: 'And cake?', spoilerText: 'Drinks' })
  expect(await loadStatusView(t.db, alice, last.inReplyToId!)).toMatchObject({
    text: 'Tea or *coffee*?',
    textFormat: 'markdown',
    poll: { isMultiple: true, options: [{ title: 'Tea' }, { title: 'Coffee' }] },
  })
})

test('without scripts: a draft is saved, opened again and scheduled', async () => {
  const page = await open(false)
  await text(page).fill('Not yet')
  await page.getByLabel('Who can see it').selectOption('private')
  await tool(page, 'Save as draft').click()
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from drafts`)
  await page.goto(`${base}/compose?draft=${rows[0]!.id}`)
  expect(await text(page).inputValue()).toBe('Not yet')
  expect(await page.getByLabel('Who can see it').inputValue()).toBe('private')
  await tool(page, 'Publish later').click()
  // A time that has passed is refused when the post is sent, and by nothing else.
  await page.locator('input[type=datetime-local]').fill('2020-01-01T10:00')
  await tool(page, 'Preview').click()
  await page.locator('#preview .prose', { hasText: 'Not yet' }).waitFor()
  await tool(page, 'Schedule').click()
  expect(await page.locator('main').innerText()).toContain('at least 5 minutes in the future')
  expect(await text(page).inputValue()).toBe('Not yet')
  const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
  await page.locator('input[type=datetime-local]').fill(soon)
  await tool(page, 'Schedule').click()
  expect(page.url()).toBe(`${base}/scheduled`)
  expect((await t.db.execute(sql`select 1 from drafts`)).rows).toEqual([])
  expect((await t.db.execute(sql`select 1 from scheduled_statuses`)).rows).toHaveLength(1)
})

test('without scripts: an edit adds, describes and removes files, and keeps the votes', async () => {
  const id = await status(t, alice, { text: 'Frist', poll: { options: ['A', 'B'], expiresInSeconds: 3_600 } })
  const page = await open(false, `/statuses/${id}/edit`)
  await page.getByRole('textbox', { name: 'Your post' }).fill('First')
  await tool(page, 'Add pictures, films or sounds').click()
  await page.locator('input[type=file]').setInputFiles([await picture('#101010'), await picture('#f0f0f0')])
  await tool(page, 'Add files').click()
  await tool(page, 'Remove file 1').click()
  await page.getByLabel('Description', { exact: true }).fill('White')
  await shoot(page, 'edit')
  await tool(page, 'Save').click()
  expect(page.url()).toBe(`${base}/@alice/${id}`)
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({
    text: 'First',
    media: [{ description: 'White' }],
    poll: { options: [{ title: 'A' }, { title: 'B' }] },
  })
})

test('with scripts: the compact form grows, files are sent at once, and the focal point is set by a click', async () => {
  const page = await open(true, '/')
  await text(page).fill('From home')
  await shoot(page, 'home')
  const choosing = page.waitForEvent('filechooser')
  await tool(page, 'Add pictures, films or sounds').click()
  await (await choosing).setFiles([await picture('#aa6644'), await picture('#446688')])
  await page.getByLabel('Description of file 2').fill('Blue')
  await page.locator('input[type=file]').setInputFiles([await picture('#668844')])
  await page.getByLabel('Description of file 3').waitFor()
  expect(await page.getByLabel('Description of file 2').inputValue()).toBe('Blue')
  await tool(page, 'Remove file 3').click()
  await page.getByLabel('Description of file 3').waitFor({ state: 'detached' })
  await tool(page, 'Move file 2 up').click()
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('[name^=alt-]')?.value === 'Blue')
  await page.getByLabel('Description of file 2').fill('Brown')
  await page
    .locator('.composer-thumbnail')
    .first()
    .click({ position: { x: 90, y: 10 } })
  await shoot(page, 'files-with-scripts')
  expect(page.url()).toBe(`${base}/`)
  await text(page).press('Control+Enter')
  await page.waitForFunction(() => document.querySelector('.feed')?.textContent?.includes('From home'))
  const posted = await newest()
  expect(posted.media.map(({ description }) => description)).toEqual(['Blue', 'Brown'])
  expect(posted.media[0]!.focusX).toBeGreaterThan(0.5)
  expect(posted.media[0]!.focusY).toBeGreaterThan(0.5)
})

test('with scripts: pasted pictures arrive, and the counter counts as the server does', async () => {
  const page = await open(true)
  await text(page).fill(`@albert@example.com https://example.com/${'x'.repeat(100)} 👩‍👩‍👧`)
  expect(await page.locator('.composer-count-number').innerText()).toBe(String(500 - 7 - 1 - 23 - 1 - 1))
  await text(page).fill('x'.repeat(501))
  expect(await page.locator('.composer-count.is-over').innerText()).toContain('-1')
  const bytes = [...(await picture('#00aa00')).buffer]
  await text(page).evaluate((area, bytes) => {
    const data = new DataTransfer()
    data.items.add(new File([new Uint8Array(bytes)], 'green.png', { type: 'image/png' }))
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))
  }, bytes)
  await page.getByLabel('Description', { exact: true }).fill('Green')
  expect(await text(page).inputValue()).toBe('x'.repeat(501))
})

test('with scripts: text that is typed while a request runs is kept, and the preview follows', async () => {
  const page = await open(true)
  await text(page).fill('Hello')
  await tool(page, 'Preview').click()
  await page.locator('#preview .prose', { hasText: 'Hello' }).waitFor()
  await page.route('**/compose', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    await route.continue()
  })
  await tool(page, 'Add a poll').click()
  await text(page).fill('Hello while waiting')
  await page.getByLabel('Choice 1', { exact: true }).waitFor()
  expect(await text(page).inputValue()).toBe('Hello while waiting')
})

test('with scripts: handles, hashtags and emojis are offered, and chosen by the keyboard', async () => {
  await status(t, alice, { text: '#Birdsong' })
  const page = await open(true)
  await text(page).pressSequentially('Hi @alb')
  await page.getByRole('option', { name: '@albert' }).waitFor()
  expect(await text(page).getAttribute('aria-activedescendant')).toBe('suggestion-0')
  await shoot(page, 'suggestions')
  await page.keyboard.press('Enter')
  await text(page).pressSequentially('#birds')
  await page.getByRole('option', { name: '#Birdsong' }).waitFor()
  await page.keyboard.press('Tab')
  await text(page).pressSequentially(':blue_heart')
  await page.locator('.suggestions [role=option]').first().waitFor()
  await page.keyboard.press('Enter')
  expect(await text(page).inputValue()).toBe('Hi @albert #Birdsong 💙 ')
  await text(page).pressSequentially('@alb')
  await page.locator('.suggestions [role=option]').first().waitFor()
  await page.keyboard.press('Escape')
  expect(await page.locator('.suggestions').count()).toBe(0)
})

test('with scripts: a click below the suggestions hits its button', async () => {
  const page = await open(true, '/')
  await text(page).pressSequentially('Hi @alb')
  await page.getByRole('option', { name: '@albert' }).waitFor()
  await tool(page, 'Post').click({ delay: 200 })
  await page.waitForFunction(() => document.querySelector('.feed')?.textContent?.includes('Hi @alb'))
  expect((await newest()).text).toBe('Hi @alb')
})

test('with scripts: the emoji picker finds emojis by their keywords', async () => {
  const page = await open(true)
  await text(page).fill('Yum ')
  await tool(page, 'Emojis').click()
  // Whole words come before parts of words, as "tears".
  await page.getByRole('searchbox', { name: 'Search emojis' }).fill('tea')
  const faces = page.locator('.picker-row button')
  await faces.filter({ hasText: '🍵' }).waitFor()
  expect((await faces.allInnerTexts()).slice(0, 4)).toEqual(expect.arrayContaining(['🍵', '🫖', '☕']))
  await page.getByRole('searchbox', { name: 'Search emojis' }).fill('pizza')
  await page.getByRole('button', { name: 'pizza' }).waitFor()
  await shoot(page, 'picker')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  expect(await text(page).inputValue()).toBe('Yum 🍕')
})

test('with scripts: the text is saved while it is typed and when the page is left, and removed when it is posted', async () => {
  const page = await open(true)
  await text(page).pressSequentially('A thought')
  await page.locator('.composer-saved', { hasText: 'Saved' }).waitFor()
  await text(page).pressSequentially(' and more')
  await page.goto(`${base}/about`)
  const texts = async () =>
    (
      await t.db.execute<{ text: string }>(
        sql`select content -> 'parts' -> 0 ->> 'text' as text from drafts where content::text like '%A thought%'`,
      )
    ).rows
  await expect.poll(texts).toEqual([{ text: 'A thought and more' }])
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from drafts where content::text like '%A thought%'`)
  await page.goto(`${base}/compose?draft=${rows[0]!.id}`)
  await tool(page, 'Post').click()
  await page.waitForURL(`${base}/`)
  expect(await texts()).toEqual([])
})

test('with scripts: files are dropped onto the form, and change places by dragging', async () => {
  const page = await open(true)
  const files = await Promise.all(['#aa0000', '#0000aa'].map(async (color) => [...(await picture(color)).buffer]))
  await page.locator('.composer').evaluate((form, files) => {
    const dataTransfer = new DataTransfer()
    for (const [i, bytes] of files.entries())
      dataTransfer.items.add(new File([new Uint8Array(bytes)], `${i}.png`, { type: 'image/png' }))
    form.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
  }, files)
  await page.getByLabel('Description of file 2').fill('Second')
  await page.getByLabel('Description of file 1').fill('First')
  await page.locator('.composer-thumbnail').nth(1).dragTo(page.locator('.composer-thumbnail').nth(0))
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('[name^=alt-]')?.value === 'Second')
  // The labels follow with the server's answer.
  await expect.poll(() => page.getByLabel('Description of file 2').inputValue()).toBe('First')
})

test('with scripts: leaving an edit asks first, and saving it does not', async () => {
  const id = await status(t, alice, { text: 'Old words' })
  const page = await open(true, `/statuses/${id}/edit`)
  await page.getByRole('textbox', { name: 'Your post' }).fill('New words')
  let asked = ''
  page.on('dialog', async (dialog) => {
    asked = dialog.type()
    await dialog.dismiss()
  })
  await page.goto(`${base}/about`).catch(() => {})
  expect(asked).toBe('beforeunload')
  await page.getByRole('textbox', { name: 'Your post' }).press('Control+Enter')
  await page.waitForURL(`${base}/@alice/${id}`)
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({ text: 'New words' })
})

test('the form fits a phone, in light and dark, and its script is small', async () => {
  for (const width of [1280, 360, 320]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open(true, '/', { viewport: { width, height: 800 }, colorScheme })
      await shoot(page, `home-${width}-${colorScheme}`)
      await page.goto(`${base}/compose`)
      await text(page).fill('Good morning from the meadow')
      await tool(page, 'Add a poll').click()
      await page.getByLabel('Choice 1', { exact: true }).waitFor()
      for (const name of ['Content warning', 'Publish later', 'Language, format and who may do what'])
        await tool(page, name).click()
      await shoot(page, `compose-${width}-${colorScheme}`)
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, `${width}`).toBe(0)
      expect(await violations(page), `${width} ${colorScheme}`).toEqual([])
      await page.context().close()
    }
  }
  expect(gzipSync((await buildScripts()).composer).length).toBeLessThan(20_000)
})
