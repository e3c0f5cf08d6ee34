import { and, eq, or, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import type { Handle } from '../platform/handle.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'

/**
 * SQL condition for the accounts that others may find. It leaves out accounts with an unconfirmed mail address and accounts
 * that wait for a moderator: until then nobody knows whose name it is.
 */
export const isPresent: SQL = sql`not exists (select from users pending where pending.account_id = ${accounts.id}
  and (pending.confirmed_at is null or pending.approved_at is null))`

/** SQL condition for the accounts with one of these handles; uses an index. */
export function handleMatches(handles: Handle[]): SQL | undefined {
  if (handles.length === 0) return sql`false`
  return or(
    ...handles.map(
      ({ username, domain }) =>
        sql`(lower(${accounts.username}) = ${username.toLowerCase()} and coalesce(${accounts.domain}, '') = ${domain ?? ''})`,
    ),
  )
}

/** The username or mail address that a person typed to log in, as `hasLoginName` and limits take it. */
export const loginNameIn = (typed: string): string => typed.trim().toLowerCase().replace(/^@/, '').slice(0, 300)

/** SQL condition, over `users` joined with `accounts`, for the local account with a username or mail address from `loginNameIn`. */
export const hasLoginName = (name: string): SQL | undefined =>
  name.includes('@') ? sql`lower(${users.email}) = ${name}` : handleMatches([{ username: name, domain: null }])

/** The account with a handle; null when this server does not know it. */
export async function accountByHandle(db: Reader, handle: Handle): Promise<AccountId | null> {
  const [row] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(handleMatches([handle]), isPresent))
  return row?.id ?? null
}

/** The account with an ActivityPub id; null when this server does not know it. */
export async function accountByUri(db: Reader, uri: string): Promise<AccountId | null> {
  const [row] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.uri, uri))
  return row?.id ?? null
}

/** The account with an ActivityPub id or page URL; null when this server does not know it. */
export async function accountByUrl(db: Reader, uris: Uris, url: string): Promise<AccountId | null> {
  const own = uris.parse(url)
  if (own?.type === 'profile') return accountByHandle(db, own)
  if (own?.type === 'account') return accountByUri(db, uris.account(own.id))
  const [row] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(or(eq(accounts.uri, url), eq(accounts.url, url)))
    .orderBy(sql`${accounts.uri} = ${url} desc`)
    .limit(1)
  return row?.id ?? null
}

export type AccountHead = {
  id: AccountId
  username: string
  domain: string | null
  uri: string
  suspendedAt: Date | null
  deletedAt: Date | null
}

/** The few columns that decide what may be done with an account; null when there is no such account. */
export async function accountHead(db: Reader, id: AccountId): Promise<AccountHead | null> {
  const [row] = await db
    .select({
      id: accounts.id,
      username: accounts.username,
      domain: accounts.domain,
      uri: accounts.uri,
      suspendedAt: accounts.suspendedAt,
      deletedAt: accounts.deletedAt,
    })
    .from(accounts)
    .where(eq(accounts.id, id))
  return row ?? null
}
