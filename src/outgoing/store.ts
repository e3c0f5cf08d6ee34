import { sql } from 'drizzle-orm'
import { addJobs } from '../outbox/add-jobs.ts'
import type { Tx } from '../platform/db/index.ts'
import { constant, statementsOf } from '../platform/db/statement.ts'
import { type AccountId, type ActivityId, newId, type StatusId } from '../platform/ids.ts'
import { digestOfNobody, followersDigests } from '../relationships/followers-digest.ts'
import { recipientKind, recipientRows, type Recipients, type RecipientValues, recipientValues } from './recipients.ts'

/** An activity, byte for byte as it will be sent. */
export type OutgoingActivity = {
  /**
   * Its id, if it is free. It gives the order of events: jobs run in parallel, and the first event is to be sent
   * first.
   */
  order: ActivityId
  uri: string
  /** The account that signs; null for the instance itself. */
  accountId: AccountId | null
  type: string
  body: string
  /** The local status or boost that the activity delivers: the inboxes that get it are stored. */
  brings?: StatusId | null
  recipients: Recipients
  /** Whether only followers may see it: then each server gets a digest of its followers as this server knows them. */
  isForFollowers: boolean
  /** Whether it may wait for everything else: idle hosts get it a few at a time. */
  isUnhurried?: boolean
}

/** Time between two hosts that get an unhurried activity. */
const unhurriedMs = 50

/**
 * Stores an activity once, with a delivery for each inbox, and queues the job that sends them. Deliveries never leave
 * PostgreSQL, whatever their number. Does nothing if an activity with the URI is stored already.
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
  // The host is due now, unless it is down or leased. Its row is locked in any case, so that a lease that ends right
  // now sees
  // these deliveries. Rows are locked in the order of the names, as everywhere.
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

/** Queues the job that sends due deliveries. Only one waits at a time. */
export async function wakeDelivery(tx: Pick<Tx, 'execute'>): Promise<void> {
  await addJobs(tx, [{ name: 'deliver', payload: {}, key: 'deliver' }])
}
