/** Time-outs of tests, in one place, and long enough for a machine ten times slower than usual. */
import { setTimeout as sleep } from 'node:timers/promises'

/** For one thing to happen. Waits poll, so that they cost nothing on a quick machine. */
export const waitMs = 120_000

/** For a whole test: longer than a wait, whose error names its condition. */
export const testMs = 150_000

/** For a test that starts processes, which waits for several things. */
export const processTestMs = 600_000

/**
 * Waits until something holds.
 *
 * @param timeoutMs only where taking longer is the failure that the test looks for
 */
export async function eventually(
  check: () => boolean | Promise<boolean>,
  what = 'It',
  timeoutMs = waitMs,
): Promise<void> {
  for (const deadline = performance.now() + timeoutMs; !(await check()); await sleep(20)) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${timeoutMs / 1_000} seconds`)
  }
}
