import { and, eq, inArray } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import { accounts, accountStats, type Role, users } from '../db/schema/accounts.ts'
import type { AccountId } from '../ids.ts'
import { isPresent } from './find.ts'

type Row = typeof accounts.$inferSelect

/** A public profile with its counters: what pages, the API and other servers are shown of an account. */
export type AccountView = Omit<Row, 'noteSource'> & {
  isLocal: boolean
  /** What a local account may do on this server; null for remote and deleted ones. */
  role: Role | null
  /** Handle without our own host: `alice`, or `bob@remote.example`. */
  acct: string
  statusesCount: number
  followersCount: number
  followingCount: number
  lastStatusAt: Date | null
}

/** Views of accounts by id, in one query, in the order of the ids; those that nobody may see yet, or that are missing, are left out. */
export async function loadAccountViews(db: Reader, ids: AccountId[]): Promise<AccountView[]> {
  const byId = await loadAccountMap(db, ids)
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export async function loadAccountMap(db: Reader, ids: AccountId[]): Promise<Map<AccountId, AccountView>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ account: accounts, stats: accountStats, role: users.role })
    .from(accounts)
    .leftJoin(accountStats, eq(accountStats.accountId, accounts.id))
    .leftJoin(users, eq(users.accountId, accounts.id))
    .where(and(inArray(accounts.id, [...new Set(ids)]), isPresent))
  return new Map(rows.map(({ account, stats, role }) => [account.id, toView(account, stats, role)]))
}

function toView(row: Row, stats: typeof accountStats.$inferSelect | null, role: Role | null): AccountView {
  const { noteSource: _, ...account } = row
  // Of a suspended account others see that it is there, and nothing that it said of itself.
  const blank = account.suspendedAt ? { displayName: '', note: '', fields: [], avatarFile: null, headerFile: null, avatarRemoteUrl: null, headerRemoteUrl: null } : {}
  return {
    ...account,
    ...blank,
    isLocal: account.domain === null,
    role,
    acct: account.domain === null ? account.username : `${account.username}@${account.domain}`,
    statusesCount: stats?.statusesCount ?? 0,
    followersCount: stats?.followersCount ?? 0,
    followingCount: stats?.followingCount ?? 0,
    lastStatusAt: stats?.lastStatusAt ?? null,
  }
}
