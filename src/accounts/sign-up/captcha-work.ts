/**
 * Proof of work by altcha-lib: the browser tries numbers until a key that is derived from one of them begins as the challenge says.
 * The challenge is signed, so nothing is stored for it. Trying costs the browser about a second, and checking the result nothing.
 */
import { randomInt } from 'node:crypto'
import { z } from 'zod'
import type { App } from '../../platform/app.ts'
import { minuteMs } from '../../platform/time.ts'
import { captchaMinutes, type CaptchaFailure, type CaptchaPass, parsed } from './captcha-port.ts'

/** Rounds of PBKDF2 for one try. Fewer would make the browser's own costs of a try weigh more than the work. */
const cost = 2_000
/**
 * The number that solves a challenge. On average, a browser computes 300,000 rounds: 0.25 s on a server's core, and some 2 s on a
 * low-end phone, which is about eight times slower.
 */
const counters = { min: 100, max: 200 }

/** Loaded with the first captcha: many instances never ask for one. */
const library = async () => {
  const [{ createChallenge, verifySolution }, { deriveKey }] = await Promise.all([
    import('altcha-lib'),
    import('altcha-lib/algorithms/pbkdf2'),
  ])
  return { createChallenge, verifySolution, deriveKey }
}

/** The keys that sign challenges and their solutions. Only this instance has them, so solutions for another one are refused. */
const keysOf = ({ secrets }: Pick<App, 'secrets'>) => ({
  hmacSignatureSecret: secrets.sign('forms', 'captcha challenge'),
  hmacKeySignatureSecret: secrets.sign('forms', 'captcha solution'),
})

/** A new challenge, as JSON for the browser. */
export async function giveWork(app: Pick<App, 'secrets'>): Promise<string> {
  const { createChallenge, deriveKey } = await library()
  const challenge = await createChallenge({
    algorithm: 'PBKDF2/SHA-256',
    cost,
    counter: randomInt(counters.min, counters.max + 1),
    deriveKey,
    expiresAt: new Date(Date.now() + captchaMinutes * minuteMs),
    ...keysOf(app),
  })
  return JSON.stringify(challenge)
}

/** Characters of a solution; ours have 600. */
const maxLength = 2_000

const solved = z.object({
  challenge: z.object({
    // Others are kept, as the signature is of all.
    parameters: z
      .object({
        algorithm: z.string(),
        nonce: z.string(),
        salt: z.string(),
        cost: z.number(),
        keyLength: z.number(),
        keyPrefix: z.string(),
        expiresAt: z.number(),
      })
      .loose(),
    signature: z.string(),
  }),
  solution: z.object({ counter: z.number(), derivedKey: z.string() }),
})

/** Checks what the browser found. */
export async function checkWork(app: Pick<App, 'secrets'>, text: string): Promise<CaptchaPass | CaptchaFailure> {
  const { data } = solved.safeParse(text.length > maxLength ? null : parsed(text))
  if (!data) return 'captchaWrong'
  const { challenge, solution } = data
  const { verifySolution, deriveKey } = await library()
  const { verified, expired } = await verifySolution({ challenge, solution, deriveKey, ...keysOf(app) })
  if (verified) return { id: `work ${challenge.parameters.nonce}` }
  return expired ? 'captchaExpired' : 'captchaWrong'
}
