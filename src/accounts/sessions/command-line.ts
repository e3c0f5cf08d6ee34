/** Tokens that an admin creates on the command line. */
import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { applications } from '../../platform/db/schema/oauth.ts'
import { Refusal } from '../../platform/errors.ts'
import { type AccountId, type ApplicationId, newId } from '../../platform/ids.ts'
import { issueToken, type IssuedToken } from './access-tokens.ts'
import { outOfBand } from './redirect-uris.ts'
import type { Role } from './roles.ts'
import { grantable, type Scope, scopes } from './scopes.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** Client ids of registered apps are random, so none of them has this one. */
const clientId = 'command-line'

/**
 * Creates a token for an account. It belongs to a built-in app, whose secret nobody knows.
 *
 * @throws Refusal `not_permitted` when the role does not allow a scope
 */
export async function commandLineToken(
  tx: Tx,
  accountId: AccountId,
  role: Role,
  wanted: Scope[],
): Promise<IssuedToken> {
  const allowed = grantable(wanted, role)
  const notAllowed = wanted.filter((scope) => !allowed.includes(scope))
  if (notAllowed.length > 0)
    throw new Refusal('not_permitted', `The role ${role} does not allow ${notAllowed.join(' ')}`)
  return issueToken(tx, await ensureCommandLineApp(tx), accountId, allowed)
}

async function ensureCommandLineApp(tx: Tx): Promise<ApplicationId> {
  await tx
    .insert(applications)
    .values({
      id: newId<ApplicationId>(),
      name: 'Command line',
      clientId,
      clientSecretHash: hashSecret(newSecret()),
      redirectUris: [outOfBand],
      scopes: [...scopes],
    })
    .onConflictDoNothing()
  const [app] = await tx.select({ id: applications.id }).from(applications).where(eq(applications.clientId, clientId))
  // The insert above made it, or found it there.
  return app!.id
}
