/** Where files are kept. Names are random and flat; nothing of what a person typed gets into them. */
import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

export type StoredFile = { bytes: number; stream: (range?: { start: number; end: number }) => Readable }

export type Storage = {
  /** Stores a file under a name of `newFileName`. It is there in whole, or not at all. */
  put(name: string, content: Buffer): Promise<void>
  get(name: string): Promise<StoredFile | null>
  /** Removes a file; a missing one is fine. */
  remove(name: string): Promise<void>
}

const wellFormed = /^[a-z0-9]{32}\.[a-z0-9]{1,5}$/

/** Keeps files in a local folder, spread over 256 subfolders. */
export function localStorage(folder: string): Storage {
  const pathOf = (name: string) => join(folder, name.slice(0, 2), name)
  return {
    async put(name, content) {
      if (!wellFormed.test(name)) throw new TypeError(`Not a file name of ours: ${name}`)
      const path = pathOf(name)
      await mkdir(join(folder, name.slice(0, 2)), { recursive: true })
      await writeFile(`${path}.part`, content)
      await rename(`${path}.part`, path)
    },
    async get(name) {
      if (!wellFormed.test(name)) return null
      const path = pathOf(name)
      const found = await stat(path).catch(() => null)
      return found && { bytes: found.size, stream: (range) => createReadStream(path, range) }
    },
    async remove(name) {
      if (wellFormed.test(name)) await rm(pathOf(name), { force: true })
    },
  }
}
