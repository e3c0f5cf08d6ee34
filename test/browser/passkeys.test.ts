/** Passkeys in a real browser, with Chromium's virtual authenticators. */
import { sql } from 'drizzle-orm'
import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { localAccount, password } from '../cast.ts'
import { openSite, type TestSite } from './site.ts'

let site: TestSite

beforeAll(async () => {
  site = await openSite()
  await localAccount(site.t, 'mira')
  await localAccount(site.t, 'tomas')
})

afterAll(() => site?.[Symbol.asyncDispose]())

type Authenticator = {
  /** Whether it answers, as if its person put a finger on it. */
  answers(does: boolean): Promise<void>
  remove(): Promise<void>
}

/** Adds an authenticator to the browser of a page: the device itself, which knows its person, or a security key without a PIN. */
async function authenticator(cdp: CDPSession, kind: 'device' | 'key'): Promise<Authenticator> {
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: kind === 'device' ? 'internal' : 'usb',
      hasResidentKey: kind === 'device',
      hasUserVerification: kind === 'device',
      isUserVerified: kind === 'device',
      automaticPresenceSimulation: true,
    },
  })
  return {
    async answers(enabled) {
      await cdp.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled })
    },
    async remove() {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}

const main = (page: Page) => page.locator('main')
const button = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true })

async function logInByPassword(page: Page): Promise<void> {
  await page.goto(`${site.base}/login`)
  await page.locator('#login').fill('mira')
  await page.locator('#password').fill(password)
  await button(page, 'Log in').click()
}

async function logOut(page: Page): Promise<void> {
  await page.goto(`${site.base}/settings/account`)
  await button(page, 'Log out of this browser').click()
  await page.waitForURL(`${site.base}/`)
}

test('a person adds passkeys, logs in with one alone and with one as second factor, and in the end without', async () => {
  const page = await site.visitor({ javaScriptEnabled: true })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const device = await authenticator(cdp, 'device')
  await logInByPassword(page)
  await page.waitForURL(`${site.base}/`)

  // The first one comes with recovery codes.
  await page.goto(`${site.base}/settings/passkeys`)
  expect(await main(page).innerText()).not.toContain('run scripts')
  await page.getByLabel('Name').fill('My laptop')
  await button(page, 'Add a passkey').click()
  const codes = main(page).locator('.recovery-codes code')
  await codes.first().waitFor()
  const [code = ''] = await codes.allInnerTexts()
  expect(await codes.count()).toBe(10)
  await main(page).getByRole('link', { name: 'I have kept them' }).click()
  expect(await main(page).locator('.entries').innerText()).toContain('My laptop')

  // The same device has no second one for the account.
  await button(page, 'Add a passkey').click()
  await page.getByRole('alert').getByText('has a passkey of your account already').waitFor()

  // A security key, whose name is that of the browser until it gets another.
  await device.answers(false)
  const key = await authenticator(cdp, 'key')
  await button(page, 'Add a passkey').click()
  await page.getByText('Chrome on Linux').waitFor()
  await page.locator('summary[aria-label="Rename Chrome on Linux"]').click()
  await page.locator('details[open] input[name=name]').fill('Blue key')
  await page.locator('details[open]').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Blue key').first().waitFor()

  // Alone: the device knows its person. In the field for the name, this browser would choose the passkey by itself.
  await key.answers(false)
  await device.answers(true)
  await logOut(page)
  await page.route('**/login/passkey/options', (route) => route.abort(), { times: 1 })
  await page.goto(`${site.base}/login?return_to=/explore`)
  await button(page, 'Log in with a passkey').click()
  await page.waitForURL(`${site.base}/explore`)
  await logOut(page)
  await page.goto(`${site.base}/login?return_to=/explore`)
  await page.waitForURL(`${site.base}/explore`)
  await page.goto(`${site.base}/settings/passkeys`)
  expect(await main(page).locator('.entries li').first().innerText()).toContain('last used')

  // As second factor: the key needs no PIN.
  await device.answers(false)
  await key.answers(true)
  await logOut(page)
  await logInByPassword(page)
  await button(page, 'Use a passkey').click()
  await page.waitForURL(`${site.base}/`)

  // Both are gone: a recovery code helps.
  await logOut(page)
  await device.remove()
  await key.remove()
  await logInByPassword(page)
  await page.getByLabel('Recovery code').fill(code)
  await button(page, 'Log in').click()
  await page.waitForURL(`${site.base}/`)

  // Without passkeys, the password is enough.
  await page.goto(`${site.base}/settings/passkeys`)
  await button(page, 'Remove My laptop').click()
  await page.getByText('The passkey is removed.').waitFor()
  await button(page, 'Remove Blue key').click()
  await main(page).locator('.entries').waitFor({ state: 'detached' })
  await logOut(page)
  await logInByPassword(page)
  await page.waitForURL(`${site.base}/`)
})

test('without scripts, the page of passkeys says so, and still names and removes them', async () => {
  const tomas = await site.person('tomas')
  const { rows } = await site.t.db.execute<{ id: string }>(sql`
    insert into passkeys (id, account_id, credential_id, public_key, name)
    select 7, id, 'x', 'x', 'Old key' from accounts where username = 'tomas' returning id`)
  expect(rows).toHaveLength(1)
  await tomas.goto(`${site.base}/settings/passkeys`)
  expect(await main(tomas).innerText()).toContain('the browser must know passkeys and run scripts')
  expect(await button(tomas, 'Add a passkey').count()).toBe(0)
  await tomas.locator('summary[aria-label="Rename Old key"]').click()
  await tomas.locator('details[open] input[name=name]').fill('Older key')
  await tomas.locator('details[open]').getByRole('button', { name: 'Save' }).click()
  await button(tomas, 'Remove Older key').click()
  expect(await main(tomas).locator('.entries').count()).toBe(0)

  const visitor = await site.visitor()
  await visitor.goto(`${site.base}/login`)
  expect(await button(visitor, 'Log in with a passkey').count()).toBe(0)
})
