/** Visits of test browsers to test providers. */
import { expect } from 'vitest'
import type { Visitor } from '../web/visitor.ts'
import type { TestProvider } from './provider.ts'

/** Goes to the provider and logs in there; returns the path on which the provider sends the browser back. */
export async function goTo(
  provider: TestProvider,
  browser: Visitor,
  login: string,
  path = '/login/acme',
): Promise<string> {
  const { location, html } = await browser.get(path)
  expect(location, html).toContain(`${provider.issuer}/auth?`)
  return provider.person().logIn(location ?? '', login)
}

/** Goes to the provider, logs in there, and comes back. */
export const comeBy = async (provider: TestProvider, browser: Visitor, login: string, path?: string) =>
  browser.get(await goTo(provider, browser, login, path))

/** Comes by the provider for the first time; returns the state of the page that asks what account to use. */
export async function comeFirst(
  provider: TestProvider,
  browser: Visitor,
  login: string,
  path?: string,
): Promise<string> {
  const { location, html } = await comeBy(provider, browser, login, path)
  expect(location, html).toMatch(/^\/login\/join\?state=/)
  return new URLSearchParams(location?.split('?')[1]).get('state') ?? ''
}

/** Comes by the provider for the first time, and makes an account. */
export async function signUpBy(
  provider: TestProvider,
  browser: Visitor,
  login: string,
  fields: Record<string, string> = {},
) {
  const state = await comeFirst(provider, browser, login)
  return browser.post('/login/join', { how: 'new', state, username: login, agreement: '1', ...fields })
}
