/** Single keys of the website, in a browser. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeUpload } from '#src/media/upload.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { png } from '../media.ts'
import { openSite, type TestSite } from './site.ts'

let site: TestSite
const ids: string[] = []
let pictured = ''

beforeAll(async () => {
  site = await openSite()
  const { t } = site
  const reader = await localAccount(t, 'reader')
  const writer = await localAccount(t, 'writer')
  await makeFollow(t, reader, writer)
  for (const text of ['The first', 'The second', 'The third']) ids.unshift(await status(t, writer, { text }))
  const path = join(t.app.config.dataDir, 'picture')
  await writeFile(path, await png(60, 40))
  // The reader does not follow the painter, so that Home has the other posts alone.
  const painter = await localAccount(t, 'painter')
  const mediaIds = [await storeUpload(t.app, painter, { path })]
  pictured = await status(t, painter, { text: 'Look', mediaIds })
  ids.unshift(await status(t, writer, { text: 'Behind the warning', spoilerText: 'A warning' }))
})

afterAll(() => site?.[Symbol.asyncDispose]())

const scripted = () => site.person('reader', { javaScriptEnabled: true })
type Page = Awaited<ReturnType<typeof scripted>>
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id)

test('keys lead from post to post, and act on the one that has the focus', async () => {
  const page = await scripted()
  await page.goto(site.base)
  await page.keyboard.press('j')
  expect(await focused(page)).toBe(`post-${ids[0]}`)
  await page.keyboard.press('x')
  expect(await page.locator(`#post-${ids[0]} details.warning`).getAttribute('open')).not.toBeNull()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  expect(await focused(page)).toBe(`post-${ids[1]}`)
  await page.keyboard.press('f')
  await expect.poll(() => page.locator(`#post-${ids[1]} .act-favourite[aria-pressed=true]`).count()).toBe(1)
  await page.locator(`#post-${ids[1]}`).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/@writer/${ids[1]}`)
})

test('a key opens the picture of the post that has the focus', async () => {
  const page = await scripted()
  await page.goto(`${site.base}/@painter/${pictured}`)
  await page.keyboard.press('j')
  expect(await focused(page)).toBe(`post-${pictured}`)
  await page.keyboard.press('e')
  await expect.poll(() => new URL(page.url()).pathname).toBe(`/@painter/${pictured}/media/1`)
})

test('keys do nothing while somebody types, or with a modifier', async () => {
  const page = await scripted()
  await page.goto(site.base)
  await page.keyboard.press('n')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  await page.keyboard.type('j? g')
  await page.keyboard.press('h')
  expect(await page.locator('.composer textarea').inputValue()).toContain('j? gh')
  expect(await page.locator('dialog[open]').count()).toBe(0)
  await page.locator('main h1').click()
  await page.keyboard.press('Alt+j')
  expect(await focused(page)).not.toBe(`post-${ids[0]}`)
})

test('g and a letter lead to a place, a question mark lists the keys, and the account keeps if they are switched off', async () => {
  const page = await scripted()
  await page.goto(site.base)
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await page.waitForURL('**/notifications')
  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await dialog.waitFor()
  await dialog.getByRole('button', { name: 'Switch single keys off' }).click()
  await dialog.getByRole('button', { name: 'Switch single keys on' }).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => dialog.count()).toBe(0)
  await page.keyboard.press('?')
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  // Another browser of the person knows it, too, and without scripts it is a form.
  const other = await site.person('reader')
  await other.goto(`${site.base}/keyboard`)
  await other.getByRole('button', { name: 'Switch single keys on' }).click()
  await other.getByRole('button', { name: 'Switch single keys off' }).waitFor()
  await page.goto(`${site.base}/keyboard`)
  await page.keyboard.press('g')
  await page.keyboard.press('h')
  await page.waitForURL(`${site.base}/`)
})

test('the browser of a visitor keeps if single keys are switched off', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  await page.goto(`${site.base}/keyboard`)
  await page.getByRole('button', { name: 'Switch single keys off' }).click()
  await page.goto(`${site.base}/about`)
  await page.keyboard.press('?')
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.goto(`${site.base}/keyboard`)
  await page.getByRole('button', { name: 'Switch single keys on' }).click()
  await page.keyboard.press('g')
  await page.keyboard.press('e')
  await page.waitForURL('**/explore')
})
