import type { App } from '../app.ts'
import { countAttempt } from '../auth/attempts.ts'
import { remindHolder } from '../auth/credentials.ts'
import { addressGroup } from '../client-address.ts'
import { Refusal } from '../errors.ts'
import type { AccountId } from '../ids.ts'
import { type InstanceSettings, loadSettings } from '../instance/settings.ts'
import { prepareRegistration, register, type SignUp } from './register.ts'

/** What happens after a sign-up: the address is to be confirmed in both cases; with `approval` a moderator looks at it, too. */
export type SignedUp = { accountId: AccountId | null; registrations: Exclude<InstanceSettings['registrations'], 'closed'> }

/**
 * Signs a person up as far as the instance's settings let strangers in. The mail with the confirmation link is queued.
 * For a mail address that has an account already nothing is made, and `accountId` is null; whoever asks is told the same, and
 * a mail tells the holder of the address.
 *
 * @param address of the client, whose sign-ups are limited
 * @throws Refusal `not_permitted` when registration is closed, `unprocessable` with the fields that are wrong, `too_many`
 */
export async function signUp(app: App, input: SignUp, address: string): Promise<SignedUp> {
  const { registrations } = await loadSettings(app.db)
  if (registrations === 'closed') throw new Refusal('not_permitted', 'Registration is closed')
  if (registrations === 'approval' && !input.reason?.trim()) {
    throw new Refusal('unprocessable', 'Validation failed: reason can’t be blank', [{ field: 'reason', code: 'ERR_BLANK', message: 'can’t be blank' }])
  }
  // Mistyped forms are counted apart: checking them costs little, and people get them right at the second try.
  await countAttempt(app, `sign-up form from ${addressGroup(address)}`, { count: 40, minutes: 60 })
  const registration = await prepareRegistration(app, input)
  await countAttempt(app, `sign-up from ${addressGroup(address)}`, { count: 5, minutes: 60 })
  const accountId = await app.db.transaction((tx) => register(tx, app.uris, registration, { isApproved: registrations === 'open' }))
  if (!accountId) await remindHolder(app, registration.email)
  return { accountId, registrations }
}
