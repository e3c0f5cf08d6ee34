/** The first sign-in by a provider: a new account here. */
import { eq, sql } from 'drizzle-orm'
import { notifyStaffOfSignUp } from '../../notices/sign-up.ts'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import type { FieldProblem } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { loadSettings } from '../../rules/settings.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { endState, readState } from '../security/states.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { ByProvider } from '../sessions/sign-in.ts'
import { remindHolder } from '../sign-up/credentials.ts'
import { placeholderAddress } from '../sign-up/placeholder-address.ts'
import { prepareRegistration, register, type Registration } from '../sign-up/register.ts'
import type { Traveller } from './begin.ts'
import { stepIsOver } from './complete.ts'
import { providerNamed } from './configured.ts'
import { addIdentity } from './identities.ts'
import { applyRole } from './roles.ts'

/** Whether people of a provider get accounts: at once, after a moderator's approval, or not at all. */
type ProviderRegistrations = 'open' | 'approval' | 'closed'

/** The first sign-in of a person at a provider, for its page. `email`: verified by the provider, and free here. */
export type FirstSignIn = {
  provider: ProviderSettings
  label: string | null
  username: string | null
  email: string | null
  /** The verified address of a person who has an account here already. */
  takenEmail: string | null
  registrations: ProviderRegistrations
}

/** The step of a first sign-in; null if it is over, or another browser began it. */
export async function readFirstSignIn(app: App, state: string, browser: string): Promise<FirstSignIn | null> {
  const step = await readState(app, 'join', state, browser)
  if (!step) return null
  const { email, isEmailVerified, label, username } = step.data
  const provider = providerNamed(app, step.data.provider)
  const verified = isEmailVerified ? email : null
  // Only the holder of an address learns that it has an account here.
  const isTaken = verified !== null && (await hasAccount(app, verified))
  return {
    provider,
    label,
    username,
    email: isTaken ? null : verified,
    takenEmail: isTaken ? verified : null,
    registrations: await registrationsFor(app, provider),
  }
}

async function hasAccount(app: App, email: string): Promise<boolean> {
  const rows = await app.db
    .select({ id: users.accountId })
    .from(users)
    .where(sql`lower(${users.email}) = lower(${email})`)
  return rows.length > 0
}

async function registrationsFor(app: App, provider: ProviderSettings): Promise<ProviderRegistrations> {
  if (provider.signsUpAlways) return 'open'
  const { registrations } = await loadSettings(app.db)
  // Invitations are links to the form for signing up here.
  return registrations === 'invitation' ? 'closed' : registrations
}

export type ProviderSignUp = {
  username: string
  /** Counts if the provider verified none. It has to be confirmed. */
  email: string
  reason?: string
  /** Whether the person accepts rules and terms. */
  agrees: boolean
  locale?: string
}

/** A new account by a provider. */
export type SignedUpByProvider = { accountId: AccountId; byProvider: ByProvider; returnTo: string }

/**
 * Makes the account of a first sign-in. A verified address is taken over, any other one has to be confirmed; for one that has an
 * account already, an account is made that can't be confirmed, and its holder is mailed, as at any sign-up.
 *
 * @throws Refusal `not_permitted` when registration is closed, `invalid` with the fields that are wrong, `unprocessable` when the
 *   step is over, `too_many`
 */
export async function signUpByProvider(
  app: App,
  state: string,
  input: ProviderSignUp,
  { client, browser }: Traveller,
): Promise<SignedUpByProvider> {
  const first = await readFirstSignIn(app, state, browser)
  if (!first) throw stepIsOver()
  if (first.registrations === 'closed') throw refuse('not_permitted', 'registrationClosed')
  const address = addressGroup(client.address)
  await countAttempt(app, `sign-up form from ${address}`, { count: 40, minutes: 60 })
  const { username, reason = '', locale = '' } = input
  const registration = await prepareRegistration(
    app,
    { username, email: first.email ?? input.email, password: null, reason, locale },
    false,
    problemsIn(input, first.registrations),
  )
  await countAttempt(app, `sign-up from ${address}`, { count: 5, minutes: 30 })
  const make = (options: Pick<Making, 'registration' | 'isQuiet'>) =>
    app.db.transaction((tx) =>
      makeAccount(tx, app, state, browser, client, {
        ...options,
        isApproved: first.registrations === 'open',
        isConfirmed: first.email !== null,
      }),
    )
  const made = await make({ registration, isQuiet: false })
  if (made) return made
  // Between this request and its page, another account was made with the verified address.
  if (first.email !== null) throw refuse('unprocessable', 'providerStepOver')
  const placeholder = await make({ registration: { ...registration, email: placeholderAddress() }, isQuiet: true })
  await remindHolder(app, registration.email)
  // A placeholder address is unique.
  return placeholder!
}

function problemsIn({ agrees, reason = '' }: ProviderSignUp, registrations: ProviderRegistrations): FieldProblem[] {
  return [
    ...(agrees ? [] : [problemWith('agreement', 'ERR_ACCEPTED', 'mustBeAccepted')]),
    ...(registrations === 'approval' && !reason.trim() ? [problemWith('reason', 'ERR_BLANK', 'blank')] : []),
  ]
}

type Making = { registration: Registration; isQuiet: boolean; isApproved: boolean; isConfirmed: boolean }

/** Ends the step and makes the account; null, and the step goes on, if the address has an account. */
async function makeAccount(
  tx: Tx,
  app: App,
  state: string,
  browser: string,
  client: Client,
  { registration, ...options }: Making,
): Promise<SignedUpByProvider | null> {
  const accountId = await register(tx, app.uris, registration, options)
  if (!accountId) return null
  const step = await endState(tx, app, 'join', state, browser)
  if (!step) throw stepIsOver()
  const provider = providerNamed(app, step.data.provider)
  await tx
    .update(users)
    .set({ termsAcceptedAt: sql`now()`, signUpAddress: client.address || null })
    .where(eq(users.accountId, accountId))
  if (options.isConfirmed) await notifyStaffOfSignUp(tx, accountId)
  const { identityId } = await addIdentity(tx, accountId, provider, step.data)
  await applyRole(tx, accountId, provider, step.data, client)
  return { accountId, byProvider: { identityId, idToken: step.data.idToken }, returnTo: step.data.returnTo }
}
