import type { App } from '../../platform/app.ts'
import { type FieldProblem } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { CaptchaAnswer } from './captcha-port.ts'
import { checkCaptcha, oweCaptcha, spendCaptcha } from './captcha.ts'
import { remindHolder } from './credentials.ts'
import { placeholderAddress } from './placeholder-address.ts'
import { prepareRegistration, register, type SignUp } from './register.ts'

/** A new account. Its address has to be confirmed; with `approval`, a moderator has to approve it, too. */
export type SignedUp = { accountId: AccountId; registrations: Exclude<InstanceSettings['registrations'], 'closed'> }

/**
 * Signs a person up, as far as the instance's settings allow it, and queues the mail with the confirmation link.
 * For a mail address that has an account already, it creates an account that can't be confirmed, and mails the holder.
 *
 * @param problems that the caller found, to be reported together with those found here
 * @param address of the client, whose sign-ups are limited
 * @param captcha the fields of the form; undefined for an app, which can't show a captcha: the account owes it then
 * @throws Refusal `not_permitted` when registration is closed, `invalid` with the fields that are wrong, `too_many`
 */
export async function signUp(
  app: App,
  input: SignUp,
  address: string,
  problems: FieldProblem[] = [],
  captcha?: CaptchaAnswer,
): Promise<SignedUp> {
  const { registrations } = await loadSettings(app.db)
  if (registrations === 'closed') throw refuse('not_permitted', 'registrationClosed')
  const missing: FieldProblem[] =
    registrations === 'approval' && !input.reason?.trim() ? [problemWith('reason', 'ERR_BLANK', 'blank')] : []
  // Forms with mistakes have a limit of their own: checking them costs little, and people correct them.
  await countAttempt(app, `sign-up form from ${addressGroup(address)}`, { count: 40, minutes: 60 })
  const checked = captcha && (await checkCaptcha(app, captcha, address))
  const registration = await prepareRegistration(app, input, false, [
    ...problems,
    ...missing,
    ...(checked?.problems ?? []),
  ])
  await countAttempt(app, `sign-up from ${addressGroup(address)}`, { count: 5, minutes: 30 })
  const isApproved = registrations === 'open'
  const accountId = await app.db.transaction(async (tx) => {
    if (checked?.pass) await spendCaptcha(tx, checked.pass)
    const id = await register(tx, app.uris, registration, { isApproved, address })
    if (id && !captcha) await oweCaptcha(tx, id)
    return id
  })
  if (accountId) return { accountId, registrations }
  const placeholderId = await app.db.transaction((tx) =>
    register(tx, app.uris, { ...registration, email: placeholderAddress() }, { isApproved, isQuiet: true, address }),
  )
  await remindHolder(app, registration.email)
  // A placeholder address is unique, so `register` did not return null.
  return { accountId: placeholderId!, registrations }
}
