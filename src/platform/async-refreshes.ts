/** Work that continues after an answer. Apps may ask for its progress. */
import type { App } from './app.ts'
import type { Reader, Tx } from './db/index.ts'
import { readValue, writeValue } from './db/kv.ts'
import { hourMs } from './time.ts'

/** `resultCount`: the number of results so far. */
export type AsyncRefresh = { id: string; status: 'running' | 'finished'; resultCount: number }

/** Work that takes longer than this has failed. No app asks about work that ended longer ago. */
const keptMs = hourMs

const keyOf = (id: string): string => `async-refresh ${id}`

/** The id of a piece of work for apps: always the same for the same work, and impossible to guess. */
export const refreshId = ({ secrets }: Pick<App, 'secrets'>, work: string): string =>
  secrets.sign('links', `async-refresh ${work}`)

/** Records that work has started. */
export async function startRefresh(tx: Tx, id: string): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'running', resultCount: 0 })
}

/** Records the number of results of work that still goes on. */
export async function countRefresh(tx: Tx, id: string, resultCount: number): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'running', resultCount })
}

/** Records that work is done. */
export async function finishRefresh(tx: Tx, id: string, resultCount: number): Promise<AsyncRefresh> {
  return write(tx, { id, status: 'finished', resultCount })
}

/** Null for unknown work, and for work that ended long ago. */
export async function readRefresh(db: Reader, id: string): Promise<AsyncRefresh | null> {
  const stored = await readValue(db, keyOf(id))
  return stored === undefined ? null : { id, ...(stored as Omit<AsyncRefresh, 'id'>) }
}

async function write(tx: Tx, refresh: AsyncRefresh): Promise<AsyncRefresh> {
  const { id, ...state } = refresh
  await writeValue(tx, keyOf(id), state, keptMs)
  return refresh
}
