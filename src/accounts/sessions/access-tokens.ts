/**
 * Bearer tokens (RFC 6750): an app acts with one for a person, or for itself. Those of apps don't expire; they are revoked. Those that
 * people make themselves (`own-tokens.ts`) may expire.
 */
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { emitAll } from '../../outbox/emit.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { pushSubscriptions } from '../../platform/db/schema/notifications.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import { statement } from '../../platform/db/statement.ts'
import { type AccountId, type ApplicationId, newId, type TokenId } from '../../platform/ids.ts'
import { withPowers } from '../roles/roles.ts'
import { accountStatusOf } from './account-status.ts'
import { grantable, type Scope } from './scopes.ts'
import { type StoredViewer, type Viewer, viewerColumns, viewerJson } from './sessions.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** The access that a token gives: its app, its scopes, and the account that the app acts for. */
export type Access = {
  tokenId: TokenId
  applicationId: ApplicationId
  scopes: string[]
  /** Null when the app acts for itself. */
  viewer: Viewer | null
}

export type IssuedToken = { id: TokenId; token: string; scopes: Scope[]; createdAt: Date }

/** Creates a token. Only its hash is stored, so the returned value can't be read again. */
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

/** Whether a token has not expired. Columns with the name of their table, for joins. */
export const isUnexpired = sql`(${accessTokens.expiresAt} is null or ${accessTokens.expiresAt} > now())`

type AccessRow = {
  tokenId: TokenId
  applicationId: ApplicationId
  scopes: string[]
  ofAccount: AccountId | null
  viewer: StoredViewer | null
}

const findAccess = statement<{ hash: string }, AccessRow>(
  'access_by_token',
  ({ hash }) => sql`
    select ${accessTokens.id} as "tokenId", ${accessTokens.applicationId} as "applicationId", ${accessTokens.scopes}, ${accessTokens.accountId} as "ofAccount",
      case when ${users.accountId} is not null then ${viewerJson} end as viewer
    from access_tokens left join users on ${users.accountId} = ${accessTokens.accountId} left join accounts on ${accounts.id} = ${accessTokens.accountId}
    where ${accessTokens.tokenHash} = decode(${hash}, 'hex') and ${accessTokens.revokedAt} is null and ${isUnexpired}`,
)

/**
 * The access that a token gives; null when there is no such token, it was revoked, or has expired. Of scopes that the account's role
 * could grant when the token was made, but can't any more, nothing is left.
 */
export async function accessBy(db: Reader, token: string): Promise<Access | null> {
  const [row] = await findAccess(db, { hash: hashSecret(token).toString('hex') })
  if (!row) return null
  const { ofAccount, ...access } = row
  if (ofAccount !== null && !access.viewer) return null
  const viewer = access.viewer && (await withPowers(db, access.viewer))
  return { ...access, viewer, scopes: grantable(access.scopes as Scope[], viewer?.permissions ?? 0n) }
}

/**
 * Revokes a token. An unknown or revoked token is fine.
 *
 * @returns false when it belongs to another app
 */
export async function revokeToken(tx: Tx, applicationId: ApplicationId, token: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: accessTokens.id, applicationId: accessTokens.applicationId })
    .from(accessTokens)
    .where(eq(accessTokens.tokenHash, hashSecret(token)))
  if (!row) return true
  if (row.applicationId !== applicationId) return false
  await endToken(tx, row.id)
  return true
}

export async function endToken(tx: Tx, id: TokenId): Promise<void> {
  await endTokens(tx, eq(accessTokens.id, id))
}

/** Revokes all tokens of an account. */
export async function endTokensOf(tx: Tx, accountId: AccountId): Promise<void> {
  await endTokens(tx, eq(accessTokens.accountId, accountId))
}

/**
 * Revokes tokens, deletes their push subscriptions, and closes their streams (by the event).
 *
 * @param which condition over access tokens
 * @returns the number of tokens that were revoked
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

/** The tokens among `ids` that still give access to an active account. */
export async function isStillValid(db: Reader, ids: readonly TokenId[]): Promise<Set<TokenId>> {
  const rows = await db
    .select({ id: accessTokens.id, ...viewerColumns })
    .from(accessTokens)
    .innerJoin(users, eq(users.accountId, accessTokens.accountId))
    .innerJoin(accounts, eq(accounts.id, accessTokens.accountId))
    .where(and(sql`${accessTokens.id} = any(${arrayOf(ids)}::bigint[])`, isNull(accessTokens.revokedAt), isUnexpired))
  return new Set(rows.filter((viewer) => accountStatusOf(viewer) === 'active').map(({ id }) => id))
}
