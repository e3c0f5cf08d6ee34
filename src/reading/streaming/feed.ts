/**
 * A feed of events as they happen, each once and none left out. `emit` writes a row for an event and sends a NOTIFY
 * without content. A process that receives it, or that was disconnected, reads the new rows. New are the rows that an
 * earlier snapshot of the database did not see yet and the next one does: ids and times are assigned before a
 * transaction commits, so that a cursor over them would skip rows that commit late.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { eventsChannel } from '../../outbox/emit.ts'
import type { StreamedEvent } from '../../outbox/events.ts'
import { type Db, isDatabaseAway } from '../../platform/db/index.ts'
import { listenFor } from '../../platform/db/listen.ts'
import { getLogger } from '../../platform/log.ts'

/** Everything before `from` was read. When more was new than one batch, `to` and `after` are where reading goes on. */
type Position = { from: string; to: string | null; after: string }
type Row = { id: string; event: StreamedEvent }

export type Feed = AsyncDisposable & {
  /** Resolves when the feed has begun: every event that commits later is handed on. */
  started: Promise<void>
}

const log = getLogger('streaming')
const batchSize = 500
/** Longest delay of an event whose NOTIFY got lost without a broken connection. */
const pollMs = 20_000
const retryMs = 500

/**
 * Hands on events in the order in which they were written, a batch at a time.
 *
 * @param onEvents calls `handled` after each event. When it throws, it is called again later, from the first unhandled
 *   event on
 */
export function openFeed(db: Db, onEvents: (events: StreamedEvent[], handled: () => void) => Promise<void>): Feed {
  const ending = new AbortController()
  const { signal } = ending
  let position: Position | null = null
  let isBehind = false
  let reading: Promise<void> | null = null

  const wake = (): void => {
    isBehind = true
    if (!position || signal.aborted) return
    reading ??= catchUp().finally(() => {
      reading = null
      if (isBehind) wake()
    })
  }
  const catchUp = async (): Promise<void> => {
    while (isBehind && position && !signal.aborted) {
      isBehind = false
      try {
        position = await readOn(position)
        if (position.to !== null) isBehind = true
      } catch (error) {
        isBehind = true
        log[isDatabaseAway(error) ? 'warn' : 'error']('New events could not be handed on: {error}', { error })
        await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
      }
    }
  }
  const readOn = async (before: Position): Promise<Position> => {
    const { to, rows } = await readAfter(db, before)
    let handled = 0
    try {
      await onEvents(
        rows.map(({ event }) => event),
        () => void handled++,
      )
    } finally {
      // After a failure in the middle, the rest is read again, up to the same snapshot.
      const last = rows[handled - 1]
      if (last) position = { from: before.from, to, after: last.id }
    }
    return rows.length === batchSize
      ? { from: before.from, to, after: rows.at(-1)?.id ?? before.after }
      : { from: to, to: null, after: '0' }
  }

  const listener = listenFor(db, eventsChannel, wake)
  const timer = setInterval(wake, pollMs).unref()
  const start = async (): Promise<void> => {
    position = { from: await presentSnapshot(db), to: null, after: '0' }
    wake()
  }
  return {
    started: start(),
    async [Symbol.asyncDispose]() {
      ending.abort()
      clearInterval(timer)
      await Promise.all([listener[Symbol.asyncDispose](), reading])
    },
  }
}

async function presentSnapshot(db: Db): Promise<string> {
  const { rows } = await db.execute<{ snapshot: string }>(sql`select pg_current_snapshot()::text as snapshot`)
  // A select without a table has one row.
  return rows[0]!.snapshot
}

/** The next batch of new events, and the snapshot up to which it reads. */
async function readAfter(db: Db, { from, to, after }: Position): Promise<{ to: string; rows: Row[] }> {
  // One statement sees one snapshot, the one that it selects. A row from the future comes from a restored backup.
  const { rows } = await db.execute<{ to: string } & (Row | { id: null; event: null })>(sql`
    with reach as (select coalesce(${to}::pg_snapshot, pg_current_snapshot()) as snapshot)
    select reach.snapshot::text as to, e.id, e.event
    from reach left join lateral (
      select id, event from events
      where transaction >= pg_snapshot_xmin(${from}::pg_snapshot) and not pg_visible_in_snapshot(transaction, ${from}::pg_snapshot)
        and pg_visible_in_snapshot(transaction, reach.snapshot) and id > ${after}::bigint
      order by id limit ${batchSize}
    ) e on true
    order by e.id`)
  return { to: rows[0]!.to, rows: rows.flatMap(({ id, event }) => (id === null ? [] : [{ id, event }])) }
}
