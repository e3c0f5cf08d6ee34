/** Several accounts in one browser: the menu on wide screens, with and without scripts, and the page for phones. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localAccount, password } from '../cast.ts'
import { narrow, openSite, type TestSite, wide } from './site.ts'

let site: TestSite
beforeAll(async () => {
  site = await openSite()
  for (const name of ['alice', 'bob']) await localAccount(site.t, name)
})
afterAll(() => site[Symbol.asyncDispose]())

test.each([
  ['without scripts', { javaScriptEnabled: false }],
  ['with scripts', { javaScriptEnabled: true }],
])('on wide screens the menu adds an account, switches, and logs out of all, %s', async (_, options) => {
  const page = await site.visitor({ viewport: wide, ...options })
  const logIn = async (name: string) => {
    await page.locator('#login').fill(name)
    await page.locator('#password').fill(password)
    await page.locator('main').getByRole('button', { name: 'Log in', exact: true }).click()
    await page.waitForURL(`${site.base}/`)
  }
  const self = page.locator('.self')
  const menu = () => self.locator('summary').click()
  await page.goto(`${site.base}/login`)
  await logIn('alice')
  await menu()
  await self.getByRole('link', { name: 'Add an account' }).click()
  await logIn('bob')
  expect(await self.locator('> .person-link').innerText()).toContain('@bob')
  await menu()
  // The whole menu is in the screen.
  const box = await self.locator('.menu-items').boundingBox()
  expect(box!.x).toBeGreaterThanOrEqual(0)
  expect(box!.y).toBeGreaterThanOrEqual(0)
  expect(box!.y + box!.height).toBeLessThanOrEqual(wide.height)
  await self.getByRole('button', { name: 'Switch to @alice' }).click()
  await page.waitForURL(`${site.base}/`)
  expect(await self.locator('> .person-link').innerText()).toContain('@alice')
  await menu()
  await self.getByRole('button', { name: 'Log out of all accounts' }).click()
  await page.waitForURL(`${site.base}/`)
  expect(await self.count()).toBe(0)
})

test('phones have the accounts on the page of everything else', async () => {
  const page = await site.person('alice', { viewport: narrow })
  await page.goto(`${site.base}/more`)
  await page.locator('main').getByRole('link', { name: 'Add an account' }).click()
  await page.locator('#login').fill('bob')
  await page.locator('#password').fill(password)
  await page.locator('main').getByRole('button', { name: 'Log in', exact: true }).click()
  await page.waitForURL(`${site.base}/`)
  await page.goto(`${site.base}/more`)
  await page.locator('main').getByRole('button', { name: 'Switch to @alice' }).click()
  await page.waitForURL(`${site.base}/`)
  await page.goto(`${site.base}/more`)
  expect(await page.locator('main .person-link').first().innerText()).toContain('@alice')
  await page.locator('main').getByRole('button', { name: 'Log out of @alice' }).click()
  await page.waitForURL(`${site.base}/`)
  await page.goto(`${site.base}/more`)
  expect(await page.locator('main .person-link').first().innerText()).toContain('@bob')
})
