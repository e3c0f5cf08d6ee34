/** Kills this process when it hangs: a job in an endless loop keeps everything else from running, including every other check. */
import { url as debuggerUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { minuteMs } from '#src/platform/time.ts'

/** A process that is silent for this long hangs. Even on a busy machine nothing blocks the event loop for as long. */
const maxSilenceMs = minuteMs
/** The number of heartbeats in that time. */
const beats = 12

/** The data of the thread: a counter of heartbeats, 0 while a debugger may stop the process. */
export type Watched = { heartbeat: Int32Array; beatMs: number; maxSilenceMs: number }

/**
 * Starts a thread that watches this process until it is disposed of: when the event loop is blocked for a minute, the thread writes a
 * message and kills the process. Then a service manager starts it again, and its jobs count as those of any dead worker.
 */
export function watchdog(silenceMs = maxSilenceMs): AsyncDisposable {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4))
  const beatMs = silenceMs / beats
  let count = 0
  const beat = () => {
    count = (count % 1_000_000) + 1
    Atomics.store(heartbeat, 0, debuggerUrl() ? 0 : count)
  }
  beat()
  const timer = setInterval(beat, beatMs).unref()
  const workerData: Watched = { heartbeat, beatMs, maxSilenceMs: silenceMs }
  // Without the loaders of this process, which it does not need and which would take their memory twice.
  const thread = new Worker(new URL('watchdog-thread.js', import.meta.url), { workerData, execArgv: [] })
  thread.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await thread.terminate()
    },
  }
}
