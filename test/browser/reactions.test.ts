/** Reacting to a post with and without scripts. */
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { localAccount, status } from '../cast.ts'
import { narrow, openSite, type TestSite } from './site.ts'

let site: TestSite
let post: StatusId

beforeAll(async () => {
  site = await openSite()
  const { t } = site
  await localAccount(t, 'reader')
  post = await status(t, await localAccount(t, 'writer'), { text: 'An evening by the water' })
  await t.db.execute(sql`insert into custom_emojis (id, shortcode, file) values (1, 'blob', 'blob.png')`)
})

afterAll(() => site?.[Symbol.asyncDispose]())

const article = (page: Page) => page.locator(`#post-${post}`)
const reactions = (page: Page) => article(page).locator('.reactions button')

test('with scripts, an emoji is picked from the menu, and clicked again, without loading the page', async () => {
  const page = await site.person('reader', { javaScriptEnabled: true })
  await page.goto(`${site.base}/@writer`)
  await page.evaluate(() => document.body.setAttribute('data-same', ''))
  await article(page).locator('summary').click()
  await article(page).getByRole('link', { name: 'React', exact: true }).click()
  const picker = page.getByRole('dialog')
  await picker.getByRole('searchbox').fill('party')
  await picker.getByRole('button', { name: 'party popper' }).click()
  const party = article(page).getByRole('button', { name: '🎉 1 reaction' })
  await expect.poll(() => party.getAttribute('aria-pressed')).toBe('true')
  await article(page).getByRole('link', { name: 'React with another emoji' }).click()
  await picker.getByRole('button', { name: 'blob' }).click()
  await expect.poll(() => reactions(page).count()).toBe(2)
  await party.click()
  await expect.poll(() => reactions(page).count()).toBe(1)
  await reactions(page).click()
  await expect.poll(() => reactions(page).count()).toBe(0)
  expect(await page.evaluate(() => document.body.hasAttribute('data-same'))).toBe(true)
})

test('without scripts, the page of emojis does the same, also on a narrow screen', async () => {
  const page = await site.person('reader', { viewport: narrow })
  await page.goto(`${site.base}/@writer/${post}`)
  await article(page).locator('summary').click()
  await article(page).getByRole('link', { name: 'React', exact: true }).click()
  await page.getByRole('button', { name: '🎉' }).click()
  expect(await reactions(page).getAttribute('aria-pressed')).toBe('true')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(narrow.width)
  await reactions(page).click()
  expect(await reactions(page).count()).toBe(0)
})
