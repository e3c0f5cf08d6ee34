import { sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import { constant, statementsOf } from '../platform/db/statement.ts'
import { type AccountId, type ActivityId, newId, type StatusId } from '../platform/ids.ts'
import { digestOfNobody, followersDigests } from '../relationships/followers-digest.ts'
import { recipientKind, recipientRows, type Recipients, type RecipientValues, recipientValues } from './recipients.ts'

/** An activity as it will be sent, byte by byte. */
export type OutgoingActivity = {
  /** Its id, if no other one has it: jobs run side by side, and what happened first is to be sent first. */
  order: ActivityId
  uri: string
  /** Who signs; null for the instance itself. */
  accountId: AccountId | null
  type: string
  body: string
  /** The status or boost of ours that whoever gets the activity then has: it is remembered who does. */
  brings?: StatusId | null
  recipients: Recipients
  /** Whether only followers may see it: then each server learns which of them we think it has. */
  isForFollowers: boolean
  /** Whether it may come behind all else: hosts that nothing else waits for get it a few at a time. */
  isUnhurried?: boolean
}

/** Between two hosts that an unhurried activity goes to. */
const unhurriedMs = 50

/**
 * Stores an activity once, with a delivery for each inbox, and wakes who sends them. However many they are, they never leave
 * PostgreSQL. An activity whose URI is known was stored before: then nothing happens.
 */
export async function storeActivity(
  tx: Tx,
  {
    order,
    uri,
    accountId,
    type,
    body,
    brings = null,
    recipients,
    isForFollowers,
    isUnhurried = false,
  }: OutgoingActivity,
): Promise<void> {
  const kind = [
    recipientKind(recipients),
    isForFollowers && accountId ? digested : '',
    isUnhurried ? unhurried : '',
  ].join(' ')
  const added = await store(kind)(tx, {
    ...recipientValues(recipients),
    order,
    otherId: newId<ActivityId>(),
    uri,
    accountId,
    type,
    body,
    brings,
  })
  if (added.length > 0) await wakeDelivery(tx)
}

const [digested, unhurried] = ['digested', 'unhurried']

type Values = RecipientValues &
  Record<'order' | 'otherId' | 'uri' | 'accountId' | 'type' | 'body' | 'brings', string | null>

const store = statementsOf<string, Values, Record<string, unknown>>('store_activity', (kind, values) => {
  const { order, otherId, uri, accountId, type, body, brings } = values
  const [recipients = '', ...features] = kind.split(' ')
  const digests = features.includes(digested) ? followersDigests(accountId as AccountId) : null
  const isUnhurried = features.includes(unhurried)
  // The turn of a host comes now, unless it is down, or somebody has it already. Its row is locked in any case, so that a turn
  // that ends right now sees these deliveries. Locks are taken in the order of the names, as everywhere.
  return sql`
    with activity as (
      insert into activities (id, uri, account_id, status_id, type, body)
      select case when exists (select from activities where id = ${order}::bigint) then ${otherId}::bigint else ${order}::bigint end, ${uri}::text, ${accountId}::bigint, ${brings}::bigint, ${type}::text, ${body}::text
      on conflict (uri) do nothing returning id),
    recipient as (${recipientRows(recipients, values)}),
    added as (
      insert into deliveries (activity_id, inbox_url, host, followers_digest)
      select activity.id, recipient.inbox, recipient.host, ${digests ? sql`case when d.host is null then ${sql.raw(`'${digestOfNobody}'`)} else d.digest end` : sql`null`}
      from activity cross join recipient ${digests ? sql`left join (${digests}) d on d.host = recipient.host` : sql``}
      returning host)
    insert into hosts (host, next_try_at)
    select host, ${isUnhurried ? sql`now() + row_number() over (order by host) * ${constant(unhurriedMs)} * interval '1 millisecond'` : sql`now()`} from (select distinct host from added) as due order by host
    on conflict (host) do update set next_try_at = excluded.next_try_at
    where hosts.next_try_at is null or (${constant(!isUnhurried)} and hosts.failures = 0 and hosts.next_try_at > now() and (hosts.lease_ends_at is null or hosts.lease_ends_at <= now()))
    returning 1`
})

/** Queues the job that sends what is due. One waits at a time. */
export async function wakeDelivery(tx: Pick<Tx, 'execute'>): Promise<void> {
  await addJobs(tx, [{ name: 'deliver', payload: {}, key: 'deliver' }])
}
