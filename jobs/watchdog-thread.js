// @ts-check
/** The thread of watchdog.ts. Plain JavaScript: to read TypeScript, the thread would load a compiler, which takes 15 MB. */
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'

const { heartbeat, beatMs, maxSilenceMs } = /** @type {import('./watchdog.ts').Watched} */ (workerData)
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

/** @param {number} silentMs */
function end(silentMs) {
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
