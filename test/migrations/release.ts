/**
 * The record of the last release, to test later releases beside it: its migrations, rows that fill its tables, and the
 * statements that its processes send. `npm run db:release` writes the folder anew.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export const lastRelease: string = resolve(import.meta.dirname, 'last-release')

export type Statement = { text: string; name: string | undefined; values: unknown[] }
/** One statement, or those of a transaction. */
export type Unit = Statement[]
export type Recording = {
  /** Makes the people and the other rows that the lanes refer to. Played once. */
  setup: Unit[]
  /** The work of several processes at once: each has people of its own, so that none waits for another. */
  lanes: Unit[][]
}

/** As it is written: each text once, a unit a line. Bytes are in base64. */
type Stored = { texts: string[]; setup: StoredUnit[]; lanes: StoredUnit[][] }
type StoredUnit = [text: number, name: string | null, values: unknown[]][]

export async function writeRecording(folder: string, { setup, lanes }: Recording): Promise<void> {
  const texts = [...new Set([setup, ...lanes].flat(2).map(({ text }) => text))]
  const places = new Map(texts.map((text, place) => [text, place]))
  const stored = (units: Unit[]) =>
    `[\n${units.map((unit) => JSON.stringify(unit.map(({ text, name, values }) => [places.get(text), name ?? null, values.map(packed)]))).join(',\n')}\n]`
  const lines = [
    `"texts": [\n${texts.map((text) => JSON.stringify(text)).join(',\n')}\n]`,
    `"setup": ${stored(setup)}`,
    `"lanes": [${lanes.map(stored).join(', ')}]`,
  ]
  await writeFile(join(folder, 'statements.json'), `{\n${lines.join(',\n')}\n}\n`)
}

export async function readRecording(folder: string): Promise<Recording> {
  const { texts, setup, lanes } = JSON.parse(await readFile(join(folder, 'statements.json'), 'utf8')) as Stored
  const units = (stored: StoredUnit[]): Unit[] =>
    stored.map((unit) =>
      unit.map(([place, name, values]) => ({
        text: texts[place] ?? '',
        name: name ?? undefined,
        values: values.map(unpacked),
      })),
    )
  return { setup: units(setup), lanes: lanes.map(units) }
}

function packed(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') }
  return typeof value === 'bigint' ? String(value) : value
}

function unpacked(value: unknown): unknown {
  const bytes = typeof value === 'object' && value !== null && 'base64' in value ? value.base64 : undefined
  return typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : value
}
