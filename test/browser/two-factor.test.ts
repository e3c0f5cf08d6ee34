/** A person without scripts protects an account, and logs in. */
import { readFile } from 'node:fs/promises'
import { beforeEach, expect, test } from 'vitest'
import { localAccount, password } from '../cast.ts'
import { codeOf, holdClock } from '../factors.ts'
import { openSite } from './site.ts'

beforeEach(holdClock)

test('an authenticator app is set up, the recovery codes are saved as a file, and both log in', async () => {
  await using site = await openSite()
  await localAccount(site.t, 'alice')
  const page = await site.person('alice')
  await page.goto(`${site.base}/settings/account`)
  await page.getByRole('link', { name: 'Second factor' }).click()
  await page.getByRole('link', { name: 'Set up an authenticator app' }).click()
  // A camera can read it: it is there, large enough and light, on dark pages, too.
  await page.emulateMedia({ colorScheme: 'dark' })
  const picture = page.getByRole('img', { name: 'QR code' })
  expect((await picture.boundingBox())?.width).toBeGreaterThanOrEqual(200)
  expect(await picture.locator('rect').evaluate((rect) => getComputedStyle(rect).fill)).toBe('rgb(255, 255, 255)')
  const secret = (await page.locator('.totp-secret').innerText()).replaceAll(' ', '')
  await page.getByLabel('The code that the app shows now').fill(codeOf(secret, -1))
  await page.getByRole('button', { name: 'Turn it on' }).click()

  const codes = await page.locator('.recovery-codes code').allInnerTexts()
  expect(codes).toHaveLength(10)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Save as a file' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('recovery-codes-alice-localhost-' + new URL(site.base).port + '.txt')
  const lines = (await readFile(await file.path(), 'utf8')).split('\n')
  expect(lines[0]).toContain('Recovery codes of @alice@localhost')
  expect(lines.slice(2, 12)).toEqual(codes)

  for (const code of [codeOf(secret), codes[0] ?? '']) {
    const other = await site.visitor()
    await other.goto(`${site.base}/login?return_to=/bookmarks`)
    await other.locator('#login').fill('alice')
    await other.locator('#password').fill(password)
    await other.getByRole('button', { name: 'Log in', exact: true }).click()
    if (code.length > 6) await other.getByRole('link', { name: 'Use a recovery code' }).click()
    await other.locator('#code').fill(code)
    await other.locator('main form button').click()
    await other.waitForURL(`${site.base}/bookmarks`)
  }
})
