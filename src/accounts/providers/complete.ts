/** The way back from a provider: what its answer means here. */
import type { App } from '../../platform/app.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { refuse } from '../../text/refusals.ts'
import { endState, type OpenState, startState } from '../security/states.ts'
import { assertMayLogIn } from '../sessions/account-status.ts'
import type { ByProvider } from '../sessions/sign-in.ts'
import type { ProviderPurpose, Traveller } from './begin.ts'
import { providerNamed } from './configured.ts'
import { withProvider } from './failures.ts'
import { accountOfIdentity, linkIdentity, touchIdentity } from './identities.ts'
import { personOf, type ProviderPerson } from './person.ts'
import { redeem } from './protocol.ts'
import { applyRole } from './roles.ts'

type SignedIn =
  | { kind: 'known'; accountId: AccountId; byProvider: ByProvider }
  /** The provider's account has none here yet. The state is that of the step to get or join one. */
  | { kind: 'new'; state: string }

/** What came of a visit to a provider. `returnTo`: where the person wanted to go. */
export type AtProvider = { returnTo: string } & (
  | SignedIn
  | { kind: 'linked' | 'proved' }
  | { kind: 'refused'; refusal: Refusal; purpose: ProviderPurpose }
)

/**
 * Completes a visit to a provider, once: whatever comes of it, its state is used up.
 *
 * @param answer the parameters with which the provider sent the browser back
 * @param loggedIn the account that is logged in in the browser. After `proved`, its session is to be marked by `recordProof`
 * @throws Refusal `not_found`; `unprocessable` when this browser began no such visit to this provider, or it is over
 */
export async function completeAtProvider(
  app: App,
  name: string,
  answer: URLSearchParams,
  traveller: Traveller,
  loggedIn: AccountId | null,
): Promise<AtProvider> {
  const provider = providerNamed(app, name)
  const state = answer.get('state') ?? ''
  const step = await app.db.transaction((tx) => endState(tx, app, 'provider', state, traveller.browser))
  if (!step || step.data.provider !== provider.name) throw stepIsOver()
  const { returnTo, purpose } = step.data
  try {
    const { person, idToken } = await ask(app, provider, answer, state, step.data)
    if (purpose === 'sign-in')
      return { returnTo, ...(await signInAs(app, provider, person, idToken, traveller, returnTo)) }
    await forAccount(app, provider, person, traveller, step, loggedIn)
    return { returnTo, kind: purpose === 'link' ? 'linked' : 'proved' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { returnTo, purpose, kind: 'refused', refusal: error }
  }
}

export const stepIsOver = (): Refusal => refuse('unprocessable', 'providerStepOver')

async function ask(
  app: App,
  provider: ProviderSettings,
  answer: URLSearchParams,
  state: string,
  { purpose, startedAt, ...challenge }: OpenState<'provider'>['data'],
): Promise<{ person: ProviderPerson; idToken: string }> {
  // A proof must be newer than the question.
  const maxAge = purpose === 'prove' ? Math.max(0, Math.floor(Date.now() / 1_000) - startedAt) : null
  return withProvider(provider, async () => {
    const word = await redeem(app, provider, answer, state, challenge, maxAge)
    return { person: personOf(provider, word), idToken: word.idToken }
  })
}

async function signInAs(
  app: App,
  provider: ProviderSettings,
  person: ProviderPerson,
  idToken: string,
  { client, browser }: Traveller,
  returnTo: string,
): Promise<SignedIn> {
  const known = await accountOfIdentity(app.db, person)
  if (!known) {
    const state = await startState(app, 'join', browser, { ...person, provider: provider.name, returnTo, idToken })
    return { kind: 'new', state }
  }
  const { accountId, identityId } = known
  await app.db.transaction(async (tx) => {
    await assertMayLogIn(tx, accountId)
    await applyRole(tx, accountId, provider, person, client)
    await touchIdentity(tx, identityId, provider, person)
  })
  return { kind: 'known', accountId, byProvider: { identityId, idToken } }
}

/** Links the provider's account to the logged-in one, or takes it as a proof of who the person is. */
async function forAccount(
  app: App,
  provider: ProviderSettings,
  person: ProviderPerson,
  { client }: Traveller,
  { accountId, data: { purpose } }: OpenState<'provider'>,
  loggedIn: AccountId | null,
): Promise<void> {
  // Somebody else may have logged in meanwhile, in this very browser.
  if (loggedIn === null || loggedIn !== accountId) throw stepIsOver()
  if (purpose === 'link') {
    await app.db.transaction((tx) => linkIdentity(tx, loggedIn, provider, person, client))
    return
  }
  const known = await accountOfIdentity(app.db, person)
  if (known?.accountId !== loggedIn) throw refuse('not_permitted', 'identityOfOther', { provider: provider.label })
}
