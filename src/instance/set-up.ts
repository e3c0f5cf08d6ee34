import { sql } from 'drizzle-orm'
import { prepareRegistration, register, type SignUp } from '../accounts/sign-up/register.ts'
import { storeSettings } from '../moderation/save-settings.ts'
import type { App } from '../platform/app.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'
import { type RegistrationMode } from '../rules/settings.ts'
import { problemWith } from '../text/refusals.ts'
import { hasOwner, opensSetup } from './setup-link.ts'

/**
 * Makes the owner's account and names the instance, once. The owner, who has the link from the terminal, may take reserved
 * names and need not confirm an address.
 *
 * @throws Refusal `not_found` without the right token or when there is an owner, `invalid` with the fields that are wrong
 */
export async function setUpInstance(
  app: App,
  token: string,
  input: SignUp & { title: string; registrations: RegistrationMode },
): Promise<AccountId> {
  if (!(await opensSetup(app.db, app.secrets, token))) throw notFound()
  const title = input.title.trim()
  if (title === '' || title.length > 100) {
    throw new Refusal('invalid', 'title', [problemWith('title', 'ERR_INVALID', 'titleLength', { max: 100 })])
  }
  const registration = await prepareRegistration(app, input, true)
  return app.db.transaction(async (tx) => {
    // A second request at the same moment then finds the owner.
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('setup', 0))`)
    if (await hasOwner(tx)) throw notFound()
    const accountId = await register(tx, app.uris, registration, { role: 'owner', isConfirmed: true })
    if (!accountId) throw new Refusal('invalid', 'email', [problemWith('email', 'ERR_TAKEN', 'inUse')])
    await storeSettings(tx, { title, registrations: input.registrations })
    return accountId
  })
}
