import { type Extension, newFileName } from '../platform/storage/names.ts'
import type { Content, Storage } from '../platform/storage/storage.ts'

/** Files that are stored for a row: they are removed again unless the row is written (`keep`). */
export type PendingFiles = AsyncDisposable & {
  put(extension: Extension, content: Content): Promise<string>
  keep(): void
}

export function pendingFiles(storage: Storage): PendingFiles {
  const names: string[] = []
  return {
    async put(extension, content) {
      const name = newFileName(extension)
      names.push(name)
      await storage.put(name, content)
      return name
    },
    keep() {
      names.length = 0
    },
    async [Symbol.asyncDispose]() {
      // Failures here are ignored: the error before them is the one to report.
      await Promise.allSettled(names.map((name) => storage.remove(name)))
    },
  }
}
