/** Tokens that those who own the machine make by hand. */
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

/** Ids of apps that register are random, so none of them has this one. */
const clientId = 'command-line'

/**
 * Makes a token for an account; it belongs to an app of its own, whose secret nobody knows.
 *
 * @throws Refusal `not_permitted` when a scope is more than the role may do
 */
export async function commandLineToken(
  tx: Tx,
  accountId: AccountId,
  role: Role,
  wanted: Scope[],
): Promise<IssuedToken> {
  const allowed = grantable(wanted, role)
  const beyond = wanted.filter((scope) => !allowed.includes(scope))
  if (beyond.length > 0) throw new Refusal('not_permitted', `The role ${role} does not allow ${beyond.join(' ')}`)
  return issueToken(tx, await commandLine(tx), accountId, allowed)
}

async function commandLine(tx: Tx): Promise<ApplicationId> {
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
  // It was there, or has just been made.
  return app!.id
}
