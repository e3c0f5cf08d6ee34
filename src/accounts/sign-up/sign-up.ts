import type { App } from '../../platform/app.ts'
import { type FieldProblem } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId, ApplicationId } from '../../platform/ids.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { type OpenInvite, readInvite, spendInvite } from '../invites/use.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { admission } from './admission.ts'
import { birthProblem } from './age.ts'
import type { CaptchaAnswer, CaptchaPass } from './captcha-port.ts'
import { checkCaptcha, oweCaptcha, spendCaptcha } from './captcha.ts'
import { remindHolder } from './credentials.ts'
import { placeholderAddress } from './placeholder-address.ts'
import { invalidSignUp, prepareRegistration, register, type Registration, type SignUp, timeZoneOf } from './register.ts'

/** A new account. Its address has to be confirmed; unless it `isApproved`, a moderator has to approve it, too. */
export type SignedUp = { accountId: AccountId; isApproved: boolean }

/**
 * Signs a person up, as far as the instance's settings allow it, and queues the mail with the confirmation link.
 * For a mail address that has an account already, it creates an account that can't be confirmed, and mails the holder.
 * An invitation loses a use only if the sign-up succeeds.
 *
 * @param problems that the caller found, to be reported together with those found here
 * @param address of the client, whose sign-ups are limited
 * @param captcha the fields of the form; undefined for an app, which can't show a captcha: the account owes it then
 * @throws Refusal `not_permitted` when registration is closed, only by a provider, or by invitation and there is none, and for a
 *   network that nobody signs up from; `invalid` with the fields that are wrong, `too_many`
 */
export async function signUp(
  app: App,
  input: SignUp,
  address: string,
  problems: FieldProblem[] = [],
  captcha?: CaptchaAnswer,
): Promise<SignedUp> {
  if (app.config.providersOnly) throw refuse('not_permitted', 'onlyByProvider')
  const settings = await loadSettings(app.db)
  const code = input.inviteCode?.trim() ?? ''
  if (settings.registrations === 'closed') throw refuse('not_permitted', 'registrationClosed')
  if (settings.registrations === 'invitation' && code === '') throw refuse('not_permitted', 'registrationByInvitation')
  // Forms with mistakes have a limit of their own: checking them costs little, and people correct them.
  await countAttempt(app, `sign-up form from ${addressGroup(address)}`, { count: 40, minutes: 60 })
  const admitted = await admission(app, input.email, address)
  const invite = code === '' ? null : await readInvite(app, code, address)
  const checked = captcha && (await checkCaptcha(app, captcha, address))
  const found = [
    ...problems,
    ...admissionProblems(settings, input, code !== '' && !invite),
    ...admitted.problems,
    ...(checked?.problems ?? []),
  ]
  const registration = await prepareRegistration(app, input, false, found)
  await countAttempt(app, `sign-up from ${addressGroup(address)}`, { count: 5, minutes: 30 })
  const { isTaken, ...signedUp } = await store(app, settings, registration, invite, checked?.pass, {
    address,
    needsApproval: admitted.needsApproval,
    hasAcceptedTerms: input.agrees === true,
    applicationId: input.applicationId ?? null,
  })
  if (isTaken) await remindHolder(app, registration.email)
  return signedUp
}

/** Problems with what the instance's settings ask of a sign-up. */
export function admissionProblems(
  { registrations, minAge }: InstanceSettings,
  { reason, inviteCode, dateOfBirth = '', timeZone }: SignUp,
  isInviteDead: boolean,
): FieldProblem[] {
  const isReasonMissing = registrations === 'approval' && !inviteCode?.trim() && !reason?.trim()
  const birth = minAge > 0 ? birthProblem(dateOfBirth, minAge, timeZoneOf(timeZone)) : null
  return [
    ...(isInviteDead ? [deadInvite()] : []),
    ...(isReasonMissing ? [problemWith('reason', 'ERR_BLANK', 'blank')] : []),
    ...(birth ? [birth] : []),
  ]
}

type SignUpFacts = {
  address: string
  needsApproval: boolean
  hasAcceptedTerms: boolean
  applicationId: ApplicationId | null
}

/**
 * Creates the account, and uses up the invitation and the captcha, all or nothing. `isTaken`: the address has an account already.
 *
 * @param pass undefined: the account comes from an app, and owes a captcha
 */
async function store(
  app: App,
  settings: InstanceSettings,
  registration: Registration,
  invite: OpenInvite | null,
  pass: CaptchaPass | null | undefined,
  { needsApproval, ...about }: SignUpFacts,
): Promise<SignedUp & { isTaken: boolean }> {
  return app.db.transaction(async (tx) => {
    if (pass) await spendCaptcha(tx, pass)
    const by = invite && (await spendInvite(tx, settings, invite.id))
    if (invite && !by) throw invalidSignUp([deadInvite()])
    const isApproved = !needsApproval && (settings.registrations !== 'approval' || by?.isByStaff === true)
    const options = { ...about, isApproved, inviteId: invite?.id ?? null, isOldEnough: settings.minAge > 0 }
    const accountId = await register(tx, app.uris, registration, options)
    if (accountId && pass === undefined) await oweCaptcha(tx, accountId)
    if (accountId) return { accountId, isApproved, isTaken: false }
    const held = { ...registration, email: placeholderAddress() }
    const placeholderId = await register(tx, app.uris, held, { ...options, isQuiet: true })
    // A placeholder address is unique, so `register` did not return null.
    return { accountId: placeholderId!, isApproved, isTaken: true }
  })
}

/** One problem for all reasons, so that nobody learns anything about a link that isn't theirs. */
export const deadInvite = (): FieldProblem => problemWith('invite_code', 'ERR_INVALID', 'inviteDead')
