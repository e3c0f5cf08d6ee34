/** The captcha of a form: what it shows, and what it sends. */
import type { CaptchaAnswer, CaptchaTask } from '#src/accounts/sign-up/captcha-port.ts'
import { captchaField, issueCaptcha } from '#src/accounts/sign-up/captcha.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { C } from './env.ts'

/** What the person sent. */
export const captchaAnswer = (c: C): CaptchaAnswer => ({
  solution: c.var.form.text('captcha_solution'),
  token: c.var.form.text('captcha_token'),
  answer: c.var.form.text(captchaField),
})

/**
 * The captcha for a form; null where the instance has none.
 *
 * @param refusal of the form that was sent. If it was not about the captcha, nobody has to solve it again
 */
export function captchaTask(c: C, refusal: Refusal | null = null): Promise<CaptchaTask | null> {
  const isSolved = refusal !== null && !refusal.problems.some(({ field }) => field === captchaField)
  return issueCaptcha(c.var.app, isSolved ? captchaAnswer(c) : null)
}
