/** What every kind of captcha does. */
import type { App } from '../../platform/app.ts'
import type { InstanceSettings } from '../../rules/settings.ts'

/** What a form shows. */
export type CaptchaTask = {
  /** The work, as JSON for the page's script. */
  work: string
  /** The solution that the form was sent with, if it is shown again. */
  solution: string
  /** For people whose browser does not do the work. */
  question: Question
}

/** A question: a sum of two numbers, or the admin's words. */
export type Question = {
  token: string
  asks: { sum: [number, number] } | { words: string }
  /** What the person answered, if the form is shown again. */
  answer: string
}

/** The fields of a form: the solution of the work, or the question's token with the person's answer. */
export type CaptchaAnswer = { solution: string; token: string; answer: string }

/** A solved captcha. */
export type CaptchaPass = { id: string }

/** Why a captcha counts as not solved: keys of refusals. */
export type CaptchaFailure = 'captchaWrong' | 'captchaExpired' | 'blank'

export type Captcha = {
  /** @param earlier the fields of a form that was refused for another reason, so that nobody has to do the same twice */
  issue(app: App, settings: InstanceSettings, earlier: CaptchaAnswer | null): Promise<CaptchaTask>
  check(app: App, settings: InstanceSettings, answer: CaptchaAnswer): Promise<CaptchaPass | CaptchaFailure>
}

/** How long a captcha is valid. */
export const captchaMinutes = 20

/** What a form sent as JSON; null for other texts. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
