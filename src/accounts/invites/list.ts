/** Lists of invitations, with the people who came by them: for their maker, and for admins. */
import { and, eq, sql } from 'drizzle-orm'
import { arrayOf, isOneOfIds } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { accounts, invites, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId, InviteId } from '../../platform/ids.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { isLive } from './use.ts'

/** Names that a list shows of the people who came by one invitation. */
const maxNames = 50

export type InviteView = {
  id: InviteId
  maxUses: number | null
  uses: number
  follows: boolean
  expiresAt: Date | null
  revokedAt: Date | null
  createdAt: Date
  /** Whether the link has a use left, was not revoked and has not expired. */
  isLive: boolean
  /** Names of the people who came by it and are here now, the first first; at most 50. */
  people: string[]
}

/** An invitation as its maker sees it. */
export type OwnInvite = InviteView & {
  /** Null when it can't be read any more. */
  code: string | null
  note: string
}

/** An invitation as admins see it: without its code, and without what its maker noted. */
export type InviteOfAnybody = InviteView & { maker: string }

const columns = {
  id: invites.id,
  maxUses: invites.maxUses,
  uses: invites.uses,
  follows: invites.follows,
  expiresAt: invites.expiresAt,
  revokedAt: invites.revokedAt,
  createdAt: invites.createdAt,
  isLive: sql<boolean>`${isLive}`,
}

/** A page of a person's invitations, newest first. */
export async function listOwnInvites(
  db: Reader,
  secrets: Pick<Secrets, 'unseal'>,
  accountId: AccountId,
  page: Page,
): Promise<OwnInvite[]> {
  const { where, orderBy, limit } = slice(invites.id, page)
  const found = await db
    .select({ ...columns, code: invites.code, note: invites.note })
    .from(invites)
    .where(and(eq(invites.accountId, accountId), where))
    .orderBy(orderBy)
    .limit(limit)
  const rows = settle(page, found)
  const people = await arrivedBy(db, rows)
  return rows.map((row) => ({ ...row, code: secrets.unseal(row.code), people: people.get(row.id) ?? [] }))
}

/** A page of all invitations, newest first; with `makerId`, of those of one account. */
export async function listInvites(db: Reader, makerId: AccountId | null, page: Page): Promise<InviteOfAnybody[]> {
  const { where, orderBy, limit } = slice(invites.id, page)
  const found = await db
    .select({ ...columns, maker: accounts.username })
    .from(invites)
    .innerJoin(accounts, eq(accounts.id, invites.accountId))
    .where(and(makerId === null ? undefined : eq(invites.accountId, makerId), where))
    .orderBy(orderBy)
    .limit(limit)
  const rows = settle(page, found)
  const people = await arrivedBy(db, rows)
  return rows.map((row) => ({ ...row, people: people.get(row.id) ?? [] }))
}

/**
 * The names of the people who came by each of some invitations. Until an account is confirmed and approved nobody sees its name,
 * so its inviter doesn't either.
 */
async function arrivedBy(db: Reader, rows: readonly { id: InviteId }[]): Promise<Map<InviteId, string[]>> {
  if (rows.length === 0) return new Map()
  const { rows: found } = await db.execute<{ id: InviteId; people: string[] }>(sql`
    select wanted.id::text as id, array(
      select a.username from users u join accounts a on a.id = u.account_id
      where u.invite_id = wanted.id and u.confirmed_at is not null and u.approved_at is not null
      order by u.account_id limit ${maxNames}) as people
    from unnest(${arrayOf(rows.map(({ id }) => id))}::bigint[]) wanted (id)`)
  return new Map(found.map(({ id, people }) => [id, people]))
}

/** The names of the people who invited some accounts, by account; accounts that came by no invitation are left out. */
export async function invitersOf(db: Reader, accountIds: readonly AccountId[]): Promise<Map<AccountId, string>> {
  if (accountIds.length === 0) return new Map()
  const rows = await db
    .select({ id: users.accountId, inviter: accounts.username })
    .from(users)
    .innerJoin(invites, eq(invites.id, users.inviteId))
    .innerJoin(accounts, eq(accounts.id, invites.accountId))
    .where(isOneOfIds(users.accountId, accountIds))
  return new Map(rows.map(({ id, inviter }) => [id, inviter]))
}
