/** A worker, as a process of its own, whose job loops endlessly. It counts as hanging after some seconds of silence. */
import { runUntilStopped } from '#src/process/lifecycle.ts'
import { openApp } from '#src/process/runtime.ts'
import { watchdog } from '../../jobs/watchdog.ts'
import { startWorker } from '../../jobs/worker.ts'

await runUntilStopped(async (closing) => {
  closing.use(watchdog(3_000))
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
  const task = () => {
    for (;;) Math.random()
  }
  closing.use(await startWorker(app, () => ({ 'delete-files': task }), ''))
  process.stdout.write('ready\n')
})
