/** The first sign-in by a provider: a new account here. */
import { sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import type { FieldProblem } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { refuse } from '../../text/refusals.ts'
import { type OpenInvite, readInvite, spendInvite } from '../invites/use.ts'
import { endState, readState, type SignInStates } from '../security/states.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { ByProvider } from '../sessions/sign-in.ts'
import { admission } from '../sign-up/admission.ts'
import { arrived } from '../sign-up/arrived.ts'
import { remindHolder } from '../sign-up/credentials.ts'
import { notifyStaffOfSignUp } from '../sign-up/notify-staff.ts'
import { placeholderAddress } from '../sign-up/placeholder-address.ts'
import { invalidSignUp, prepareRegistration, register, type Registration, type SignUp } from '../sign-up/register.ts'
import { admissionProblems, deadInvite } from '../sign-up/sign-up.ts'
import type { Traveller } from './begin.ts'
import { stepIsOver } from './complete.ts'
import { providerNamed } from './configured.ts'
import { addIdentity, touchIdentity } from './identities.ts'
import { applyRole } from './roles.ts'

/** The first sign-in of a person at a provider, for its page. */
export type FirstSignIn = {
  provider: ProviderSettings
  label: string | null
  username: string | null
  /** Verified by the provider, and free here. */
  email: string | null
  /** The verified address of a person who has an account here already. */
  takenEmail: string | null
  /** The settings of the instance, as far as they hold for people of this provider. */
  settings: InstanceSettings
  /** The invitation with which the person went to the provider. */
  invite: OpenInvite | null
}

/** The step of a first sign-in; null if it is over, or another browser began it. @throws Refusal `too_many` */
export async function readFirstSignIn(
  app: App,
  state: string,
  { client, browser }: Traveller,
): Promise<FirstSignIn | null> {
  const step = await readState(app, 'join', state, browser)
  if (!step) return null
  const { email, isEmailVerified, label, username, returnTo } = step.data
  const provider = providerNamed(app, step.data.provider)
  const code = inviteCodeIn(returnTo)
  const verified = isEmailVerified ? email : null
  const [isTaken, settings, invite] = await Promise.all([
    // Only the holder of an address learns that it has an account here.
    verified !== null && hasAccount(app, verified),
    loadSettings(app.db),
    code === null ? null : readInvite(app, code, client.address),
  ])
  return {
    provider,
    label,
    username,
    email: isTaken ? null : verified,
    takenEmail: isTaken ? verified : null,
    settings: provider.signsUpAlways ? { ...settings, registrations: 'open' } : settings,
    invite,
  }
}

/** The code of the invitation whose page led to the provider. */
const inviteCodeIn = (returnTo: string): string | null => /^\/invite\/([\w-]{1,100})$/.exec(returnTo)?.[1] ?? null

async function hasAccount(app: App, email: string): Promise<boolean> {
  const rows = await app.db
    .select({ id: users.accountId })
    .from(users)
    .where(sql`lower(${users.email}) = lower(${email})`)
  return rows.length > 0
}

/** Whether a first sign-in may make an account. */
export const mayMakeAccount = ({ settings: { registrations }, invite }: FirstSignIn): boolean =>
  registrations !== 'closed' && (registrations !== 'invitation' || invite !== null)

/** Whether a moderator has to approve the account of a first sign-in. */
export const needsApproval = ({ settings: { registrations }, invite }: FirstSignIn): boolean =>
  registrations === 'approval' && !invite?.isByStaff

/** What a person tells at a first sign-in. The address counts if the provider verified none, and has to be confirmed. */
export type ProviderSignUp = Pick<SignUp, 'username' | 'email' | 'reason' | 'dateOfBirth' | 'agrees' | 'locale'>

/** A new account by a provider. */
export type SignedUpByProvider = { accountId: AccountId; byProvider: ByProvider; returnTo: string }

/**
 * Makes the account of a first sign-in. A verified address is taken over, any other one has to be confirmed; for one that has an
 * account already, an account is made that can't be confirmed, and its holder is mailed, as at any sign-up.
 *
 * @param problems that the caller found, to be reported together with those found here
 * @throws Refusal `not_permitted` when registration is closed, or by invitation and there is none, and for a network or an address
 *   that nobody signs up with; `invalid` with the fields that are wrong; `unprocessable` when the step is over; `too_many`
 */
export async function signUpByProvider(
  app: App,
  state: string,
  input: ProviderSignUp,
  traveller: Traveller,
  problems: FieldProblem[] = [],
): Promise<SignedUpByProvider> {
  const first = await readFirstSignIn(app, state, traveller)
  if (!first) throw stepIsOver()
  if (!mayMakeAccount(first))
    throw refuse(
      'not_permitted',
      first.settings.registrations === 'closed' ? 'registrationClosed' : 'registrationByInvitation',
    )
  const address = addressGroup(traveller.client.address)
  await countAttempt(app, `sign-up form from ${address}`, { count: 40, minutes: 60 })
  const told: SignUp = {
    ...input,
    email: first.email ?? input.email,
    password: null,
    ...(first.invite ? { inviteCode: first.invite.code } : {}),
  }
  const admitted = await admission(app, told.email, traveller.client.address)
  // The form has no field for an address that the provider verified.
  if (first.email !== null && admitted.problems.length > 0) throw refuse('not_permitted', 'ownMailBlocked')
  const found = [...problems, ...admissionProblems(first.settings, told, false), ...admitted.problems]
  const registration = await prepareRegistration(app, told, false, found)
  await countAttempt(app, `sign-up from ${address}`, { count: 5, minutes: 30 })
  const { isTaken, ...signedUp } = await app.db.transaction((tx) =>
    makeAccount(tx, app, state, first, traveller, {
      registration,
      needsApproval: admitted.needsApproval,
      hasAcceptedTerms: input.agrees === true,
    }),
  )
  if (isTaken) await remindHolder(app, registration.email)
  return signedUp
}

type NewAccount = { registration: Registration; needsApproval: boolean; hasAcceptedTerms: boolean }

/** Ends the step, makes the account and counts the use of the invitation: all or nothing. `isTaken`: the address has an account. */
async function makeAccount(
  tx: Tx,
  app: App,
  state: string,
  { settings, email, invite }: FirstSignIn,
  { client, browser }: Traveller,
  { registration, needsApproval, hasAcceptedTerms }: NewAccount,
): Promise<SignedUpByProvider & { isTaken: boolean }> {
  const step = await endState(tx, app, 'join', state, browser)
  if (!step) throw stepIsOver()
  const by = invite && (await spendInvite(tx, settings, invite.id))
  if (invite && !by) throw invalidSignUp([deadInvite()])
  const isConfirmed = email !== null
  const options = {
    isConfirmed,
    isApproved: !needsApproval && (settings.registrations !== 'approval' || by?.isByStaff === true),
    inviteId: invite?.id ?? null,
    address: client.address,
    isOldEnough: settings.minAge > 0,
    hasAcceptedTerms,
  }
  const accountId = await register(tx, app.uris, registration, options)
  if (accountId) return { ...(await withIdentity(tx, app, accountId, step.data, client)), isTaken: false }
  // Since the page was read, another account was made with the verified address.
  if (isConfirmed) throw stepIsOver()
  const held = { ...registration, email: placeholderAddress() }
  const placeholderId = await register(tx, app.uris, held, { ...options, isQuiet: true })
  // A placeholder address is unique, so `register` did not return null.
  return { ...(await withIdentity(tx, app, placeholderId!, step.data, client)), isTaken: true }
}

async function withIdentity(
  tx: Tx,
  app: App,
  accountId: AccountId,
  first: SignInStates['join'],
  client: Traveller['client'],
): Promise<SignedUpByProvider> {
  const provider = providerNamed(app, first.provider)
  const { identityId } = await addIdentity(tx, accountId, provider, first)
  await touchIdentity(tx, identityId, provider, first)
  await applyRole(tx, accountId, provider, first, client)
  await notifyStaffOfSignUp(tx, accountId)
  await arrived(tx, [accountId])
  return {
    accountId,
    byProvider: { identityId, idToken: first.idToken },
    // The invitation is used.
    returnTo: inviteCodeIn(first.returnTo) === null ? first.returnTo : '/',
  }
}
