import { and, eq, or, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import type { Handle } from '../platform/handle.ts'
import type { AccountId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'

/**
 * Condition for the accounts that others may find: not those whose mail address is still to be confirmed, or that wait for a
 * moderator. Until then nobody knows whose name it is.
 */
export const isPresent: SQL = sql`not exists (select from users pending where pending.account_id = ${accounts.id}
  and (pending.confirmed_at is null or pending.approved_at is null))`

/** Condition for the accounts with any of some handles, by index. */
export function handleMatches(handles: Handle[]): SQL | undefined {
  if (handles.length === 0) return sql`false`
  return or(
    ...handles.map(
      ({ username, domain }) =>
        sql`(lower(${accounts.username}) = ${username.toLowerCase()} and coalesce(${accounts.domain}, '') = ${domain ?? ''})`,
    ),
  )
}

/** The account with a handle; null when it isn't here. */
export async function accountByHandle(db: Reader, handle: Handle): Promise<AccountId | null> {
  const [found] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(handleMatches([handle]), isPresent))
  return found?.id ?? null
}

/** The account with an ActivityPub id; null when it isn't here. */
export async function accountByUri(db: Reader, uri: string): Promise<AccountId | null> {
  const [found] = await db.select({ id: accounts.id }).from(accounts).where(eq(accounts.uri, uri))
  return found?.id ?? null
}

/** The account with an ActivityPub id or page URL; null when it isn't here. */
export async function accountByUrl(db: Reader, uris: Uris, url: string): Promise<AccountId | null> {
  const own = uris.parse(url)
  if (own?.type === 'profile') return accountByHandle(db, own)
  if (own?.type === 'account') return accountByUri(db, uris.account(own.id))
  const [found] = await db
    .select({ id: accounts.id })
    .from(accounts)
    .where(or(eq(accounts.uri, url), eq(accounts.url, url)))
    .orderBy(sql`${accounts.uri} = ${url} desc`)
    .limit(1)
  return found?.id ?? null
}

export type AccountHead = {
  id: AccountId
  username: string
  domain: string | null
  uri: string
  suspendedAt: Date | null
  deletedAt: Date | null
}

/** The few facts of an account that decide what may be done; null when it isn't here. */
export async function accountHead(db: Reader, id: AccountId): Promise<AccountHead | null> {
  const [found] = await db
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
  return found ?? null
}
