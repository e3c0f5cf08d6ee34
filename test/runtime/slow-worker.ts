/** A worker, as a process of its own, whose job prints that it has begun and then takes a minute. */
import { setTimeout as sleep } from 'node:timers/promises'
import { runUntilStopped } from '#src/process/lifecycle.ts'
import { openApp } from '#src/process/runtime.ts'
import { startWorker } from '../../jobs/worker.ts'

await runUntilStopped(async (closing) => {
  const app = await openApp(
    {
      role: 'worker',
      remote: () => ({
        account: async () => null,
        url: async () => null,
        refresh: async () => {},
        reread: async () => {},
        interactionPage: async () => null,
      }),
    },
    closing,
  )
  const task = async () => {
    process.stdout.write('begun\n')
    await sleep(60_000)
  }
  closing.use(await startWorker(app, () => ({ 'delete-files': task }), ''))
  process.stdout.write('ready\n')
})
