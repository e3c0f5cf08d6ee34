/** Ends this process when it hangs: a job in a loop without an end keeps everything else from running, also all that could notice. */
import { url as debuggerUrl } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { minuteMs } from '#src/platform/time.ts'

/** A process that is silent for so long hangs. Longer than anything that it does in one go, on a busy machine. */
const maxSilenceMs = minuteMs
/** How many heartbeats there are in that time. */
const beats = 12

/** What the thread is given: a counter of heartbeats, 0 while a debugger may stop the process. */
export type Watched = { heartbeat: Int32Array; beatMs: number; maxSilenceMs: number }

/**
 * Has a thread watch over this process until it is disposed of: when the event loop stands still for a minute, it says so and kills the
 * process. Then a service manager starts it again, and its jobs are counted as those of any worker that died.
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
  const thread = new Worker(new URL('watchdog-thread.ts', import.meta.url), { workerData, execArgv: [] })
  thread.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await thread.terminate()
    },
  }
}
