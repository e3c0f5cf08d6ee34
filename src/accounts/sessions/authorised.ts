/** What has access to an account: apps with a token, and browsers that are logged in. */
import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { sessions } from '../../platform/db/schema/accounts.ts'
import { accessTokens, applications, authorizationCodes } from '../../platform/db/schema/oauth.ts'
import { notFound } from '../../platform/errors.ts'
import type { AccountId, ApplicationId } from '../../platform/ids.ts'
import { endTokens } from './access-tokens.ts'
import type { Scope } from './scopes.ts'
import { hashSecret } from './tokens.ts'

export type AuthorisedApp = {
  id: ApplicationId
  name: string
  website: string | null
  /** The scopes of all its tokens together. */
  scopes: Scope[]
  since: Date
  /** The day of its last use; null when it was never used. */
  lastUsedAt: Date | null
}

const maxShown = 200

/** The apps that have access to an account, the latest authorized first. */
export async function loadAuthorisedApps(db: Reader, accountId: AccountId): Promise<AuthorisedApp[]> {
  const rows = await db
    .select({
      id: applications.id,
      name: applications.name,
      website: applications.website,
      scopes: sql<Scope[]>`array(select distinct unnest(t.scopes) from access_tokens t
        where t.account_id = ${accountId} and t.application_id = ${applications.id} and t.revoked_at is null order by 1)`,
      since: sql<Date>`min(${accessTokens.createdAt})`.mapWith(accessTokens.createdAt),
      lastUsedAt: sql<Date | null>`max(${accessTokens.lastUsedAt})`.mapWith(accessTokens.lastUsedAt),
    })
    .from(accessTokens)
    .innerJoin(applications, eq(applications.id, accessTokens.applicationId))
    .where(and(eq(accessTokens.accountId, accountId), isNull(accessTokens.revokedAt)))
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
export async function revokeApp(tx: Tx, accountId: AccountId, applicationId: ApplicationId): Promise<void> {
  await tx
    .delete(authorizationCodes)
    .where(and(eq(authorizationCodes.accountId, accountId), eq(authorizationCodes.applicationId, applicationId)))
  const ended = await endTokens(
    tx,
    and(eq(accessTokens.accountId, accountId), eq(accessTokens.applicationId, applicationId)),
  )
  if (ended === 0) throw notFound()
}

export type OpenSession = { userAgent: string; since: Date; isThis: boolean }

/** The browsers in which an account is logged in, the latest first. */
export async function loadSessions(db: Reader, accountId: AccountId, token: string | null): Promise<OpenSession[]> {
  const rows = await db
    .select({ tokenHash: sessions.tokenHash, userAgent: sessions.userAgent, since: sessions.createdAt })
    .from(sessions)
    .where(and(eq(sessions.accountId, accountId), gt(sessions.expiresAt, sql`now()`)))
    .orderBy(desc(sessions.createdAt))
    .limit(maxShown)
  const ownHash = token === null ? null : hashSecret(token)
  return rows.map(({ tokenHash, userAgent, since }) => ({
    userAgent,
    since,
    isThis: ownHash !== null && ownHash.equals(tokenHash),
  }))
}
