/** Does the work of a captcha, apart from the page, so that the page stays quick. */
import { type Challenge, solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'

self.addEventListener('message', async ({ data }: MessageEvent<string>) => {
  const challenge = JSON.parse(data) as Challenge
  const solution = await solveChallenge({ challenge, deriveKey }).catch(() => null)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one page, and no origins
  self.postMessage(solution && JSON.stringify({ challenge, solution }))
})
