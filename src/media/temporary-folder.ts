/** Files on their way: what is being uploaded or converted, in a folder that goes when the work is done. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../platform/config.ts'
import { dayMs } from '../platform/time.ts'

export type TemporaryFolder = AsyncDisposable & { path(name: string): string }

const leftoverMs = dayMs
const folderOf = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'tmp')

/** Makes a folder for a piece of work: `await using scratch = await openScratch(config)`. */
export async function openTemporaryFolder(config: Pick<Config, 'dataDir'>): Promise<TemporaryFolder> {
  await mkdir(folderOf(config), { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(folderOf(config), 'work-'))
  return {
    path: (name) => join(folder, name),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Removes what processes left that were killed in the middle of their work. */
export async function sweepTemporaryFolders(config: Pick<Config, 'dataDir'>): Promise<void> {
  for (const name of await readdir(folderOf(config)).catch(() => [])) {
    const path = join(folderOf(config), name)
    const found = await stat(path).catch(() => null)
    if (found && found.mtimeMs < Date.now() - leftoverMs) await rm(path, { recursive: true, force: true })
  }
}
