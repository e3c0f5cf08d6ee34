/**
 * `npm start` and `npm run web`: a process that serves the website, the API and federation, and with `--with-worker`
 * also runs jobs.
 */
import { join } from 'node:path'
import { hasOwner, setupToken } from '#src/instance/setup-link.ts'
import type { App } from '#src/platform/app.ts'
import { runUntilStopped } from '#src/process/lifecycle.ts'
import { openApp } from '#src/process/runtime.ts'
import { tidyUp } from '#src/process/tidy.ts'
import { apiTasks } from '../api/tasks.ts'
import { remoteLookup } from '../federation/fetching/lookup.ts'
import { createDispatcher, loadFedify } from '../federation/index.ts'
import { federationTasks } from '../federation/tasks.ts'
import { crontab } from '../jobs/crontab.ts'
import { indexOldStatuses } from '../jobs/index-statuses.ts'
import { tasks } from '../jobs/tasks.ts'
import { watchdog } from '../jobs/watchdog.ts'
import { startWorker } from '../jobs/worker.ts'
import { serve } from './server.ts'

await runUntilStopped(async (closing, stopping) => {
  const app = await openApp({ role: 'web', remote: remoteLookup, stopping }, closing)
  const parts = [await serve(app)]
  // In parallel, so that a slow job and a slow request share the time limit.
  closing.defer(async () => void (await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()))))
  if (process.argv.includes('--with-worker')) {
    closing.use(watchdog())
    await indexOldStatuses(app)
    parts.push(
      await startWorker(
        app,
        (ending) => tasks(app, federationTasks(app, createDispatcher(app), ending), apiTasks(app)),
        crontab,
      ),
    )
  }
  await greet(app)
  await loadFedify(app)
  await tidyUp()
})

/** Prints the URL, the data folder and the next step for the operator. */
async function greet({ config, db, secrets }: App): Promise<void> {
  const lines = [`Pipit runs at ${config.origin}`, `Data lies in ${config.dataDir}`]
  if (!config.smtpUrl) lines.push(`Mails are written to ${join(config.dataDir, 'mail')}, as SMTP_URL is not set`)
  if (!(await hasOwner(db)))
    lines.push(`Make the owner's account at ${config.origin}/setup?token=${setupToken(secrets)}`)
  process.stdout.write(`${lines.join('\n')}\n`)
}
