/** Access tokens that people make for programs of their own. They have a name and may expire. */
import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { accessTokens } from '../../platform/db/schema/oauth.ts'
import { type FieldProblem, notFound, Refusal } from '../../platform/errors.ts'
import type { AccountId, TokenId } from '../../platform/ids.ts'
import { cleanName } from '../../text/clean.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import { withPowers } from '../roles/roles.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endToken, isUnexpired, issueToken } from './access-tokens.ts'
import { ensureBuiltInApp } from './built-in-apps.ts'
import { grantable, isScope, type Scope } from './scopes.ts'

/** Days after which a token may expire; null: never. */
export const tokenDays = [7, 30, 90, 365, null] as const
export type TokenDays = (typeof tokenDays)[number]

export const maxTokenName = 60
/** Tokens of one account that have not ended. */
const maxTokens = 50
/** Expired tokens are listed until they are cleaned up; so there may be more than `maxTokens`. */
const maxListed = 200

export type OwnToken = {
  id: TokenId
  name: string
  scopes: Scope[]
  createdAt: Date
  /** Null: never. */
  expiresAt: Date | null
  isExpired: boolean
  lastUsedAt: Date | null
  lastAddress: string | null
}

const isOwn = (accountId: AccountId) =>
  and(eq(accessTokens.accountId, accountId), isNotNull(accessTokens.name), isNull(accessTokens.revokedAt))

/** The tokens that an account made itself, the latest first, also expired ones. */
export async function loadOwnTokens(db: Reader, accountId: AccountId): Promise<OwnToken[]> {
  const rows = await db
    .select({
      id: accessTokens.id,
      name: accessTokens.name,
      scopes: accessTokens.scopes,
      createdAt: accessTokens.createdAt,
      expiresAt: accessTokens.expiresAt,
      isExpired: sql<boolean>`not ${isUnexpired}`,
      lastUsedAt: accessTokens.lastUsedAt,
      lastAddress: accessTokens.lastAddress,
    })
    .from(accessTokens)
    .where(isOwn(accountId))
    .orderBy(desc(accessTokens.id))
    .limit(maxListed)
  return rows.map((row) => ({ ...row, name: row.name ?? '', scopes: row.scopes as Scope[] }))
}

export type NewToken = { name: string; scopes: readonly string[]; days: TokenDays }

/**
 * Makes a token for a program of the person's own.
 *
 * @returns the token, of which only the hash is stored
 * @throws Refusal `invalid` with the fields that are wrong, `not_permitted` for scopes that the role can't grant, or when there are
 *   50 tokens already
 */
export async function makeOwnToken(
  tx: Tx,
  accountId: AccountId,
  { name, scopes, days }: NewToken,
  client: Client,
): Promise<string> {
  const clean = cleanName(name, maxTokenName)
  const problems: FieldProblem[] = []
  if (clean === '') problems.push(problemWith('name', 'ERR_BLANK', 'blank'))
  if (scopes.length === 0) problems.push(problemWith('scope', 'ERR_BLANK', 'chooseScope'))
  else if (!scopes.every(isScope)) problems.push(problemWith('scope', 'ERR_INVALID', 'notOffered'))
  if (!tokenDays.includes(days)) problems.push(problemWith('days', 'ERR_INVALID', 'notOffered'))
  if (problems.length > 0) throw new Refusal('invalid', problems.map((one) => one.message).join(', '), problems)

  // Locked, so that tokens that are made at the same moment are counted, and the role stays what it is.
  const [user] = await tx
    .select({ role: users.role, roleId: users.roleId })
    .from(users)
    .where(eq(users.accountId, accountId))
    .for('update')
  const wanted = [...new Set(scopes.filter(isScope))]
  const permissions = user ? (await withPowers(tx, user)).permissions : null
  if (permissions === null || grantable(wanted, permissions).length < wanted.length)
    throw refuse('not_permitted', 'notAllowed')
  const live = await tx.$count(accessTokens, and(isOwn(accountId), isUnexpired))
  if (live >= maxTokens) throw refuse('not_permitted', 'tooManyTokens', { max: maxTokens })

  const { id, token } = await issueToken(tx, await ensureBuiltInApp(tx, 'own-tokens'), accountId, wanted)
  await tx
    .update(accessTokens)
    .set({ name: clean, expiresAt: days === null ? null : sql`now() + ${days} * interval '1 day'` })
    .where(eq(accessTokens.id, id))
  await logSecurity(tx, accountId, 'tokenMade', { client, details: { token: clean } })
  return token
}

/**
 * Deletes a token that the account made itself. Its streams and push subscription end.
 *
 * @throws Refusal `not_found`
 */
export async function endOwnToken(tx: Tx, accountId: AccountId, id: TokenId, client: Client): Promise<void> {
  const [token] = await tx
    .select({ name: accessTokens.name })
    .from(accessTokens)
    .where(and(isOwn(accountId), eq(accessTokens.id, id)))
    .for('update')
  if (!token) throw notFound()
  await endToken(tx, id)
  await logSecurity(tx, accountId, 'tokenEnded', { client, details: { token: token.name ?? '' } })
}
