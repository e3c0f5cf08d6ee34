import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ownMigrations } from '#src/platform/db/migrations/files.ts'

export type Journal = {
  version: string
  dialect: string
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[]
}

export const readJournal = async (folder: string): Promise<Journal> =>
  JSON.parse(await readFile(join(folder, 'meta/_journal.json'), 'utf8'))

/** A folder of migrations that goes with the test: those of another folder, ours unless given, and further ones. */
export async function migrationsFolder(
  further: { tag: string; sql: string }[],
  base: string = ownMigrations,
): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'pipit-migrations-'))
  await cp(base, path, { recursive: true })
  const journal = await readJournal(path)
  for (const { tag, sql } of further) {
    const last = journal.entries.at(-1)
    journal.entries.push({
      idx: (last?.idx ?? -1) + 1,
      version: journal.version,
      when: (last?.when ?? 0) + 1_000,
      tag,
      breakpoints: true,
    })
    await writeFile(join(path, `${tag}.sql`), sql)
  }
  await writeFile(join(path, 'meta/_journal.json'), JSON.stringify(journal))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}
