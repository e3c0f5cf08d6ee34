import { eq } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { applications } from '../../platform/db/schema/oauth.ts'
import { type ApplicationId, newId } from '../../platform/ids.ts'
import { outOfBand } from './redirect-uris.ts'
import { scopes } from './scopes.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** The names of built-in apps by their client ids. Those of registered apps are random, so none of them has one of these. */
const names = { 'command-line': 'Command line', 'own-tokens': 'Access token' } as const

/** The id of a built-in app, whose secret nobody knows. Tokens that no registered app asked for belong to it. */
export async function ensureBuiltInApp(tx: Tx, clientId: keyof typeof names): Promise<ApplicationId> {
  await tx
    .insert(applications)
    .values({
      id: newId<ApplicationId>(),
      name: names[clientId],
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
