/** The additions of scripts to pages that work without them. */
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
  const writer = await localAccount(t, 'writer')
  post = await status(t, writer, { text: 'An evening by the water' })
  await status(t, writer, { text: 'Another one' })
  await status(t, await localAccount(t, 'ann'), { text: 'Short handles, too' })
  await t.db.execute(sql`update accounts set display_name = 'Juno' where username = 'ann'`)
})

afterAll(() => site?.[Symbol.asyncDispose]())

const scripted = (username: string, options = {}) => site.person(username, { javaScriptEnabled: true, ...options })
const article = (page: Page) => page.locator(`#post-${post}`)

/** Marks the page, to see whether it was loaded again. */
const mark = (page: Page) => page.evaluate(() => document.body.setAttribute('data-same', ''))
const isSame = (page: Page) => page.evaluate(() => document.body.hasAttribute('data-same'))

test('an action answers at once, and the page stays', async () => {
  const page = await scripted('reader')
  await page.goto(`${site.base}/@writer`)
  await mark(page)
  for (const name of ['Favourite', 'Boost', 'Bookmark']) {
    const button = article(page).getByRole('button', { name })
    await button.click()
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true')
    await expect.poll(() => button.getAttribute('formaction')).toMatch(/\/un/)
  }
  await expect.poll(() => article(page).getByRole('button', { name: 'Favourite 1' }).count()).toBe(1)
  // The focus stays on the button that was pressed.
  expect(await page.evaluate(() => document.activeElement?.className)).toContain('act-bookmark')
  expect(await isSame(page)).toBe(true)
  await page.reload()
  expect(await article(page).locator('[aria-pressed=true]').count()).toBe(3)
})

test('a conversation is muted from the menu, and a person followed, without loading the page', async () => {
  const page = await scripted('reader')
  await page.goto(`${site.base}/@writer`)
  await mark(page)
  await article(page).locator('summary').click()
  await article(page).getByRole('button', { name: 'Mute this conversation' }).click()
  await expect.poll(() => article(page).locator('details[open]').count()).toBe(0)
  await article(page).locator('summary').click()
  expect(await article(page).getByRole('button', { name: 'Unmute this conversation' }).count()).toBe(1)
  await page.locator('.profile').getByRole('button', { name: 'Follow' }).click()
  await expect.poll(() => page.locator('.profile').getByRole('button', { name: 'Unfollow' }).count()).toBe(1)
  expect(await isSame(page)).toBe(true)
})

test('a failed action shows a message, and its button returns to its state', async () => {
  const page = await scripted('reader')
  await page.goto(`${site.base}/@writer`)
  const button = page.locator('article', { hasText: 'Another one' }).getByRole('button', { name: 'Favourite' })
  await page.context().setOffline(true)
  await button.click()
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('Are you offline?')
  expect(await button.getAttribute('aria-pressed')).toBe('false')
  await page.context().setOffline(false)
  await page.evaluate(() => document.querySelector('#act [name=form_token]')?.setAttribute('value', 'x'))
  await button.click()
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('Not allowed')
  expect(await button.getAttribute('aria-pressed')).toBe('false')
})

test('without scripts, an action leads back to its post', async () => {
  const page = await site.person('reader')
  await page.goto(`${site.base}/@writer`)
  await page.locator('article', { hasText: 'Another one' }).getByRole('button', { name: 'Bookmark' }).click()
  expect(page.url()).toMatch(/\/@writer#post-\d+$/)
})

test('a menu closes by Escape, by a click outside of it, and when another menu opens', async () => {
  const page = await scripted('reader')
  await page.goto(`${site.base}/@writer`)
  const summaries = page.locator('article summary')
  const open = page.locator('details.menu[open]')
  await summaries.nth(0).click()
  expect(await open.count()).toBe(1)
  await page.keyboard.press('Escape')
  expect(await open.count()).toBe(0)
  expect(await summaries.nth(0).evaluate((element) => element === document.activeElement)).toBe(true)
  await summaries.nth(0).click()
  await page.locator('h1').click()
  expect(await open.count()).toBe(0)
  await summaries.nth(0).click()
  await page.keyboard.press('Escape')
  await summaries.nth(0).click()
  await summaries.nth(1).focus()
  await page.keyboard.press('Enter')
  expect(await open.count()).toBe(1)
})

test('a menu at the end of the screen opens upwards', async () => {
  const page = await scripted('reader', { viewport: narrow })
  await page.goto(`${site.base}/@writer`)
  const summary = page.locator('article summary').last()
  await summary.evaluate((element) => element.scrollIntoView({ block: 'end' }))
  await summary.click()
  const gap = () =>
    page.evaluate(() => {
      const top = (selector: string) => document.querySelector(selector)!.getBoundingClientRect()
      return top('.main-nav').top - top('details[open] .menu-items').bottom
    })
  await expect.poll(gap).toBeGreaterThanOrEqual(0)
  await page.keyboard.press('Escape')
  await page.locator('.profile summary').click()
  await expect.poll(gap).toBeGreaterThanOrEqual(0)
  expect(await page.locator('.is-up').count()).toBe(0)
})

test('the keyboard focus is always visible, on wide and narrow screens', async () => {
  for (const viewport of [undefined, narrow]) {
    const page = await scripted('reader', viewport ? { viewport } : {})
    await page.goto(`${site.base}/@writer`)
    const hidden: string[] = []
    let walked = 0
    for (; walked < 90; walked++) {
      await page.keyboard.press('Tab')
      const found = await page.evaluate(() => {
        const element = document.activeElement
        if (!element || element === document.body) return 'end'
        const { left, top, width, height } = element.getBoundingClientRect()
        const top_ = document.elementFromPoint(left + width / 2, top + height / 2)
        const isSeen = top_ && (element.contains(top_) || top_.contains(element))
        return isSeen && getComputedStyle(element).outlineStyle !== 'none' ? '' : element.outerHTML.slice(0, 120)
      })
      if (found === 'end') break
      if (found) hidden.push(found)
    }
    expect(hidden).toEqual([])
    expect(walked).toBeGreaterThan(20)
    await page.context().close()
  }
})

test('pressed buttons have a contrast of more than 3 to 1 to others, in both colour schemes', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await scripted('reader', { colorScheme, reducedMotion: 'reduce' })
    await page.goto(`${site.base}/@writer`)
    const ratios = await article(page).evaluate((post) => {
      const luminance = (colour: string) => {
        const [r = 0, g = 0, b = 0] = (colour.match(/\d+/g) ?? []).map((part) => {
          const value = Number(part) / 255
          return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }
      const card = luminance(getComputedStyle(post.closest('.feed')!).backgroundColor)
      return [...post.querySelectorAll('[aria-pressed=true] .icon')].map((icon) => {
        const { fill, backgroundColor } = getComputedStyle(icon)
        // An unpressed drawing shows the card where a pressed one is filled.
        const filled = luminance(fill === 'none' ? backgroundColor : fill)
        return (Math.max(card, filled) + 0.05) / (Math.min(card, filled) + 0.05)
      })
    })
    expect(ratios).toHaveLength(3)
    expect(Math.min(...ratios)).toBeGreaterThan(3)
    await page.context().close()
  }
})

test('nothing is cut off at 320 pixels, at twice the zoom, or with text of twice the size', async () => {
  const page = await scripted('reader')
  for (const [width, size] of [
    [320, '100%'],
    [640, '100%'],
    [1280, '200%'],
  ] as const) {
    await page.setViewportSize({ width, height: 800 })
    for (const path of ['/', '/explore', '/@writer', '/more', '/compose']) {
      await page.goto(site.base + path)
      await page.evaluate((fontSize) => (document.documentElement.style.fontSize = fontSize), size)
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll('main a, main button, main summary')]
          .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 0.5)
          .map((element) => element.outerHTML.slice(0, 100)),
      )
      expect(cut, `${path} at ${width}, ${size}`).toEqual([])
    }
  }
})

test('a short name takes one line, and the handle beside it is cut off first', async () => {
  const page = await scripted('reader', { viewport: { width: 320, height: 800 } })
  await page.goto(`${site.base}/@ann`)
  const lines = () =>
    page
      .locator('.post-author .name')
      .first()
      .evaluate(
        (name) =>
          name.getClientRects().length &&
          Math.round(name.clientHeight / Number.parseFloat(getComputedStyle(name).lineHeight)),
      )
  expect(await lines()).toBe(1)
  await page.setViewportSize({ width: 1280, height: 800 })
  expect(await lines()).toBe(1)
})

test('a vote by script shows the result, and the page stays', async () => {
  const { t } = site
  const asking = await localAccount(t, 'asking')
  await status(t, asking, { text: 'Which?', poll: { options: ['Tea', 'Coffee'], expiresInSeconds: 3_600 } })
  const page = await scripted('reader')
  await page.goto(`${site.base}/@asking`)
  await mark(page)
  await page.getByRole('radio', { name: 'Coffee' }).check()
  await page.getByRole('button', { name: 'Vote' }).click()
  await expect.poll(() => page.locator('.poll > .poll-results li').count()).toBe(2)
  expect(await page.locator('.poll > .poll-results li', { hasText: 'Coffee' }).innerText()).toContain('100')
  expect(await isSame(page)).toBe(true)
})

test('with forced colours, lines show what is pressed, current, focused or a button', async () => {
  const page = await scripted('reader')
  await page.emulateMedia({ forcedColors: 'active' })
  await page.goto(`${site.base}/@ann`)
  const lined = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => {
        const { outlineStyle, borderTopStyle, borderTopWidth } = getComputedStyle(element)
        return outlineStyle !== 'none' || (borderTopStyle !== 'none' && borderTopWidth !== '0px')
      })
  const bookmark = page.getByRole('button', { name: 'Bookmark' }).first()
  expect(await lined('.act-bookmark')).toBe(false)
  await bookmark.click()
  await expect.poll(() => bookmark.getAttribute('aria-pressed')).toBe('true')
  await bookmark.blur()
  expect(await lined('.act-bookmark')).toBe(true)
  for (const selector of ['.profile-buttons .button', '.tabs [aria-current]']) expect(await lined(selector)).toBe(true)
  await page.keyboard.press('Tab')
  expect(await lined(':focus')).toBe(true)
})

test('a page for phones has everything in the side columns', async () => {
  const page = await site.person('reader', { viewport: narrow })
  await page.goto(site.base)
  await page.getByRole('link', { name: 'More', exact: true }).click()
  const names = await page.locator('main').getByRole('link').allInnerTexts()
  for (const name of [
    'Search',
    'Bookmarks',
    'Drafts',
    'Scheduled',
    'Approvals',
    'Preferences',
    'Settings',
    'Rules',
    'Privacy policy',
  ])
    expect(names.map((text) => text.trim())).toContain(name)
  await page.locator('main').getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(`${site.base}/`)
  await page.goto(`${site.base}/explore`)
  expect(await page.getByRole('link', { name: 'Log in' }).count()).toBeGreaterThan(0)
})
