/** Plays recorded statements, as processes of that release would send them. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, DatabaseError } from 'pg'
import { readRecording, type Statement, type Unit } from './release.ts'

/** The connection settings of a process's pool, and the errors after which it repeats a transaction. */
const settings = { statement_timeout: 30_000, lock_timeout: 10_000, options: '-c TimeZone=UTC -c jit=off' }
const transient = new Set(['40001', '40P01'])
const tries = 3

/** Offset of ids from one round to the next: an hour, which is longer than the recording, so that no id is used twice. */
const hour = 3_600_000n << 16n
/** Ids have 18 digits until the year 2453. */
const idsIn = /\b\d{18}\b/g

export type Played = { statements: number; rounds: number; failures: string[]; slowest: { ms: number; text: string } }

/** Fills a database that has the schema of a release. */
export async function fill(url: string, folder: string): Promise<void> {
  const client = new Client({ connectionString: url, ...settings })
  await client.connect()
  for (const unit of (await readRecording(folder)).setup) await play(client, unit)
  await client.query(await readFile(join(folder, 'fill.sql'), 'utf8'))
  await client.end()
}

/**
 * Replays the recorded statements of a release repeatedly, on one connection for each lane, until the signal to stop.
 *
 * @param atLeast rounds of each lane that are played in any case
 */
export async function replay(url: string, folder: string, atLeast: number, signal: AbortSignal): Promise<Played> {
  const { setup, lanes } = await readRecording(folder)
  const old = new Set(setup.flat().flatMap(({ values }) => JSON.stringify(values).match(idsIn) ?? []))
  const played: Played = { statements: 0, rounds: 0, failures: [], slowest: { ms: 0, text: '' } }
  await Promise.all(
    lanes.map(async (lane) => {
      const client = new Client({ connectionString: url, ...settings })
      await client.connect()
      for (let round = 1; round <= atLeast || !signal.aborted; round++) {
        for (const unit of lane) await play(client, renewed(unit, round, old), played)
        played.rounds++
      }
      await client.end()
    }),
  )
  return played
}

/** A unit with other ids in place of those that were made in it or in the same round. */
function renewed(unit: Unit, round: number, old: Set<string>): Unit {
  const moved = (text: string) =>
    text.replaceAll(idsIn, (id) => (old.has(id) ? id : String(BigInt(id) + BigInt(round) * hour)))
  const renew = (value: unknown): unknown => {
    if (typeof value === 'string') return moved(value)
    if (Buffer.isBuffer(value) || value === null || typeof value !== 'object') return value
    return JSON.parse(moved(JSON.stringify(value)))
  }
  return unit.map((statement) => ({ ...statement, values: statement.values.map(renew) }))
}

async function play(client: Client, unit: Unit, played?: Played): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (unit.length > 1) await client.query('begin')
      for (const statement of unit) await send(client, statement, played)
      if (unit.length > 1) await client.query('commit')
      return
    } catch (error) {
      if (unit.length > 1) await client.query('rollback')
      const isTransient = unit.length > 1 && error instanceof DatabaseError && transient.has(error.code ?? '')
      if (isTransient && attempt < tries) continue
      if (!played) throw error
      return
    }
  }
}

async function send(client: Client, { text, name, values }: Statement, played?: Played): Promise<void> {
  const began = performance.now()
  try {
    await client.query({ text, values, ...(name ? { name } : {}) })
  } catch (error) {
    const isTransient = error instanceof DatabaseError && transient.has(error.code ?? '')
    if (!isTransient) played?.failures.push(`${(error as Error).message}: ${text.slice(0, 200)}`)
    throw error
  }
  if (!played) return
  played.statements++
  const ms = performance.now() - began
  if (ms > played.slowest.ms) played.slowest = { ms, text: text.slice(0, 200) }
}
