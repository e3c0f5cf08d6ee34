import { processMedia } from '#src/media/process.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'

/** Processes an upload. A deleted or processed one is left alone. */
export async function workOffMedia(
  app: App,
  { mediaId }: Jobs['media'],
  signal: AbortSignal | undefined,
): Promise<void> {
  await processMedia(app, mediaId, signal)
}
