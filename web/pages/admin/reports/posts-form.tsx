import type { Child, FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { Check, Field, Form, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'

type Props = {
  action: string
  title: string
  hint: string
  /** Whether the author is a person here, who gets a text. */
  isLocal: boolean
  refusal: Refusal | null
  /** The text that was typed. */
  words: string
  /** Whether the person gets a mail. */
  mails: boolean
  children?: Child
}

/** A form around posts, of which the chosen ones are deleted or marked as sensitive. */
export const PostsForm: FC<Props> = ({ action, title, hint, isLocal, refusal, words, mails, children }) => {
  const { t } = useMessages()
  return (
    <Form action={action} class="sheet" label={title}>
      <h2>{title}</h2>
      <Refused refusal={refusal} />
      {children}
      <p class="hint">{hint}</p>
      {isLocal && <Field name="words" label={t('reports.text')} rows={3} value={words} maxlength={5_000} />}
      {isLocal && <Check name="mails" label={t('reports.mails')} checked={mails} />}
      <div class="buttons">
        <button type="submit" name="do" value="mark" class="button button-quiet">
          {t('staffAccount.markPosts')}
        </button>
        <button type="submit" name="do" value="delete" class="button button-bad">
          {t('staffAccount.deletePosts')}
        </button>
      </div>
    </Form>
  )
}

export const ChoosePost: FC<{ id: StatusId; isBoost?: boolean }> = ({ id, isBoost = false }) => {
  const { t } = useMessages()
  return (
    <label class="check">
      <input type="checkbox" name="post" value={id} />
      <span>{t(isBoost ? 'staffAccount.chooseBoost' : 'staffAccount.choose')}</span>
    </label>
  )
}
