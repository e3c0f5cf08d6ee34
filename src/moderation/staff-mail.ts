/** Mails that tell staff what waits for them: appeals, actions that come up for review, webhooks that were turned off. One an hour at most of each. */
import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Recipient } from '../accounts/recipient.ts'
import { hasPermission, type Permission } from '../accounts/roles/permissions.ts'
import { loadRoles, roleOf } from '../accounts/roles/roles.ts'
import { countAttempt, TooMany } from '../accounts/sessions/attempts.ts'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Jobs } from '../outbox/jobs.ts'
import type { App } from '../platform/app.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import { countAppeals, countFailedWebhooks, countReviews } from './waiting.ts'

type About = Jobs['staff-mail']['about']

const permissionFor = {
  appeals: 'manage_appeals',
  reviews: 'manage_users',
  webhooks: 'manage_webhooks',
} as const satisfies Record<About, Permission>

const mailed = and(
  eq(users.mailsMentions, true),
  isNotNull(users.confirmedAt),
  isNull(users.disabledAt),
  isNull(accounts.suspendedAt),
)

const waitingFor: Record<About, (db: Reader) => Promise<number>> = {
  appeals: countAppeals,
  reviews: countReviews,
  webhooks: countFailedWebhooks,
}

/** Queues a mail to each member of staff who may act on it, and wants mails. */
export async function tellStaff(tx: Tx, about: About): Promise<void> {
  const rows = await tx
    .select({ id: users.accountId, role: users.role, roleId: users.roleId })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(sql`(${users.role} <> 'user' or ${users.roleId} is not null)`, mailed))
  const roles = await loadRoles(tx)
  const staff = rows.filter((user) => hasPermission(roleOf(roles, user).permissions, permissionFor[about]))
  if (staff.length > 0)
    await addJobs(
      tx,
      staff.map(({ id }) => ({
        name: 'staff-mail',
        payload: { accountId: id, about },
        key: `staff-mail ${about} ${id}`,
      })),
    )
}

/** The recipient and the number of what waits; null if nothing does, or the person is no staff any more or wants no mails. */
export async function pendingStaffMail(
  db: Reader,
  { accountId, about }: Jobs['staff-mail'],
): Promise<{ recipient: Recipient; waiting: number } | null> {
  const [user] = await db
    .select({
      email: users.email,
      username: accounts.username,
      locale: users.locale,
      role: users.role,
      roleId: users.roleId,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(and(eq(users.accountId, accountId), mailed))
  if (!user) return null
  const { role, roleId, ...recipient } = user
  if (!hasPermission(roleOf(await loadRoles(db), { role, roleId }).permissions, permissionFor[about])) return null
  const waiting = await waitingFor[about](db)
  return waiting === 0 ? null : { recipient, waiting }
}

const allowanceOf = ({ accountId, about }: Jobs['staff-mail']): string => `mail about ${about} to ${accountId}`

/** Takes the hour's mail. If it was sent already, the job is queued for the next hour: its mail counts all that waits then. */
export async function reserveStaffMail(app: App, payload: Jobs['staff-mail']): Promise<boolean> {
  try {
    await countAttempt(app, allowanceOf(payload), { count: 1, minutes: 60 })
    return true
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    const runAt = new Date(error.report.reset + 1_000)
    const key = `staff-mail ${payload.about} ${payload.accountId}`
    await app.db.transaction((tx) => addJobs(tx, [{ name: 'staff-mail', payload, runAt, key }]))
    return false
  }
}

/** Gives the hour's mail back, as it could not be sent. */
export async function releaseStaffMail({ db }: Pick<App, 'db'>, payload: Jobs['staff-mail']): Promise<void> {
  await db.execute(sql`delete from attempts where key = ${allowanceOf(payload)}`)
}
