/**
 * Stores events and queues their consequences (`consequences.ts`) in the transaction of the write: all of it happens, or
 * none.
 */
import { sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { statement } from '../platform/db/statement.ts'
import { addJobs } from './add-jobs.ts'
import { consequences, outdating } from './consequences.ts'
import { type Event, streamedTypes } from './events.ts'
import { type Changed, forgetDocuments } from './forget-documents.ts'
import type { Job } from './jobs.ts'
import { webhookJobs } from './webhooks.ts'

/** The channel of PostgreSQL that tells listeners of new events to read. */
export const eventsChannel = 'events'

/** Queues the jobs of an event, and stores it for listeners, which are notified when the transaction commits. */
export async function emit(tx: Tx, event: Event): Promise<void> {
  await emitAll(tx, [event])
}

/** As `emit`, for several events in as many statements as for one. */
export async function emitAll(tx: Tx, events: readonly Event[]): Promise<void> {
  const jobs = events.flatMap((event) => (consequences[event.type] as (event: Event) => Job[])(event))
  jobs.push(...(await webhookJobs(tx, events)))
  if (jobs.length > 0) await addJobs(tx, jobs)
  const outdated = events.flatMap(
    (event) => (outdating[event.type] as ((event: Event) => Partial<Changed>) | undefined)?.(event) ?? [],
  )
  if (outdated.length > 0) {
    await forgetDocuments(tx, {
      accounts: outdated.flatMap(({ accounts = [] }) => accounts),
      statuses: outdated.flatMap(({ statuses = [] }) => statuses),
      replies: outdated.flatMap(({ replies = [] }) => replies),
    })
  }
  const streamed = events.filter(({ type }) => (streamedTypes as readonly string[]).includes(type))
  if (streamed.length > 0) {
    await write(tx, { events: JSON.stringify(streamed), channel: eventsChannel })
  }
}

const write = statement<{ events: string; channel: string }, Record<string, never>>(
  'write_events',
  ({ events, channel }) =>
    sql`with written as (insert into events (event) select jsonb_array_elements(${events}::jsonb)) select pg_notify(${channel}, '')`,
)
