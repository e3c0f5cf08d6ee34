import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import { emitAll } from '../outbox/emit.ts'
import { arrayOf } from '../platform/db/arrays.ts'
import type { Tx } from '../platform/db/index.ts'
import type { Role } from '../platform/db/schema/accounts.ts'
import { notificationRequests, notifications, type NotificationType } from '../platform/db/schema/notifications.ts'
import { constant, statementsOf } from '../platform/db/statement.ts'
import {
  type AccountId,
  type CollectionId,
  newId,
  type NotificationId,
  type RelationId,
  type ReportId,
  type RoleId,
  type SeveranceId,
  type StatusId,
  type StrikeId,
} from '../platform/ids.ts'
import { groupKeys, isGroupable } from './grouping.ts'
import { isNotifiable, policyOutcome, policyOutcomes } from './policy.ts'

/** The action of an account that causes a notification, and its object. */
export type Cause = {
  type: NotificationType
  from: AccountId
  statusId?: StatusId
  collectionId?: CollectionId
  reportId?: ReportId
  severanceId?: SeveranceId
  strikeId?: StrikeId
}
export type Notice = Cause & { for: AccountId }

/** Types of which only the latest counts: a second edit notifies again. */
const renewed: readonly NotificationType[] = ['update', 'quoted_update', 'collection_update']

/** Types that a person may want to answer: when filtered, they make a notification request. */
export const requestTypes = ['mention', 'quote'] as const satisfies NotificationType[]

/**
 * Notifies a local account. Does nothing for remote accounts, for the account's own actions, where one of the two blocks the
 * other, where the sender, its server or the thread is muted or blocked, where the recipient's policy drops the notification,
 * and the second time. A notification that the policy filters is stored as such, without an event.
 */
export async function notify(tx: Tx, { for: recipient, ...cause }: Notice): Promise<void> {
  await notifyEach(tx, cause, [recipient])
}

/**
 * Notifies several accounts of one action, in as many statements as one.
 *
 * @returns the notified accounts, without those for which it was filtered, dropped or repeated
 */
export async function notifyEach(tx: Tx, cause: Cause, recipients: readonly AccountId[]): Promise<AccountId[]> {
  if (recipients.length === 0) return []
  return notifyAudience(tx, cause, 'each', { accountIds: arrayOf(recipients) })
}

/** Notifies the authors of quoting statuses that the quoted one was edited, in as many statements as one. */
export async function notifyQuoters(
  tx: Tx,
  from: AccountId,
  quoting: ReadonlyArray<{ id: StatusId; accountId: AccountId }>,
): Promise<void> {
  if (quoting.length === 0) return
  await notifyAudience(tx, { type: 'quoted_update', from }, 'quoters', {
    accountIds: arrayOf(quoting.map(({ accountId }) => accountId)),
    statusIds: arrayOf(quoting.map(({ id }) => id)),
  })
}

/** Some roles of staff: names of built-in ones, and ids of those that admins made. */
export type StaffRoles = { builtIn: Role[]; made: RoleId[] }

/** SQL condition for local accounts with one of some roles; `users` is the table or its alias. Both arms have an index. */
export const hasRoleOf = ({ builtIn, made }: { builtIn: string; made: string }): SQL =>
  sql`((role <> 'user' and role_id is null and role = any(${builtIn}::text[])) or role_id = any(${made}::bigint[]))`

/** `StaffRoles` as the parameters of `hasRoleOf`. */
export const roleLists = ({ builtIn, made }: StaffRoles) => ({ builtIn: arrayOf(builtIn), made: arrayOf(made) })

/** Notifies all members of staff with one of some roles whose accounts are active. */
export async function notifyStaff(tx: Tx, roles: StaffRoles, cause: Cause): Promise<void> {
  await notifyAudience(tx, cause, 'staff', roleLists(roles))
}

type NewNotification = {
  id: NotificationId
  accountId: AccountId
  isFiltered: boolean
  mails: boolean
  pushes: RelationId[]
}

/** The recipients: accounts that are notified about the same status, or none; accounts with a status each; or staff of some roles. */
type Audience = 'each' | 'quoters' | 'staff'
type RecipientIds = { accountIds?: string; statusIds?: string; builtIn?: string; made?: string }

async function notifyAudience(
  tx: Tx,
  cause: Cause,
  audience: Audience,
  { accountIds = '{}', statusIds = '{}', builtIn = '{}', made = '{}' }: RecipientIds = {},
): Promise<AccountId[]> {
  const {
    type,
    from,
    statusId = null,
    collectionId = null,
    reportId = null,
    severanceId = null,
    strikeId = null,
  } = cause
  const keys = groupKeys(type, statusId)
  const values = {
    from,
    statusId,
    collectionId,
    reportId,
    severanceId,
    strikeId,
    accountIds,
    statusIds,
    builtIn,
    made,
    groupKeys: keys && arrayOf(keys),
    newKey: keys?.at(-1) ?? null,
  }
  const kind = `${type} ${audience}` as const
  if (renewed.includes(type)) await forgetEarlier(kind)(tx, values)
  const rows = await store(kind)(tx, values)

  const filtered = rows.filter(({ isFiltered }) => isFiltered)
  if (filtered.length > 0 && (requestTypes as readonly string[]).includes(type))
    await request(
      tx,
      from,
      filtered.map(({ accountId }) => accountId),
    )
  const added = rows.filter(({ isFiltered }) => !isFiltered)
  await emitAll(
    tx,
    added.map(({ id, mails, pushes }) => ({ type: 'notification.created', notificationId: id, mails, pushes })),
  )
  return added.map(({ accountId }) => accountId)
}

type Kind = `${NotificationType} ${Audience}`
type Values = Record<
  | 'from'
  | 'statusId'
  | 'collectionId'
  | 'reportId'
  | 'severanceId'
  | 'strikeId'
  | 'accountIds'
  | 'statusIds'
  | 'groupKeys'
  | 'newKey',
  string | null
> & { builtIn: string; made: string }

/** Rows of `account_id` and its `status_id`, or null. */
function recipientsOf(audience: Audience, { accountIds, statusId, statusIds, builtIn, made }: Values): SQL {
  if (audience === 'quoters')
    return sql`select * from unnest(${accountIds}::bigint[], ${statusIds}::bigint[]) as quoting (account_id, status_id)`
  if (audience === 'staff')
    return sql`select account_id, ${statusId}::bigint as status_id from users where ${hasRoleOf({ builtIn, made })} and confirmed_at is not null and disabled_at is null`
  return sql`select unnest(${accountIds}::bigint[]) as account_id, ${statusId}::bigint as status_id`
}

/** Types are names of our own, so that a statement may hold its type. */
const partsOf = (kind: Kind) => {
  const [type, audience] = kind.split(' ') as [NotificationType, Audience]
  return { type, audience, typeName: sql.raw(`'${type}'`) }
}

const forgetEarlier = statementsOf<Kind, Values, Record<string, never>>('unnotify', (kind, values) => {
  const { audience, typeName } = partsOf(kind)
  return sql`delete from notifications n using (${recipientsOf(audience, values)}) recipient
    where n.account_id = recipient.account_id and n.status_id is not distinct from recipient.status_id and n.collection_id is not distinct from ${values.collectionId}::bigint and n.type = ${typeName} and n.from_account_id = ${values.from}::bigint`
})

const store = statementsOf<Kind, Values, NewNotification>('notify', (kind, values) => {
  const { type, audience, typeName } = partsOf(kind)
  const { from, collectionId, reportId, severanceId, strikeId } = values
  return sql`
    with added as (
      insert into notifications (account_id, type, from_account_id, status_id, collection_id, report_id, severance_id, strike_id, is_filtered, group_key)
      select judged.account_id, ${typeName}, ${from}::bigint, judged.status_id, ${collectionId}::bigint, ${reportId}::bigint, ${severanceId}::bigint, ${strikeId}::bigint,
        judged.outcome = ${constant(policyOutcomes.filter)}, case when judged.outcome = ${constant(policyOutcomes.accept)} then ${groupKeyFor(type, values)} end
      from (
        select u.account_id, recipient.status_id, ${policyOutcome(type)} as outcome
        from (${recipientsOf(audience, values)}) recipient
        join users u on u.account_id = recipient.account_id
        join accounts sender on sender.id = ${from}::bigint
        left join statuses s on s.id = recipient.status_id
        left join notification_policies p on p.account_id = u.account_id
        where ${isNotifiable(type, reportId)}
      ) judged
      where judged.outcome <> ${constant(policyOutcomes.drop)}
      on conflict do nothing
      returning id, account_id, is_filtered)
    select added.id, added.account_id as "accountId", added.is_filtered as "isFiltered",
      ${constant(type === 'mention')} and u.mails_mentions and u.confirmed_at is not null and u.disabled_at is null as mails,
      ${subscriptionsFor(typeName, from)} as pushes
    from added join users u on u.account_id = added.account_id`
})

/** The key of the newest group that is still open, or of a new one. */
function groupKeyFor(type: NotificationType, { groupKeys: keys, newKey }: Values): SQL {
  if (!isGroupable(type)) return sql`null`
  // Keys differ in their last digits only, so the greatest is the latest.
  return sql`coalesce((select max(n.group_key) from notifications n where n.account_id = judged.account_id and n.group_key = any(${keys}::text[])), ${newKey})`
}

/** The push subscriptions that a notification of a type goes to, by their alerts and their policy. */
function subscriptionsFor(typeName: SQL, from: string | null): SQL {
  return sql`array(
    select ps.id::text from push_subscriptions ps join access_tokens t on t.id = ps.token_id
    where ps.account_id = added.account_id and not added.is_filtered and t.revoked_at is null and (t.expires_at is null or t.expires_at > now()) and ps.alerts ->> ${typeName} = 'true' and case ps.policy
      when 'all' then true
      when 'followed' then exists (select from follows f where f.follower_id = added.account_id and f.target_id = ${from}::bigint)
      when 'follower' then exists (select from follows f where f.follower_id = ${from}::bigint and f.target_id = added.account_id)
      else false end)`
}

async function request(tx: Tx, from: AccountId, of: AccountId[]): Promise<void> {
  await tx
    .insert(notificationRequests)
    .values(of.map((accountId) => ({ id: newId<RelationId>(), accountId, fromAccountId: from })))
    .onConflictDoUpdate({
      target: [notificationRequests.accountId, notificationRequests.fromAccountId],
      set: { updatedAt: sql`now()` },
    })
  // A sender that was accepted while this waited for the request's row needs no request any more.
  const permitted = sql`(account_id, from_account_id) in (select account_id, from_account_id from notification_permissions where from_account_id = ${from} and account_id = any(${arrayOf(of)}::bigint[]))`
  const { rowCount } = await tx.execute(sql`delete from notification_requests where ${permitted}`)
  if (rowCount) await tx.execute(sql`update notifications set is_filtered = false where ${permitted} and is_filtered`)
}

/** Deletes a notification whose cause was undone. */
export async function unnotify(tx: Tx, notice: Notice): Promise<void> {
  await tx
    .delete(notifications)
    .where(and(eq(notifications.accountId, notice.for), eq(notifications.type, notice.type), about(notice)))
}

const about = (cause: Cause): SQL | undefined =>
  and(
    eq(notifications.fromAccountId, cause.from),
    cause.statusId ? eq(notifications.statusId, cause.statusId) : isNull(notifications.statusId),
    cause.collectionId ? eq(notifications.collectionId, cause.collectionId) : isNull(notifications.collectionId),
    cause.reportId ? eq(notifications.reportId, cause.reportId) : isNull(notifications.reportId),
    cause.severanceId ? eq(notifications.severanceId, cause.severanceId) : isNull(notifications.severanceId),
    cause.strikeId ? eq(notifications.strikeId, cause.strikeId) : isNull(notifications.strikeId),
  )
