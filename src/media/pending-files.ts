import { type Extension, newFileName } from '../platform/storage/names.ts'
import type { Content, Storage } from '../platform/storage/storage.ts'

/** Files that are stored for a row: they go again, unless it is written. */
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
      // Whatever went wrong before is the story to tell.
      await Promise.allSettled(names.map((name) => storage.remove(name)))
    },
  }
}
