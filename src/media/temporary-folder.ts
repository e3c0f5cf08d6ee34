/** Temporary folders for files that are being uploaded or converted; each is removed when the work is done. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../platform/config.ts'
import { dayMs } from '../platform/time.ts'

export type TemporaryFolder = AsyncDisposable & { path(name: string): string }

const leftoverMs = dayMs
const folderOf = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'tmp')

/** Makes a folder for a piece of work: `await using folder = await openTemporaryFolder(config)`. */
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

/** Removes the folders of processes that were killed. */
export async function sweepTemporaryFolders(config: Pick<Config, 'dataDir'>): Promise<void> {
  for (const name of await readdir(folderOf(config)).catch(() => [])) {
    const path = join(folderOf(config), name)
    const stats = await stat(path).catch(() => null)
    if (stats && stats.mtimeMs < Date.now() - leftoverMs) await rm(path, { recursive: true, force: true })
  }
}
