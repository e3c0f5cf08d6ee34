/** Work that goes on after an answer, and of which an app may ask how it goes. */
import type { App } from './app.ts'
import type { Reader, Tx } from './db/index.ts'
import { readValue, writeValue } from './db/kv.ts'
import { hourMs } from './time.ts'

/** `resultCount`: what has come of it so far. */
export type AsyncRefresh = { id: string; status: 'running' | 'finished'; resultCount: number }

/** Work that took longer than this has failed, and nobody asks about work that ended so long ago. */
const keptMs = hourMs

const keyOf = (id: string): string => `async-refresh ${id}`

/** What apps know a piece of work by: always the same for the same work, and not to be guessed. */
export const refreshId = ({ secrets }: Pick<App, 'secrets'>, work: string): string =>
  secrets.sign('links', `async-refresh ${work}`)

/** Says that work goes on. */
export async function startRefresh(tx: Tx, id: string): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'running', resultCount: 0 })
}

/** Says what came of work that still goes on. */
export async function countRefresh(tx: Tx, id: string, resultCount: number): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'running', resultCount })
}

/** Says that work is done. */
export async function finishRefresh(tx: Tx, id: string, resultCount: number): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'finished', resultCount })
}

/** Null for work that nobody heard of, or that ended long ago. */
export async function readRefresh(db: Reader, id: string): Promise<AsyncRefresh | null> {
  const found = await readValue(db, keyOf(id))
  return found === undefined ? null : { id, ...(found as Omit<AsyncRefresh, 'id'>) }
}

async function write(tx: Tx, refresh: AsyncRefresh): Promise<AsyncRefresh> {
  const { id, ...state } = refresh
  await writeValue(tx, keyOf(id), state, keptMs)
  return refresh
}
