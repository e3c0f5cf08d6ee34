/** Migrations as drizzle-kit writes them into a folder. Their first lines say how they are applied. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

export type Migration = {
  /** Name of its file, without the ending. */
  tag: string
  /** When it was written (milliseconds). The database records migrations by this number. */
  when: number
  /** SHA-256 of the file, as drizzle's own migrator stores it. */
  hash: string
  statements: string[]
  /** False for `create index concurrently` and the like. */
  isTransactional: boolean
  /** Processes that don't know the migration with this `when` can't run beside this migration; null: all older processes can. */
  breaksBefore: number | null
}

/** The folder of the migrations of this Pipit. */
export const ownMigrations: string = resolve(import.meta.dirname, '../../../../drizzle')

const outside = '-- outside of a transaction'
const breaks = /^-- breaks before (\S+)$/
const byFolder = new Map<string, Promise<Migration[]>>()

/**
 * The migrations in a folder, the oldest first. Each folder is read once a process: an update replaces the files while older
 * processes run, and those keep their own list.
 */
export function migrationsIn(folder: string): Promise<Migration[]> {
  const migrations = byFolder.get(folder) ?? read(folder)
  byFolder.set(folder, migrations)
  return migrations
}

async function read(folder: string): Promise<Migration[]> {
  const { entries } = JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string; when: number }[]
  }
  return Promise.all(
    entries.map(async ({ tag, when }) =>
      parse({ tag, when, text: await readFile(join(folder, `${tag}.sql`), 'utf8') }, entries),
    ),
  )
}

function parse(
  { tag, when, text }: { tag: string; when: number; text: string },
  journal: { tag: string; when: number }[],
): Migration {
  const remarks = remarksOf(text)
  return {
    tag,
    when,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: text.split('--> statement-breakpoint').filter((statement) => statement.trim() !== ''),
    isTransactional: remarks[0] !== outside,
    breaksBefore: breaksBefore(tag, remarks, journal),
  }
}

/** The comments at the beginning of a migration, a line each. */
export function remarksOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  const end = lines.findIndex((line) => !line.startsWith('-- '))
  return end === -1 ? lines : lines.slice(0, end)
}

function breaksBefore(tag: string, remarks: string[], journal: { tag: string; when: number }[]): number | null {
  const named = remarks.map((remark) => breaks.exec(remark)?.[1]).find((name) => name !== undefined)
  if (named === undefined) return null
  const needed = journal.find((entry) => entry.tag === named)
  if (!needed) throw new Error(`The migration ${tag} breaks before ${named}, which does not exist`)
  return needed.when
}
