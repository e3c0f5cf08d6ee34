import type { App } from '../../platform/app.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { countAttempt } from '../sessions/attempts.ts'
import { remindHolder } from './credentials.ts'
import { placeholderAddress } from './placeholder-address.ts'
import { prepareRegistration, register, type SignUp } from './register.ts'

/** What happens after a sign-up: the address is to be confirmed in both cases; with `approval` a moderator looks at it, too. */
export type SignedUp = { accountId: AccountId; registrations: Exclude<InstanceSettings['registrations'], 'closed'> }

/**
 * Signs a person up as far as the instance's settings let strangers in. The mail with the confirmation link is queued.
 * For a mail address that has an account already, one is made that can't be confirmed, and a mail tells the holder of the address.
 *
 * @param problems what is wrong besides, to be told with the rest
 * @param address of the client, whose sign-ups are limited
 * @throws Refusal `not_permitted` when registration is closed, `invalid` with the fields that are wrong, `too_many`
 */
export async function signUp(
  app: App,
  input: SignUp,
  address: string,
  problems: FieldProblem[] = [],
): Promise<SignedUp> {
  const { registrations } = await loadSettings(app.db)
  if (registrations === 'closed') throw new Refusal('not_permitted', 'Registration is closed')
  const missing: FieldProblem[] =
    registrations === 'approval' && !input.reason?.trim()
      ? [{ field: 'reason', code: 'ERR_BLANK', message: 'can’t be blank' }]
      : []
  // Mistyped forms are counted apart: checking them costs little, and people get them right at the second try.
  await countAttempt(app, `sign-up form from ${addressGroup(address)}`, { count: 40, minutes: 60 })
  const registration = await prepareRegistration(app, input, false, [...problems, ...missing])
  await countAttempt(app, `sign-up from ${addressGroup(address)}`, { count: 5, minutes: 30 })
  const isApproved = registrations === 'open'
  const accountId = await app.db.transaction((tx) => register(tx, app.uris, registration, { isApproved }))
  if (accountId) return { accountId, registrations }
  const stillborn = await app.db.transaction((tx) =>
    register(tx, app.uris, { ...registration, email: placeholderAddress() }, { isApproved, isQuiet: true }),
  )
  await remindHolder(app, registration.email)
  // The address is new, so that nothing stands in its way.
  return { accountId: stillborn!, registrations }
}
