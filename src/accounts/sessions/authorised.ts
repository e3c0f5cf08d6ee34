/** The apps that have access to an account. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accessTokens, applications, authorizationCodes } from '../../platform/db/schema/oauth.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ApplicationId } from '../../platform/ids.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endTokens } from './access-tokens.ts'
import { loadApplication } from './applications.ts'
import type { Scope } from './scopes.ts'

export type AuthorisedApp = {
  id: ApplicationId
  name: string
  website: string | null
  /** The scopes of all its tokens together. */
  scopes: Scope[]
  since: Date
  /** The hour and address of its last use; null when it was never used, or the address is unknown or deleted. */
  lastUsedAt: Date | null
  lastAddress: string | null
}

const maxShown = 200

/** Tokens with a name are a person's own. */
const ofApp = isNull(accessTokens.name)

/** The apps that have access to an account, the latest authorized first. */
export async function loadAuthorisedApps(db: Reader, accountId: AccountId): Promise<AuthorisedApp[]> {
  const rows = await db
    .select({
      id: applications.id,
      name: applications.name,
      website: applications.website,
      scopes: sql<Scope[]>`array(select distinct unnest(t.scopes) from access_tokens t
        where t.account_id = ${accountId} and t.application_id = ${applications.id} and t.revoked_at is null and t.name is null order by 1)`,
      since: sql<Date>`min(${accessTokens.createdAt})`.mapWith(accessTokens.createdAt),
      lastUsedAt: sql<Date | null>`max(${accessTokens.lastUsedAt})`.mapWith(accessTokens.lastUsedAt),
      lastAddress: sql<
        string | null
      >`(array_agg(${accessTokens.lastAddress} order by ${accessTokens.lastUsedAt} desc nulls last))[1]`,
    })
    .from(accessTokens)
    .innerJoin(applications, eq(applications.id, accessTokens.applicationId))
    .where(and(eq(accessTokens.accountId, accountId), isNull(accessTokens.revokedAt), ofApp))
    .groupBy(applications.id)
    .orderBy(desc(sql`max(${accessTokens.createdAt})`))
    .limit(maxShown)
  return rows
}

/**
 * Revokes an app's access to an account: all its tokens, and codes that it has not exchanged.
 *
 * @throws Refusal `not_found`
 */
export async function revokeApp(
  tx: Tx,
  accountId: AccountId,
  applicationId: ApplicationId,
  client: Client,
): Promise<void> {
  await tx
    .delete(authorizationCodes)
    .where(and(eq(authorizationCodes.accountId, accountId), eq(authorizationCodes.applicationId, applicationId)))
  const ended = await endTokens(
    tx,
    and(eq(accessTokens.accountId, accountId), eq(accessTokens.applicationId, applicationId), ofApp),
  )
  const app = ended > 0 ? await loadApplication(tx, applicationId) : null
  if (!app) throw notFound()
  await logSecurity(tx, accountId, 'appRevoked', { client, details: { app: app.name } })
}
