/**
 * A process for the jobs that have to run alone (src/platform/queue/worker-deaths.ts): it runs them one after the other, and exits. A worker
 * starts it, and kills it if it hangs; its death affects nothing else.
 */
import { EventEmitter } from 'node:events'
import { runOnce, type WorkerEvents } from 'graphile-worker'
import { guarded } from '#src/platform/queue/guard.ts'
import { startHeartbeat } from '#src/platform/queue/heartbeat.ts'
import { queueLogger } from '#src/platform/queue/logger.ts'
import { aloneName, leaveJobs } from '#src/platform/queue/worker-deaths.ts'
import { runUntilStopped } from '#src/process/lifecycle.ts'
import { openApp } from '#src/process/runtime.ts'
import { apiTasks } from '../api/tasks.ts'
import { remoteLookup } from '../federation/fetching/lookup.ts'
import { createDispatcher } from '../federation/index.ts'
import { federationTasks } from '../federation/tasks.ts'
import { aliveMs } from './alone-process.ts'
import { tasks } from './tasks.ts'

await runUntilStopped(async (closing) => {
  const end = () => process.kill(process.pid, 'SIGTERM')
  setInterval(() => process.send?.('alive'), aliveMs).unref()
  process.once('disconnect', end)
  const app = await openApp({ role: 'command', remote: remoteLookup }, closing)
  const events: WorkerEvents = new EventEmitter()
  events.once('pool:create', ({ workerPool: { id } }) => {
    closing.use(startHeartbeat(app.db, [id]))
    closing.defer(() => leaveJobs(app.db, [id]))
  })
  const taskList = Object.fromEntries(
    Object.entries(guarded(tasks(app, federationTasks(app, createDispatcher(app)), apiTasks(app)))).map(
      ([name, task]) => [aloneName(name), task],
    ),
  )
  runOnce({
    pgPool: app.db.$client,
    taskList,
    concurrency: 1,
    noHandleSignals: true,
    logger: queueLogger,
    events,
  }).finally(end)
})
