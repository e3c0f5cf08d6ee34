import type { FC } from 'hono/jsx'
import type { CaptchaTask } from '#src/accounts/sign-up/captcha-port.ts'
import { captchaField } from '#src/accounts/sign-up/captcha.ts'
import type { FieldProblem } from '#src/platform/errors.ts'
import { scriptUrls } from '../assets.ts'
import { Field } from './form.tsx'
import { useMessages } from './page-context.ts'

/**
 * The captcha of a form: a question. The script of the page puts work for the browser in its place, which goes on while the person
 * fills in the form.
 */
export const Captcha: FC<{ task: CaptchaTask | null; problems: readonly FieldProblem[] }> = ({ task, problems }) => {
  const { t } = useMessages()
  if (!task) return null
  const { token, asks, answer } = task.question
  const number = (value: number) => t('captcha.number', { value })
  const isSum = 'sum' in asks
  return (
    <div
      class="captcha"
      data-captcha={task.work}
      data-worker={scriptUrls.captchaWorker}
      data-working={t('captcha.working')}
      data-slow={t('captcha.slow')}
      data-waiting={t('captcha.waiting')}
      data-done={t('captcha.done')}
      data-failed={t('captcha.failed')}
    >
      <script type="module" src={scriptUrls.captcha} />
      <input type="hidden" name="captcha_solution" value={task.solution} autocomplete="off" />
      <input type="hidden" name="captcha_token" value={token} autocomplete="off" />
      <p class="hint" role="status" data-captcha-state />
      <Field
        name={captchaField}
        label={isSum ? t('captcha.sum', { one: number(asks.sum[0]), other: number(asks.sum[1]) }) : asks.words}
        value={answer}
        problems={problems}
        required
        autocomplete="off"
        autocapitalize="none"
        maxlength={100}
        hint={t(isSum ? 'captcha.sumHint' : 'captcha.ownHint')}
      />
    </div>
  )
}
