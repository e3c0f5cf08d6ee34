/** Applicants: people whose sign-up waits for a moderator's approval. */
import { and, asc, eq, gt, inArray, isNotNull, isNull, notLike, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { emitAll } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { isOneOfIds } from '../../platform/db/arrays.ts'
import { cachedUntilChanged } from '../../platform/db/cache.ts'
import { changed } from '../../platform/db/changes.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, invites, users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { countGraphemes, plainText } from '../../text/clean.ts'
import { problemWith } from '../../text/refusals.ts'
import { auditEach } from '../roles/audit.ts'
import { hasPermission } from '../roles/permissions.ts'
import { requirePermission, type Staff } from '../roles/staff.ts'
import { arrived } from './arrived.ts'
import { isPlaceholder } from './placeholder-address.ts'

export type Applicant = {
  id: AccountId
  username: string
  reason: string | null
  /** The host of the mail address. */
  mailHost: string
  /** The client of the sign-up; null if it was deleted, or is not for the viewer. */
  address: string | null
  /** BCP 47 tag. */
  language: string | null
  /** Username of the person whose invitation brought them. */
  inviter: string | null
  createdAt: Date
}

type ApplicantFilter = {
  /** Whether those are listed whose address is confirmed, or the others. */
  isConfirmed: boolean
  /** The last one of the page before. */
  after: AccountId | null
  limit: number
}

const inviters = alias(accounts, 'inviters')

/**
 * A page of applicants, the oldest sign-up first. Those with a placeholder address are left out: nobody can confirm it.
 *
 * @throws Refusal `not_permitted`
 */
export async function loadApplicants(
  db: Reader,
  staff: Staff,
  { isConfirmed, after, limit }: ApplicantFilter,
): Promise<Applicant[]> {
  requirePermission(staff, 'manage_users')
  return db
    .select({
      id: users.accountId,
      username: accounts.username,
      reason: users.signUpReason,
      mailHost: sql<string>`split_part(${users.email}, '@', 2)`,
      address: hasPermission(staff.permissions, 'manage_user_access') ? users.signUpAddress : sql<null>`null`,
      language: users.locale,
      inviter: inviters.username,
      createdAt: users.createdAt,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .leftJoin(invites, eq(invites.id, users.inviteId))
    .leftJoin(inviters, eq(inviters.id, invites.accountId))
    .where(
      and(
        isNull(users.approvedAt),
        isConfirmed ? isNotNull(users.confirmedAt) : isNull(users.confirmedAt),
        notLike(users.email, '%@address.invalid'),
        after ? gt(users.accountId, after) : undefined,
      ),
    )
    .orderBy(asc(users.accountId))
    .limit(limit)
}

/** The names of some applicants, the oldest sign-up first. Leaves out those who wait no more. @throws Refusal `not_permitted` */
export async function applicantNames(
  db: Reader,
  staff: Staff,
  ids: readonly AccountId[],
): Promise<{ id: AccountId; username: string }[]> {
  requirePermission(staff, 'manage_users')
  return db
    .select({ id: users.accountId, username: accounts.username })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(isOneOfIds(users.accountId, ids), isNull(users.approvedAt)))
    .orderBy(asc(users.accountId))
}

/** The reasons of those accounts that wait for approval, with a confirmed address. */
export async function waitingReasons(
  db: Reader,
  ids: readonly AccountId[],
): Promise<Map<AccountId, { reason: string | null }>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: users.accountId, reason: users.signUpReason })
    .from(users)
    .where(and(isOneOfIds(users.accountId, ids), isNull(users.approvedAt), isNotNull(users.confirmedAt)))
  return new Map(rows.map(({ id, reason }) => [id, { reason }]))
}

const maxCounted = 1_000

/** The number of people with a confirmed address who wait for approval, up to 1,000. Cached until it changes. */
export const countApplicants = cachedUntilChanged('applicants', async (db): Promise<number> => {
  const { rows } = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from (select from users where approved_at is null and confirmed_at is not null limit ${maxCounted}) waiting`)
  return rows[0]?.n ?? 0
})

/** Applicants that are answered at once. */
export const applicantsAtOnce = 40

/**
 * Approves sign-ups, and queues a mail to each person. Those who don't wait, or no more, are left out.
 *
 * @returns the approved accounts
 * @throws Refusal `not_permitted` without the permission to manage accounts
 */
export async function approveApplicants(tx: Tx, staff: Staff, ids: readonly AccountId[]): Promise<AccountId[]> {
  requirePermission(staff, 'manage_users')
  const approved = await tx
    .update(users)
    .set({ approvedAt: sql`now()` })
    .where(and(isOneOfIds(users.accountId, ids.slice(0, applicantsAtOnce)), isNull(users.approvedAt)))
    .returning({
      accountId: users.accountId,
      name: sql<string>`(select username from accounts where id = ${users.accountId})`,
    })
  if (approved.length === 0) return []
  const accountIds = approved.map(({ accountId }) => accountId)
  await auditEach(
    tx,
    staff,
    'account',
    'approve',
    approved.map(({ accountId: id, name }) => ({ id, name: `@${name}` })),
  )
  await changed(tx, 'applicants')
  await arrived(tx, accountIds)
  await emitAll(
    tx,
    accountIds.map((accountId) => ({ type: 'account.approved', accountId })),
  )
  return accountIds
}

/** What the mail to a rejected person needs, as their account is gone when it is sent. */
export type RejectionLetter = { username: string; email: string; locale: string | null; text: string }

/** Characters of the text to a rejected person. */
export const maxRejectionText = 1_000

/**
 * Rejects sign-ups. The accounts are deleted without a tombstone: nobody has seen them, so their names are free again. Each person
 * with a confirmed address gets a mail. Those who don't wait, or no more, are left out.
 *
 * @param text added to the mail, if it is not empty
 * @returns the rejected accounts
 * @throws Refusal `not_permitted` without the permission to manage accounts, `invalid` for a text that is too long
 */
export async function rejectApplicants(
  tx: Tx,
  secrets: App['secrets'],
  staff: Staff,
  ids: readonly AccountId[],
  text = '',
): Promise<AccountId[]> {
  requirePermission(staff, 'manage_users')
  const words = checkedLetter(text)
  // Locked, so that nobody is approved and rejected at the same moment.
  const rejected = await tx
    .select({
      accountId: users.accountId,
      username: accounts.username,
      email: users.email,
      locale: users.locale,
      confirmedAt: users.confirmedAt,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(isOneOfIds(users.accountId, ids.slice(0, applicantsAtOnce)), isNull(users.approvedAt)))
    .orderBy(asc(users.accountId))
    .for('update', { of: users })
  if (rejected.length === 0) return []
  const accountIds = rejected.map(({ accountId }) => accountId)
  await tx.delete(accounts).where(inArray(accounts.id, accountIds))
  await auditEach(
    tx,
    staff,
    'account',
    'reject',
    rejected.map(({ accountId: id, username }) => ({ id, name: `@${username}` })),
  )
  await changed(tx, 'applicants')
  const mailed = rejected.filter(({ email, confirmedAt }) => confirmedAt && !isPlaceholder(email))
  await emitAll(
    tx,
    mailed.map(({ accountId, username, email, locale }) => {
      const letter: RejectionLetter = { username, email, locale, text: words }
      return { type: 'applicant.rejected', accountId, letter: secrets.seal(JSON.stringify(letter)) }
    }),
  )
  return accountIds
}

/**
 * The text to a rejected person as it is sent.
 *
 * @throws Refusal `invalid` for a text that is too long
 */
export function checkedLetter(text: string): string {
  const words = plainText(text).trim()
  if (countGraphemes(words) > maxRejectionText) {
    const problem = problemWith('text', 'ERR_TOO_LONG', 'tooManyCharacters', { max: maxRejectionText })
    throw new Refusal('invalid', `Text ${problem.message}`, [problem])
  }
  return words
}
