import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'

/** Removes stored files that are no longer shown. A missing file is fine. */
export async function deleteFiles(app: App, { files }: Jobs['delete-files']): Promise<void> {
  for (const file of files) await app.storage.remove(file)
}
