/** Apps: programs that people authorize to act for them. */
import { timingSafeEqual } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { applications } from '../../platform/db/schema/oauth.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import { type ApplicationId, newId } from '../../platform/ids.ts'
import { webUrl } from '../../platform/web-url.ts'
import { cleanName } from '../../text/clean.ts'
import { countAttempt } from './attempts.ts'
import { parseRedirectUris } from './redirect-uris.ts'
import { defaultScopes, parseScopes, type Scope } from './scopes.ts'
import { hashSecret, newSecret } from './tokens.ts'

export type Application = {
  id: ApplicationId
  name: string
  website: string | null
  clientId: string
  redirectUris: string[]
  scopes: Scope[]
}

export type ApplicationInput = { name: string; redirectUris: string[]; scopes?: string; website?: string }

const columns = {
  id: applications.id,
  name: applications.name,
  website: applications.website,
  clientId: applications.clientId,
  redirectUris: applications.redirectUris,
  scopes: applications.scopes,
}

/**
 * Registers an app.
 *
 * @param address of the client, whose registrations are limited
 * @returns the app with its secret, of which only the hash is stored
 * @throws Refusal `invalid` with the fields that are wrong, `too_many` after 5 in 10 minutes from one address
 */
export async function registerApplication(
  app: App,
  input: ApplicationInput,
  address: string,
): Promise<Application & { clientSecret: string }> {
  const checked = checkApplication(input)
  await countAttempt(app, `apps from ${addressGroup(address)}`, { count: 5, minutes: 10 })
  return app.db.transaction((tx) => createApplication(tx, checked))
}

/** Stores an app whose fields were checked. */
export async function createApplication(
  tx: Tx,
  checked: Omit<Application, 'id' | 'clientId'>,
): Promise<Application & { clientSecret: string }> {
  const clientSecret = newSecret()
  const [added] = await tx
    .insert(applications)
    .values({
      ...checked,
      id: newId<ApplicationId>(),
      clientId: newSecret(),
      clientSecretHash: hashSecret(clientSecret),
    })
    .returning(columns)
  return { ...(added as Application), clientSecret }
}

function checkApplication(input: ApplicationInput): Omit<Application, 'id' | 'clientId'> {
  const problems: FieldProblem[] = []
  const name = cleanName(input.name, 60)
  const redirectUris = parseRedirectUris(input.redirectUris)
  const scopes = input.scopes?.trim() ? parseScopes(input.scopes) : [...defaultScopes]
  const website = input.website?.trim() ? webUrl(input.website) : null
  if (name === '') problems.push({ field: 'client_name', code: 'ERR_BLANK', message: 'can’t be blank' })
  if (!redirectUris)
    problems.push({
      field: 'redirect_uris',
      code: 'ERR_INVALID',
      message: 'must be https addresses, http addresses of the device itself, or addresses with the app’s own scheme',
    })
  if (!scopes) problems.push({ field: 'scopes', code: 'ERR_INVALID', message: 'must exist on this server' })
  if (input.website?.trim() && !website)
    problems.push({ field: 'website', code: 'ERR_INVALID', message: 'must be a web address' })
  if (problems.length > 0 || !redirectUris || !scopes) {
    throw new Refusal('invalid', `${problems.map(({ field, message }) => `${field} ${message}`).join(', ')}`, problems)
  }
  return { name, website, redirectUris, scopes }
}

/** The app with a client id; null when there is none. */
export async function applicationByClientId(db: Reader, clientId: string): Promise<Application | null> {
  const [row] = await db.select(columns).from(applications).where(eq(applications.clientId, clientId))
  return (row as Application | undefined) ?? null
}

export async function loadApplication(db: Reader, id: ApplicationId): Promise<Application | null> {
  const [row] = await db.select(columns).from(applications).where(eq(applications.id, id))
  return (row as Application | undefined) ?? null
}

/** The app with a client id and secret; null when there is none, or the secret is wrong. */
export async function authenticateApplication(
  db: Reader,
  clientId: string,
  clientSecret: string,
): Promise<Application | null> {
  const [row] = await db
    .select({ ...columns, hash: applications.clientSecretHash })
    .from(applications)
    .where(eq(applications.clientId, clientId))
  if (!row) return null
  const { hash, ...application } = row
  return timingSafeEqual(hash, hashSecret(clientSecret)) ? (application as Application) : null
}
