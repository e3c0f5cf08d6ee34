/**
 * Notifications that values cached in memory have changed in the database. A writer announces a change in its own transaction: its
 * process drops the cached values when the transaction has committed, other processes when PostgreSQL notifies them. Only a process
 * that listens caches anything; when its connection breaks, it caches nothing until the next connection is open.
 */
import { sql } from 'drizzle-orm'
import { afterCommit, type Db, type Reader, type Tx } from './index.ts'
import { listenFor } from './listen.ts'
import { statement } from './statement.ts'

/**
 * `settings` with the texts of the instance; `rules` of the instance; `profiles` of people here, with their roles; `applicants`, who
 * wait for approval; `roles` themselves; `announcements`; open `reports`; `appeals`; `webhooks`; `networks` that are
 * blocked.
 */
export type Topic =
  | 'settings'
  | 'rules'
  | 'profiles'
  | 'applicants'
  | 'roles'
  | 'reports'
  | 'appeals'
  | 'webhooks'
  | 'networks'
  | 'announcements'

const channel = 'changes'
/** For each database with a listener, an object for the current state of each topic. */
const states = new WeakMap<object, Map<string, object>>()

const sendNotification = statement<{ topic: string }, Record<string, never>>(
  'notify_of_change',
  ({ topic }) => sql`select pg_notify(${sql.raw(`'${channel}'`)}, ${topic})`,
)

/** Makes all processes load the cached values of a topic again, as soon as the transaction has committed. */
export async function changed(tx: Pick<Tx, 'execute'>, topic: Topic): Promise<void> {
  await sendNotification(tx as Tx, { topic })
  afterCommit(tx, (db) => void states.get(db)?.delete(topic))
}

/** An object that is replaced after each change of a topic; null without notifications of changes, as in a transaction. */
export function stateOf(db: Reader, topic: Topic): object | null {
  const topics = states.get(db)
  if (!topics) return null
  const state = topics.get(topic) ?? {}
  topics.set(topic, state)
  return state
}

/** Listens for changes, also those of other processes, until it is disposed of. */
export function followChanges(db: Db): AsyncDisposable {
  const listener = listenFor(
    db,
    channel,
    // A topic may have changed while the connection was closed.
    (topic) => (topic === null ? states.set(db, new Map()) : states.get(db)?.delete(topic)),
    () => states.delete(db),
  )
  return {
    async [Symbol.asyncDispose]() {
      states.delete(db)
      await listener[Symbol.asyncDispose]()
    },
  }
}
