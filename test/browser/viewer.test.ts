/** Files over the page by script, and what stands in place of those that can't be loaded. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeUpload } from '#src/media/upload.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { png } from '../media.ts'
import { narrow, openSite, type TestSite } from './site.ts'

let site: TestSite
let post = ''
let sensitive = ''

beforeAll(async () => {
  // Remote addresses of the cast can't be reached.
  site = await openSite(() => ({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }))
  const { t } = site
  const alice = await localAccount(t, 'alice')
  const mediaIds = [await picture(alice, 'North', 2400), await picture(alice, 'East'), await picture(alice, 'South')]
  post = `/@alice/${await status(t, alice, { mediaIds })}`
  sensitive = `/@alice/${await status(t, alice, { isSensitive: true, mediaIds: [await picture(alice, 'West')] })}`
  const carol = await remoteAccount(t, 'carol')
  await remoteStatus(t, carol, {
    content: `<p>${'Many words, one after the other. '.repeat(80)}</p>`,
    media: [
      {
        kind: 'image',
        mediaType: 'image/jpeg',
        url: 'http://127.0.0.1:1/gone.jpg',
        description: 'A mill',
        width: 800,
        height: 600,
        blurhash: null,
        focus: { x: 0, y: 0 },
      },
    ],
  })
})

afterAll(() => site?.[Symbol.asyncDispose]())

async function picture(owner: AccountId, description: string, width = 60) {
  const path = join(site.t.app.config.dataDir, crypto.randomUUID())
  await writeFile(path, await png(width, width / 2))
  return storeUpload(site.t.app, owner, { path, description })
}

const scripted = (options = {}) => site.visitor({ javaScriptEnabled: true, ...options })
const words = (page: Page) => page.locator('.viewer .file-words')
const said = (page: Page) => words(page).innerText({ timeout: 60_000 })
const isOpen = (page: Page) => page.locator('dialog.viewer[open]').count()
const path = (page: Page) => new URL(page.url()).pathname

test('a thumbnail opens the viewer with the description, arrows lead on, and Esc leads back to the thumbnail', async () => {
  const page = await scripted()
  await page.goto(site.base + post)
  await page.locator('.media-link').nth(1).click()
  await expect.poll(() => said(page)).toBe('East')
  expect(path(page)).toBe(`${post}/media/2`)
  expect(await page.locator('.viewer').getAttribute('aria-label')).toBe('Picture 2 of 3')
  await page.keyboard.press('ArrowRight')
  await expect.poll(() => said(page)).toBe('South')
  // There is no further one.
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => said(page)).toBe('East')
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => said(page)).toBe('North')
  expect(await page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
  await page.keyboard.press('Escape')
  await expect.poll(() => isOpen(page)).toBe(0)
  await expect.poll(() => path(page)).toBe(post)
  const focused = await page.evaluate(() => document.activeElement?.getAttribute('href'))
  expect(focused).toBe(`${post}/media/2`)
})

test('Back closes the viewer, Forward opens it again, and a reload shows the file’s own page', async () => {
  const page = await scripted()
  await page.goto(site.base + post)
  await page.locator('.media-link').first().click()
  await expect.poll(() => said(page)).toBe('North')
  await page.goBack()
  await expect.poll(() => isOpen(page)).toBe(0)
  expect(path(page)).toBe(post)
  await page.goForward()
  await expect.poll(() => said(page)).toBe('North')
  await page.reload()
  expect(await page.locator('h1').innerText()).toBe('Picture 1 of 3')
  expect(await isOpen(page)).toBe(0)
  await page.goBack()
  await expect.poll(() => page.locator('article').count()).toBe(1)
  expect(path(page)).toBe(post)
})

test('a swipe leads to the next file, and a tap on a large picture shows it in full size', async () => {
  const page = await scripted({ viewport: narrow, hasTouch: true })
  await page.goto(site.base + post)
  await page.locator('.media-link').first().click()
  await expect.poll(() => said(page)).toBe('North')
  const image = page.locator('.viewer .file-open img')
  const width = async () => Math.round((await image.boundingBox())?.width ?? 0)
  const zoom = page.getByRole('button', { name: 'Full size' })
  await zoom.waitFor()
  expect(await width()).toBeLessThanOrEqual(narrow.width)
  await zoom.click()
  await expect.poll(width).toBe(2400)
  expect(await zoom.getAttribute('aria-pressed')).toBe('true')
  // The picture scrolls in its place; the rest stays on the screen.
  expect((await page.locator('.viewer .file-ways').boundingBox())?.width).toBeLessThanOrEqual(narrow.width)
  await image.click({ position: { x: 20, y: 20 } })
  await expect.poll(width).toBeLessThanOrEqual(narrow.width)
  await page.evaluate(() => {
    const stage = document.querySelector('.viewer .file-stage')!
    const touch = (type: string, clientX: number) =>
      stage.dispatchEvent(
        new PointerEvent(type, { bubbles: true, pointerType: 'touch', isPrimary: true, clientX, clientY: 200 }),
      )
    touch('pointerdown', 300)
    touch('pointerup', 120)
  })
  await expect.poll(() => said(page)).toBe('East')
  // The small picture has nothing more to show.
  expect(await page.getByRole('button', { name: 'Full size' }).count()).toBe(0)
})

test('a veiled file of the grid opens behind its warning, and one whose warning was opened does not', async () => {
  const page = await scripted()
  await page.goto(`${site.base}/@alice/media`)
  await page.locator('[data-veiled]').click()
  await page.locator('.viewer .warning').waitFor()
  expect(await words(page).isVisible()).toBe(false)
  await page.goto(site.base + sensitive)
  await page.locator('.warning > summary').click()
  await page.locator('.media-link').click()
  await expect.poll(() => said(page)).toBe('West')
})

test('in place of a remote picture that can’t be loaded stands a line that leads to it', async () => {
  const page = await scripted()
  await page.goto(`${site.base}/@carol@remote.test`)
  await page.locator('.media-box').scrollIntoViewIfNeeded()
  const line = page.locator('.media-missing')
  await expect.poll(() => line.isVisible()).toBe(true)
  expect(await line.innerText()).toContain('A mill')
  expect(await line.getByRole('link').getAttribute('href')).toBe('http://127.0.0.1:1/gone.jpg')
  expect(await page.locator('.media-box img').isVisible()).toBe(false)
})

test('a long post unfolds in place', async () => {
  const page = await scripted()
  await page.goto(`${site.base}/@carol@remote.test`)
  const text = page.locator('.fold .prose')
  const height = async () => (await text.boundingBox())?.height ?? 0
  const folded = await height()
  await page.getByRole('link', { name: 'Show whole post' }).click()
  await expect.poll(height).toBeGreaterThan(folded)
  expect(path(page)).toBe('/@carol@remote.test')
})
