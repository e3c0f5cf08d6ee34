import { cleanUp } from '#src/instance/clean-up.ts'
import type { App } from '#src/platform/app.ts'
import { getLogger } from '#src/platform/log.ts'

const log = getLogger('jobs')

/** Every hour: deletes expired rows and files. */
export async function cleanUpAll(app: App, signal?: AbortSignal): Promise<void> {
  const removed = Object.entries(await cleanUp(app, signal)).filter(([, count]) => count > 0)
  if (removed.length > 0)
    log.info('Removed what had expired: {removed}', {
      removed: removed.map(([kind, count]) => `${kind} ${count}`).join(', '),
    })
}
