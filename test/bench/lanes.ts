/**
 * The time until a post is sent to a healthy follower while push services, the mail server and other servers hang, each alone and
 * all at once: `npx node --import tsx test/bench/lanes.ts`. Works with the database of the tests.
 */
import { startVitest } from 'vitest/node'

const vitest = await startVitest('test', [], {
  include: ['test/bench/lanes/hanging.ts'],
  watch: false,
  retry: 0,
  disableConsoleIntercept: true,
})
await vitest.close()
