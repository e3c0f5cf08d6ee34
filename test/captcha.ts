/** Solves captchas, as browsers and people do. */
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { commandLine } from '#src/accounts/roles/staff.ts'
import type { CaptchaTask } from '#src/accounts/sign-up/captcha-port.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import type { TestDatabase } from './database.ts'

/** Sign-ups that ask for a captcha. */
export const askCaptchas = (t: TestDatabase, more: Partial<InstanceSettings> = {}): Promise<void> =>
  t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'open', captcha: 'work', ...more }))

/** The solution of a challenge, as the script of the page sends it. */
export async function solveWork(work: string): Promise<string> {
  const challenge = JSON.parse(work)
  return JSON.stringify({ challenge, solution: await solveChallenge({ challenge, deriveKey }) })
}

/** The fields of a form whose work was done. */
export const workDone = async ({ work, question }: CaptchaTask) => ({
  solution: await solveWork(work),
  token: question.token,
  answer: '',
})

/** The fields of a form whose sum was answered. */
export function sumAnswered({ question: { asks, token } }: CaptchaTask, more = 0) {
  if (!('sum' in asks)) throw new Error('No sum was asked')
  return { solution: '', token, answer: String(asks.sum[0] + asks.sum[1] + more) }
}

const words =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
const valueOf = (word: string) => words.split(' ').indexOf(word) + 1

/** The fields of a page's captcha, answered by somebody who reads the page. */
export function readSum(html: string): { captcha_token: string; captcha_answer: string } {
  const [, one = '', other = ''] = /What is (\w+) plus (\w+)\?/.exec(html) ?? []
  const token = /name="captcha_token" value="([^"]+)"/.exec(html)?.[1] ?? ''
  return { captcha_token: token, captcha_answer: String(valueOf(one) + valueOf(other)) }
}
