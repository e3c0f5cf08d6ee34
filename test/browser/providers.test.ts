/** Signing in by a provider in a real browser, without scripts: it minds cookies of other sites, and where forms may lead. */
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { openSignUps } from '../cast.ts'
import { openProvider, type TestProvider } from '../oidc/provider.ts'
import { openSite } from './site.ts'

test('a person signs up, links a second account, proves who they are, and logs out, all by a provider', async () => {
  let provider: TestProvider | undefined
  await using site = await openSite(async (base) => {
    provider = await openProvider({ origin: base })
    return provider.env()
  })
  await using p = provider!
  await openSignUps(site.t)
  await site.t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  p.accounts.set('mira', { email: 'mira@mail.test', email_verified: true, preferred_username: 'mira' })
  p.accounts.set('mira2', { email: 'mira@other.test', email_verified: true })
  const page = await site.visitor()
  const logInThere = async (name: string) => {
    await page.locator('[name=login]').fill(name)
    await page.locator('[name=password]').fill('any')
    await page.locator('button[type=submit]').click()
  }

  await page.goto(`${site.base}/login?return_to=/search`)
  await page.getByRole('link', { name: 'Log in by Acme' }).click()
  expect(page.url()).toContain(p.issuer)
  await logInThere('mira')
  expect(page.url()).toContain(`${site.base}/login/join?state=`)
  await page.locator('[name=agreement]').check()
  await page.getByRole('button', { name: 'Make my account' }).click()
  expect(page.url()).toBe(`${site.base}/search`)

  // The provider knows the browser by now: a proof is asked for all the same.
  await page.goto(`${site.base}/login/acme?purpose=prove&return_to=/settings/providers`)
  await logInThere('mira')
  expect(page.url()).toBe(`${site.base}/settings/providers`)

  await page.context().clearCookies({ domain: '127.0.0.1' })
  await page.getByRole('button', { name: 'Link Acme' }).click()
  await logInThere('mira2')
  expect(page.url()).toBe(`${site.base}/settings/providers?done=linked`)
  expect(await page.locator('main').textContent()).toContain('mira@other.test')
  await page.getByRole('button', { name: 'Unlink mira@other.test' }).click()
  await page.getByRole('button', { name: 'Unlink mira@mail.test' }).click()
  expect(await page.locator('main').textContent()).toContain('could not log in any more')

  await page.goto(`${site.base}/settings/account`)
  await page.getByRole('button', { name: 'Log out of this browser' }).click()
  await page.waitForURL(`${p.issuer}/session/end**`)
  await page.goto(`${site.base}/settings/account`)
  expect(page.url()).toContain('/login')
})
