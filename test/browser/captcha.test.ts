/** The captcha in a real browser: done by a worker while the person types, or answered by the person. */
import { sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { askCaptchas, readSum } from '../captcha.ts'
import { password } from '../cast.ts'
import { narrow, openSite, type TestSite } from './site.ts'

let site: TestSite
beforeAll(async () => {
  site = await openSite()
  await askCaptchas(site.t)
})
afterAll(() => site?.[Symbol.asyncDispose]())
beforeEach(() => site.t.db.execute(sql`delete from attempts`))

async function fill(page: Page, username: string): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#email').fill(`${username}@mail.test`)
  await page.locator('#password').fill(password)
}
const send = (page: Page) => page.locator('main form button[type=submit]').click()
const state = (page: Page) => page.locator('[data-captcha-state]')
const question = (page: Page) => page.locator('#captcha_answer')
const isThere = async (username: string) =>
  (await site.t.db.execute(sql`select from accounts where username = ${username}`)).rows.length === 1

test('with scripts the browser does the work, and the person is asked nothing', async () => {
  const page = await site.visitor({ javaScriptEnabled: true, viewport: narrow })
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.goto(`${site.base}/signup`)
  expect(await question(page).isVisible()).toBe(false)
  await fill(page, 'worker')
  await state(page).getByText('has done its small task').waitFor()
  await send(page)
  await page.getByText('Look into your mail').waitFor()
  expect(await isThere('worker')).toBe(true)
  expect(problems).toEqual([])
})

test('a form that is sent before the work is done waits for it', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  // The worker comes late, as on a slow phone.
  let release = () => {}
  const late = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/captcha-worker.js*', async (route) => {
    await late
    await route.continue()
  })
  await page.goto(`${site.base}/signup`)
  await fill(page, 'hasty')
  await send(page)
  await state(page).getByText('the form is sent as soon as').waitFor()
  // The page stays usable meanwhile.
  await page.locator('#username').fill('hasty_2')
  release()
  await page.getByText('Look into your mail').waitFor()
  expect(await isThere('hasty_2')).toBe(true)
})

test('when the work fails, the question comes back', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  await page.route('**/captcha-worker.js*', (route) => route.abort())
  await page.goto(`${site.base}/signup`)
  await state(page).getByText('could not do the small task').waitFor()
  await fill(page, 'stuck')
  await question(page).fill(readSum(await page.content()).captcha_answer)
  await send(page)
  await page.getByText('Look into your mail').waitFor()
  expect(await isThere('stuck')).toBe(true)
})

test('work that takes long can be replaced by an answer', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  await page.clock.install()
  await page.route('**/captcha-worker.js*', () => {})
  await page.goto(`${site.base}/signup`)
  expect(await question(page).isVisible()).toBe(false)
  await page.clock.runFor(11_000)
  await fill(page, 'slow')
  await question(page).fill(readSum(await page.content()).captcha_answer)
  await send(page)
  await page.getByText('Look into your mail').waitFor()
  expect(await isThere('slow')).toBe(true)
})

test('without scripts the person answers, with the keyboard alone', async () => {
  const page = await site.visitor()
  await page.goto(`${site.base}/signup`)
  expect(await state(page).textContent()).toBe('')
  await page.locator('#username').focus()
  for (const words of ['keys', 'keys@mail.test', password, readSum(await page.content()).captcha_answer]) {
    await page.keyboard.type(words)
    await page.keyboard.press('Tab')
  }
  await page.locator('#captcha_answer').press('Enter')
  await page.getByText('Look into your mail').waitFor()
  expect(await isThere('keys')).toBe(true)
})

test('a refused form keeps the work that the browser did', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  await page.goto(`${site.base}/signup`)
  await fill(page, 'admin')
  await state(page).getByText('has done its small task').waitFor()
  await send(page)
  await page.getByText('This is reserved.').waitFor()
  let workers = 0
  page.on('worker', () => workers++)
  await page.locator('#username').fill('admiral')
  await page.locator('#password').fill(password)
  expect(await state(page).textContent()).toContain('has done its small task')
  await send(page)
  await page.getByText('Look into your mail').waitFor()
  expect(workers).toBe(0)
})
