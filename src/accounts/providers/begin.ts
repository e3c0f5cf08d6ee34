import type { App } from '../../platform/app.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import type { Client } from '../security/client.ts'
import { type SignInStates, startState } from '../security/states.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { withProvider } from './failures.ts'
import { authorizationUrl, newChallenge } from './protocol.ts'

/** To sign in, to link the provider's account to the one here, or to prove who the person is. */
export type ProviderPurpose = SignInStates['provider']['purpose']

/** A browser on its way to a provider and back. `browser`: the secret of its cookie for sign-ins. */
export type Traveller = { client: Client; browser: string }

/**
 * Starts a sign-in at a provider.
 *
 * @param accountId the logged-in account, unless the person signs in
 * @param returnTo own path to lead to afterwards
 * @returns the provider's address to lead the browser to
 * @throws Refusal `unavailable` when the provider does not answer, `too_many`
 */
export async function beginAtProvider(
  app: App,
  provider: ProviderSettings,
  { client, browser }: Traveller,
  { purpose, accountId, returnTo }: { purpose: ProviderPurpose; accountId: AccountId | null; returnTo: string },
): Promise<string> {
  await countAttempt(app, `provider sign-in from ${addressGroup(client.address)}`, { count: 60, minutes: 15 })
  const challenge = await newChallenge()
  const startedAt = Math.floor(Date.now() / 1_000)
  const data = { provider: provider.name, ...challenge, returnTo, purpose, startedAt }
  const state = await startState(app, 'provider', browser, data, accountId)
  return withProvider(provider, () => authorizationUrl(app, provider, state, challenge, purpose === 'prove'))
}
