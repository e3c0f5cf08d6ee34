/** Pages that keep themselves up to date, in a browser with and without scripts. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { openSite, type TestSite } from './site.ts'

let site: TestSite
let writer: AccountId

beforeAll(async () => {
  site = await openSite()
  const { t } = site
  const reader = await localAccount(t, 'reader')
  writer = await localAccount(t, 'writer')
  await makeFollow(t, reader, writer)
  for (let i = 0; i < 12; i += 1) await status(t, writer, { text: `Earlier ${i}` })
})

afterAll(() => site?.[Symbol.asyncDispose]())

const scripted = () => site.person('reader', { javaScriptEnabled: true })
type Page = Awaited<ReturnType<typeof scripted>>

/** Opens a page, and waits until its stream is open. */
async function open(page: Page, path: string): Promise<void> {
  const stream = page.waitForResponse((answer) => new URL(answer.url()).pathname === '/live')
  await page.goto(site.base + path)
  expect((await stream).status()).toBe(200)
}

test('Home says that there are new posts, and shows them without loading the page again', async () => {
  const page = await scripted()
  await open(page, '/')
  await page.evaluate(() => document.body.setAttribute('data-same', ''))
  await status(site.t, writer, { text: 'Just now' })
  await status(site.t, writer, { text: 'And this' })
  const button = page.getByRole('button', { name: '2 new posts' })
  await button.waitFor()
  expect(await page.getByText('Just now').count()).toBe(0)
  await button.focus()
  await page.keyboard.press('Enter')
  await page.getByText('Just now').waitFor()
  expect(await page.locator('main .feed').first().locator('article.post').first().innerText()).toContain('And this')
  expect(await page.evaluate(() => document.body.hasAttribute('data-same'))).toBe(true)
  // The focus goes on from the button to what it brought.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('And this')
  await expect.poll(() => page.getByRole('button', { name: /new posts?$/ }).count()).toBe(0)
})

test('who reads further down keeps the place when new posts are shown by the key', async () => {
  const page = await scripted()
  await open(page, '/')
  const article = page.locator('main article.post', { hasText: 'Earlier 2' })
  await article.evaluate((one: HTMLElement) => {
    one.tabIndex = -1
    one.focus()
    one.scrollIntoView({ block: 'center' })
  })
  const top = async () => (await article.boundingBox())?.y ?? 0
  const before = await top()
  await status(site.t, writer, { text: 'Above it all' })
  await page.getByRole('button', { name: '1 new post' }).waitFor({ state: 'attached' })
  await page.keyboard.press('.')
  await page.getByText('Above it all').waitFor({ state: 'attached' })
  expect(Math.abs((await top()) - before)).toBeLessThan(4)
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Earlier 2')
})

test('the number of unread notifications appears in title, menu and icon, in each open page', async () => {
  const page = await scripted()
  await open(page, '/bookmarks')
  await status(site.t, writer, { text: 'Hello @reader' })
  await expect.poll(() => page.title()).toMatch(/^\(1\) Bookmarks/)
  expect(await page.locator('.main-nav .badge').innerText()).toBe('1')
  expect(await page.locator('link[rel=icon]').getAttribute('href')).toContain('icon-new')
  const other = await page.context().newPage()
  await open(other, '/notifications')
  expect(await other.title()).toMatch(/^Notifications/)
  await expect.poll(() => page.title()).toMatch(/^Bookmarks/)
  await status(site.t, writer, { text: 'Once more, @reader' })
  await other.getByRole('button', { name: '1 new notification' }).click()
  await other.getByText('Once more').waitFor()
  await expect.poll(() => other.title()).toMatch(/^Notifications/)
})

test('without scripts, title and menu have the number', async () => {
  await status(site.t, writer, { text: 'And again, @reader' })
  const page = await site.person('reader')
  await page.goto(`${site.base}/bookmarks`)
  expect(await page.title()).toMatch(/^\(1\) Bookmarks/)
  expect(await page.locator('.main-nav .badge').innerText()).toBe('1')
})
