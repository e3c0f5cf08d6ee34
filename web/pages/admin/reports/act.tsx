import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { Check, Field, Form, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'

/** Actions that need no fresh proof of identity, with their texts. */
const weakActions = {
  none: ['reports.doNone', 'reports.doNoneHint'],
  sensitive: ['reports.doSensitive', 'reports.doSensitiveHint'],
  silence: ['reports.doSilence', 'reports.doSilenceHint'],
  disable: ['reports.doDisable', 'reports.doDisableHint'],
} as const

export type WeakAction = keyof typeof weakActions
export const isWeakAction = (name: string): name is WeakAction => Object.hasOwn(weakActions, name)

/** Actions that mean something for accounts of other servers. */
const ofRemotes: readonly WeakAction[] = ['sensitive', 'silence']

type ActProps = {
  path: string
  isLocal: boolean
  /** Whether it answers a report, which it resolves. */
  isAnswer: boolean
  /** Whether the role of the staff may suspend. */
  canSuspend: boolean
  refusal: Refusal | null
  values: (name: string) => string
  /** Whether the person gets a mail. */
  mails: boolean
}

/** The form for acting against an account. */
export const Act: FC<ActProps> = ({ path, isLocal, isAnswer, canSuspend, refusal, values, mails }) => {
  const { t } = useMessages()
  const names = (Object.keys(weakActions) as WeakAction[]).filter((name) => isLocal || ofRemotes.includes(name))
  return (
    <Form action={`${path}/act`} class="sheet" label={t('reports.act')}>
      <h2>{t('reports.act')}</h2>
      <Refused refusal={refusal} />
      <p class="hint">
        {t(
          isAnswer
            ? isLocal
              ? 'reports.actLead'
              : 'reports.actLeadRemote'
            : isLocal
              ? 'staffAccount.actLead'
              : 'staffAccount.actLeadRemote',
        )}
      </p>
      <fieldset class="report-actions">
        <legend>{t('reports.action')}</legend>
        {names.map((name) => (
          <label class="check">
            <input type="radio" name="action" value={name} required checked={values('action') === name} />
            <span>
              {t(weakActions[name][0])}
              <small>
                {t(!isLocal && name === 'sensitive' ? 'reports.doSensitiveHintRemote' : weakActions[name][1])}
              </small>
            </span>
          </label>
        ))}
      </fieldset>
      <ActFields isLocal={isLocal} values={values} mails={mails} />
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t(isAnswer ? 'reports.actNow' : 'staffAccount.actNow')}
        </button>
        {canSuspend && (
          <a href={`${path}/suspend`} class="button button-quiet">
            {t('reports.suspend')}
          </a>
        )}
      </div>
    </Form>
  )
}

/** The text to the person. */
const TextField: FC<{ value: string }> = ({ value }) => {
  const { t } = useMessages()
  return (
    <Field
      name="text"
      label={t('reports.text')}
      rows={4}
      value={value}
      maxlength={5_000}
      hint={t('reports.textHint')}
    />
  )
}

/** The text and the mail to the person, if there is one here, and when the action ends or comes up again. */
export const ActFields: FC<Pick<ActProps, 'isLocal' | 'values' | 'mails'>> = ({ isLocal, values, mails }) => {
  const { t } = useMessages()
  return (
    <>
      {isLocal && <TextField value={values('text')} />}
      {isLocal && <Check name="mails" label={t('reports.mails')} hint={t('reports.mailsHint')} checked={mails} />}
      <DateFields values={values} />
    </>
  )
}

/** When the action ends, or comes up again. */
export const DateFields: FC<Pick<ActProps, 'values'>> = ({ values }) => {
  const { t } = useMessages()
  return (
    <>
      <Field
        name="ends_on"
        type="date"
        label={t('reports.endsOn')}
        value={values('ends_on')}
        hint={t('reports.endsHint')}
      />
      <Field
        name="review_on"
        type="date"
        label={t('reports.reviewOn')}
        value={values('review_on')}
        hint={t('reports.reviewHint')}
      />
    </>
  )
}
