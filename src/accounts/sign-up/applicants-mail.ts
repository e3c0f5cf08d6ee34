/** The mail that tells a moderator how many people wait for approval: one an hour at most. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { hasRoleOf, roleLists } from '../../notices/notify.ts'
import { addJobs } from '../../outbox/add-jobs.ts'
import type { App } from '../../platform/app.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { Recipient } from '../recipient.ts'
import { rolesWith } from '../roles/roles.ts'
import { countAttempt, TooMany } from '../sessions/attempts.ts'
import { countApplicants } from './applicants.ts'

/** The recipient and the number of people who wait; null if nobody waits, or the person does not manage accounts or wants no such mails. */
export async function pendingApplicantsMail(
  { db }: Pick<App, 'db'>,
  staffId: AccountId,
): Promise<{ recipient: Recipient; waiting: number } | null> {
  const [recipient] = await db
    .select({ email: users.email, username: accounts.username, locale: users.locale })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(
      and(
        eq(users.accountId, staffId),
        hasRoleOf(roleLists(await rolesWith(db, 'manage_users'))),
        eq(users.mailsMentions, true),
        isNotNull(users.confirmedAt),
        isNull(users.disabledAt),
        isNull(accounts.suspendedAt),
      ),
    )
  if (!recipient) return null
  const waiting = await countApplicants(db)
  return waiting === 0 ? null : { recipient, waiting }
}

const allowanceOf = (staffId: AccountId): string => `mail about applicants to ${staffId}`

/** Takes the hour's mail. If it was sent already, the job is queued for the next hour: its mail counts all who wait then. */
export async function reserveApplicantsMail(app: App, staffId: AccountId): Promise<boolean> {
  try {
    await countAttempt(app, allowanceOf(staffId), { count: 1, minutes: 60 })
    return true
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    const runAt = new Date(error.report.reset + 1_000)
    const key = `applicants-mail ${staffId}`
    await app.db.transaction((tx) =>
      addJobs(tx, [{ name: 'applicants-mail', payload: { accountId: staffId }, runAt, key }]),
    )
    return false
  }
}

/** Gives the hour's mail back, as it could not be sent. */
export async function releaseApplicantsMail({ db }: Pick<App, 'db'>, staffId: AccountId): Promise<void> {
  await db.execute(sql`delete from attempts where key = ${allowanceOf(staffId)}`)
}
