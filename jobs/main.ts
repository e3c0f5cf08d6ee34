/** `npm run worker`: a process that only runs jobs. Any number of workers may share a database. */
import { runUntilStopped } from '#src/process/lifecycle.ts'
import { openApp } from '#src/process/runtime.ts'
import { tidyUp } from '#src/process/tidy.ts'
import { apiTasks } from '../api/tasks.ts'
import { remoteLookup } from '../federation/fetching/lookup.ts'
import { createDispatcher, loadFedify } from '../federation/index.ts'
import { federationTasks } from '../federation/tasks.ts'
import { crontab } from './crontab.ts'
import { indexOldStatuses } from './index-statuses.ts'
import { tasks } from './tasks.ts'
import { watchdog } from './watchdog.ts'
import { startWorker } from './worker.ts'

await runUntilStopped(async (closing, stopping) => {
  const app = await openApp({ role: 'worker', remote: remoteLookup, stopping }, closing)
  closing.use(watchdog())
  await indexOldStatuses(app)
  closing.use(
    await startWorker(
      app,
      (ending) => tasks(app, federationTasks(app, createDispatcher(app), ending), apiTasks(app)),
      crontab,
    ),
  )
  process.stdout.write(`The worker of ${app.config.origin} runs\n`)
  await loadFedify(app)
  await tidyUp()
})
