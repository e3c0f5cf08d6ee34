/** The thread of watchdog.ts. Node.js runs it without loaders, so it imports only types of Pipit. */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import type { Watched } from './watchdog.ts'

const { heartbeat, beatMs, maxSilenceMs } = workerData as Watched
let checkedAt = performance.now()
let heardAt = checkedAt
let heard = 0

setInterval(() => {
  const now = performance.now()
  const count = Atomics.load(heartbeat, 0)
  // This thread was late, too: the machine slept, the process was stopped, or got no processor time.
  const wasLate = now - checkedAt > 2 * beatMs
  checkedAt = now
  if (count !== heard || count === 0 || wasLate) heardAt = now
  heard = count
  if (now - heardAt > maxSilenceMs) end(now - heardAt)
}, beatMs)

function end(silentMs: number): void {
  try {
    writeSync(
      2,
      `Pipit did nothing for ${Math.round(silentMs / 1_000)} seconds, so it hangs. It ends, to be started again\n`,
    )
  } catch {
    // Nobody reads it.
  }
  process.kill(process.pid, 'SIGKILL')
}
