/** The storage of files. Names are random and flat, and hold nothing that a person typed. */
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { isFileName } from './names.ts'

/** First and last byte of a part of a file. */
export type ByteRange = { start: number; end: number }

export type StoredFile = {
  bytes: number
  /** The file, or a part of it; a reader that stops destroys the stream. */
  read: (range?: ByteRange) => Promise<Readable>
}

/** Bytes to be stored, or the path of a file with them. */
export type Content = Buffer | { path: string }

export type Storage = {
  /** Stores a file under a name of `newFileName`, wholly or not at all. */
  put(name: string, content: Content): Promise<void>
  get(name: string): Promise<StoredFile | null>
  /** Removes a file; a missing one is fine. */
  remove(name: string): Promise<void>
}

/** Keeps files in a local folder, spread over 256 subfolders. */
export function localStorage(folder: string): Storage {
  const pathOf = (name: string) => join(folder, name.slice(0, 2), name)
  return {
    async put(name, content) {
      if (!isFileName(name)) throw new TypeError(`Not a file name of ours: ${name}`)
      const part = `${pathOf(name)}.part`
      await mkdir(join(folder, name.slice(0, 2)), { recursive: true })
      try {
        await (Buffer.isBuffer(content) ? writeFile(part, content) : copyFile(content.path, part))
        await rename(part, pathOf(name))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    async get(name) {
      if (!isFileName(name)) return null
      const path = pathOf(name)
      const stats = await stat(path).catch(() => null)
      return stats && { bytes: stats.size, read: async (range) => createReadStream(path, range) }
    },
    async remove(name) {
      if (isFileName(name)) await rm(pathOf(name), { force: true })
    },
  }
}
