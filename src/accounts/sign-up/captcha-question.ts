/**
 * The question for people whose browser does no work: a sum of random numbers, or a question of the admin's own. Its token is sealed,
 * so that nothing is stored until somebody answers, and nobody makes one.
 */
import { randomInt, randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { App } from '../../platform/app.ts'
import { minuteMs } from '../../platform/time.ts'
import type { InstanceSettings } from '../../rules/settings.ts'
import { countAttempt, TooMany } from '../sessions/attempts.ts'
import {
  type CaptchaAnswer,
  type CaptchaFailure,
  captchaMinutes,
  type CaptchaPass,
  parsed,
  type Question,
} from './captcha-port.ts'

/** The numbers of a sum. Their words are in the catalogue. */
const numbers = { min: 1, max: 20 }
const triesPerQuestion = 5
const maxTokenLength = 1_500

const sealedQuestion = z.object({
  /** Other sealed texts are no questions. */
  is: z.literal('captcha question'),
  id: z.string(),
  until: z.number(),
  asks: z.union([z.object({ sum: z.tuple([z.number(), z.number()]) }), z.object({ words: z.string() })]),
})
type SealedQuestion = z.infer<typeof sealedQuestion>
type Asking = Pick<InstanceSettings, 'captchaQuestion' | 'captchaAnswers'>

const hasOwnQuestion = ({ captchaQuestion, captchaAnswers }: Asking): boolean =>
  captchaQuestion !== '' && captchaAnswers.length > 0

/** A new question, or the one that was answered before in a form that is shown again. */
export function askQuestion(app: Pick<App, 'secrets'>, settings: Asking, earlier: CaptchaAnswer | null): Question {
  const open = earlier && earlier.answer !== '' ? openQuestion(app, settings, earlier.token) : null
  if (earlier && open) return { token: earlier.token, asks: open.asks, answer: earlier.answer }
  const number = () => randomInt(numbers.min, numbers.max + 1)
  const asks = hasOwnQuestion(settings)
    ? { words: settings.captchaQuestion }
    : { sum: [number(), number()] as [number, number] }
  const question: SealedQuestion = {
    is: 'captcha question',
    id: randomUUID(),
    until: Date.now() + captchaMinutes * minuteMs,
    asks,
  }
  return { token: app.secrets.seal(JSON.stringify(question)), asks, answer: '' }
}

/** The question of a token; null if it has expired, or is not asked any more. */
function openQuestion(app: Pick<App, 'secrets'>, settings: Asking, token: string): SealedQuestion | null {
  const text = token.length > maxTokenLength ? null : app.secrets.unseal(token)
  if (text === null) return null
  const { data } = sealedQuestion.safeParse(parsed(text))
  if (!data || data.until < Date.now()) return null
  const isAsked = hasOwnQuestion(settings)
    ? 'words' in data.asks && data.asks.words === settings.captchaQuestion
    : 'sum' in data.asks
  return isAsked ? data : null
}

/** Checks an answer. Each is a try, so that a right one that is sent again and again uses the question up, too. */
export async function checkAnswer(
  app: App,
  settings: Asking,
  { token, answer }: CaptchaAnswer,
): Promise<CaptchaPass | CaptchaFailure> {
  const question = openQuestion(app, settings, token)
  if (!question) return 'captchaExpired'
  if (answer.trim() === '') return 'blank'
  try {
    await countAttempt(app, `captcha question ${question.id}`, { count: triesPerQuestion, minutes: captchaMinutes })
  } catch (error) {
    if (error instanceof TooMany) return 'captchaExpired'
    throw error
  }
  return isRight(question.asks, settings, answer) ? { id: `question ${question.id}` } : 'captchaWrong'
}

function isRight(asks: SealedQuestion['asks'], { captchaAnswers }: Asking, answer: string): boolean {
  const given = plain(answer.slice(0, 200))
  if ('words' in asks) return captchaAnswers.some((right) => plain(right) === given)
  const [one, other] = asks.sum
  return /^\d{1,3}$/.test(given) && Number(given) === one + other
}

/** A text without the differences of spelling that don't matter: case, accents, spaces, and a full stop. */
const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').replace(/[.!?]/g, '').trim()
