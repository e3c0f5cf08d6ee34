import { processMedia } from '#src/media/process.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'

/** Makes of an upload what is shown. One that is gone, or done, is left alone. */
export async function workOffMedia(
  app: App,
  { mediaId }: Jobs['media'],
  signal: AbortSignal | undefined,
): Promise<void> {
  await processMedia(app, mediaId, signal)
}
