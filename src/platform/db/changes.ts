/**
 * What processes keep in memory of the database until somebody changes it. Whoever writes says so in the same transaction: its own
 * process forgets what it keeps when the transaction has committed, all others when PostgreSQL notifies them. Only a process that
 * listens keeps anything; when its connection breaks, it keeps nothing until the next one stands.
 */
import { sql } from 'drizzle-orm'
import { afterCommit, type Db, type Reader, type Tx } from './index.ts'
import { listenFor } from './listen.ts'
import { statement } from './statement.ts'

/** `settings` with the texts of the instance; `rules` of the instance; `profiles` of people here, with their roles. */
export type Topic = 'settings' | 'rules' | 'profiles'

const channel = 'changes'
/** For each database that is listened to, what stands for the state of each topic. */
const states = new WeakMap<object, Map<string, object>>()

const tell = statement<{ topic: string }, Record<string, never>>(
  'notify_of_change',
  ({ topic }) => sql`select pg_notify(${sql.raw(`'${channel}'`)}, ${topic})`,
)

/** Lets all processes read anew what they keep of a topic, as soon as the transaction has committed. */
export async function changed(tx: Pick<Tx, 'execute'>, topic: Topic): Promise<void> {
  await tell(tx as Tx, { topic })
  afterCommit(tx, (db) => void states.get(db)?.delete(topic))
}

/** Something that is another after each change of a topic; null where changes are not heard of, as in a transaction. */
export function stateOf(db: Reader, topic: Topic): object | null {
  const known = states.get(db)
  if (!known) return null
  const state = known.get(topic) ?? {}
  known.set(topic, state)
  return state
}

/** Hears of changes, also those of other processes, until it is disposed of. */
export function followChanges(db: Db): AsyncDisposable {
  const listener = listenFor(
    db,
    channel,
    // Something may have changed while nobody listened.
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
