/**
 * Captchas keep machines from signing up by the dozen. A captcha is a port of two functions, with one implementation: work for the
 * browser's processor, and a question for people whose browser runs no scripts. Nothing is asked of other servers.
 *
 * A sign-up through an app has no captcha, as apps can't show one. Its account owes one instead: the page that confirms the mail
 * address asks for it.
 */
import { sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type FieldProblem, Refusal } from '../../platform/errors.ts'
import { addressGroup } from '../../platform/http/client-address.ts'
import type { AccountId } from '../../platform/ids.ts'
import { type InstanceSettings, loadSettings } from '../../rules/settings.ts'
import { problemWith } from '../../text/refusals.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { Captcha, CaptchaAnswer, CaptchaFailure, CaptchaPass, CaptchaTask } from './captcha-port.ts'
import { askQuestion, checkAnswer } from './captcha-question.ts'
import { checkWork, giveWork } from './captcha-work.ts'

const captchas: Record<Exclude<InstanceSettings['captcha'], 'none'>, Captcha> = {
  work: {
    async issue(app, settings, earlier) {
      return {
        work: await giveWork(app),
        solution: earlier?.solution ?? '',
        question: askQuestion(app, settings, earlier),
      }
    },
    check: (app, settings, answer) =>
      answer.solution === '' ? checkAnswer(app, settings, answer) : checkWork(app, answer.solution),
  },
}

const captchaIn = (settings: InstanceSettings): Captcha | null =>
  settings.captcha === 'none' ? null : captchas[settings.captcha]

/** A captcha for a form; null where the instance has none. */
export async function issueCaptcha(app: App, earlier: CaptchaAnswer | null = null): Promise<CaptchaTask | null> {
  const settings = await loadSettings(app.db)
  return (await captchaIn(settings)?.issue(app, settings, earlier)) ?? null
}

/** The field of the form that problems are shown at. */
export const captchaField = 'captcha_answer'

/**
 * Checks the captcha of a form, without using it up.
 *
 * @param address of the client, whose tries are limited
 * @returns the pass, or the problem to show; neither where the instance has no captcha
 * @throws TooMany
 */
export async function checkCaptcha(
  app: App,
  answer: CaptchaAnswer,
  address: string,
): Promise<{ pass: CaptchaPass | null; problems: FieldProblem[] }> {
  const settings = await loadSettings(app.db)
  const captcha = captchaIn(settings)
  if (!captcha) return { pass: null, problems: [] }
  await countAttempt(app, `captcha from ${addressGroup(address)}`, { count: 60, minutes: 60 })
  const found = await captcha.check(app, settings, answer)
  return typeof found === 'string' ? { pass: null, problems: [problemOf(found)] } : { pass: found, problems: [] }
}

const problemOf = (failure: CaptchaFailure | 'captchaUsed'): FieldProblem =>
  problemWith(captchaField, failure === 'blank' ? 'ERR_BLANK' : 'ERR_INVALID', failure)

/** Longer than any captcha is valid. */
const rememberedMinutes = 60

/**
 * Uses a solved captcha up, in the transaction of what it was solved for: of several at the same moment, one commits.
 *
 * @throws Refusal `invalid` when it was used before
 */
export async function spendCaptcha(tx: Tx, { id }: CaptchaPass): Promise<void> {
  const { rowCount } = await tx.execute(sql`
    insert into attempts (key, count, expires_at) values (${`captcha used ${id}`}, 1, now() + ${rememberedMinutes} * interval '1 minute')
    on conflict do nothing`)
  if (rowCount) return
  const problem = problemOf('captchaUsed')
  throw new Refusal('invalid', `Captcha ${problem.message}`, [problem])
}

/** Longer than an account stays unconfirmed. */
const owedDays = 30
const debtOf = (accountId: AccountId): string => `captcha owed by ${accountId}`

/** Notes that an account owes a captcha, if the instance has one: its address can't be confirmed without. */
export async function oweCaptcha(tx: Tx, accountId: AccountId): Promise<void> {
  if (!captchaIn(await loadSettings(tx))) return
  await tx.execute(sql`
    insert into attempts (key, count, expires_at) values (${debtOf(accountId)}, 1, now() + ${owedDays} * interval '1 day') on conflict do nothing`)
}

export async function owesCaptcha(db: Reader, accountId: AccountId): Promise<boolean> {
  const { rows } = await db.execute(sql`select from attempts where key = ${debtOf(accountId)}`)
  return rows.length > 0 && captchaIn(await loadSettings(db)) !== null
}
