/** Bearer tokens (RFC 6750): what an app shows to speak for somebody, or for itself. They don't expire; they are revoked. */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { emitAll } from '../../outbox/emit.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { pushSubscriptions } from '../../platform/db/schema/notifications.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import { statement } from '../../platform/db/statement.ts'
import { type AccountId, type ApplicationId, newId, type TokenId } from '../../platform/ids.ts'
import { accountStatusOf } from './account-status.ts'
import type { Scope } from './scopes.ts'
import { type Viewer, viewerColumns, viewerJson } from './sessions.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** What a token gives: to whom, through which app, and what they may do. */
export type Access = {
  tokenId: TokenId
  applicationId: ApplicationId
  scopes: string[]
  /** Null: the app speaks for itself. */
  viewer: Viewer | null
}

export type IssuedToken = { id: TokenId; token: string; scopes: Scope[]; createdAt: Date }

/** Makes a token; what is returned is the only time that it is seen. */
export async function issueToken(
  tx: Tx,
  applicationId: ApplicationId,
  accountId: AccountId | null,
  scopes: Scope[],
): Promise<IssuedToken> {
  const token = newSecret()
  const [added] = await tx
    .insert(accessTokens)
    .values({ id: newId<TokenId>(), tokenHash: hashSecret(token), applicationId, accountId, scopes })
    .returning({ id: accessTokens.id, createdAt: accessTokens.createdAt })
  // An insert that did not throw returned its row.
  return { ...added!, token, scopes }
}

type Found = {
  tokenId: TokenId
  applicationId: ApplicationId
  scopes: string[]
  ofAccount: AccountId | null
  viewer: Viewer | null
}

const findAccess = statement<{ hash: string }, Found>(
  'access_by_token',
  ({ hash }) => sql`
    select ${accessTokens.id} as "tokenId", ${accessTokens.applicationId} as "applicationId", ${accessTokens.scopes}, ${accessTokens.accountId} as "ofAccount",
      case when ${users.accountId} is not null then ${viewerJson} end as viewer
    from access_tokens left join users on ${users.accountId} = ${accessTokens.accountId} left join accounts on ${accounts.id} = ${accessTokens.accountId}
    where ${accessTokens.tokenHash} = decode(${hash}, 'hex') and ${accessTokens.revokedAt} is null`,
)

/** What a token gives; null when there is no such token, or it was revoked. */
export async function accessBy(db: Reader, token: string): Promise<Access | null> {
  const [found] = await findAccess(db, { hash: hashSecret(token).toString('hex') })
  if (!found) return null
  const { ofAccount, ...access } = found
  return ofAccount !== null && !access.viewer ? null : access
}

/**
 * Ends a token. It may be ended before, or never have been.
 *
 * @returns false when it belongs to another app
 */
export async function revokeToken(tx: Tx, applicationId: ApplicationId, token: string): Promise<boolean> {
  const [found] = await tx
    .select({ id: accessTokens.id, applicationId: accessTokens.applicationId })
    .from(accessTokens)
    .where(eq(accessTokens.tokenHash, hashSecret(token)))
  if (!found) return true
  if (found.applicationId !== applicationId) return false
  await endToken(tx, found.id)
  return true
}

export async function endToken(tx: Tx, id: TokenId): Promise<void> {
  await endTokens(tx, eq(accessTokens.id, id))
}

/** Ends every app's access to an account. */
export async function endTokensOf(tx: Tx, accountId: AccountId): Promise<void> {
  await endTokens(tx, eq(accessTokens.accountId, accountId))
}

/**
 * Ends some tokens, and what they had open: streams, by the event, and pushes.
 *
 * @param which condition over access tokens
 * @returns how many ended
 */
export async function endTokens(tx: Tx, which: SQL | undefined): Promise<number> {
  const ended = await tx
    .update(accessTokens)
    .set({ revokedAt: sql`now()` })
    .where(and(which, isNull(accessTokens.revokedAt)))
    .returning({ id: accessTokens.id })
  if (ended.length === 0) return 0
  await tx.delete(pushSubscriptions).where(
    inArray(
      pushSubscriptions.tokenId,
      ended.map(({ id }) => id),
    ),
  )
  await emitAll(
    tx,
    ended.map(({ id }) => ({ type: 'token.revoked', tokenId: id })),
  )
  return ended.length
}

/** Those of some tokens that still give a person access. */
export async function isStillValid(db: Reader, ids: readonly TokenId[]): Promise<Set<TokenId>> {
  const rows = await db
    .select({ id: accessTokens.id, ...viewerColumns })
    .from(accessTokens)
    .innerJoin(users, eq(users.accountId, accessTokens.accountId))
    .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
    .where(and(sql`${accessTokens.id} = any(${arrayOf(ids)}::bigint[])`, isNull(accessTokens.revokedAt)))
  return new Set(rows.filter((viewer) => accountStatusOf(viewer) === 'active').map(({ id }) => id))
}
