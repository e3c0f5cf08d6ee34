import type { FC } from 'hono/jsx'
import type { Rule } from '#src/moderation/instance-rules.ts'
import { maxNoteLength, type Note } from '#src/moderation/notes.ts'
import { reportCategories } from '#src/moderation/reports/create.ts'
import { maxAnswerLength } from '#src/moderation/reports/handle.ts'
import type { ReportDetail } from '#src/moderation/reports/load.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Action, Field, Form, Refused, Select } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { Ago } from '../../../components/time.tsx'

type FormProps = { path: string; refusal: Refusal | null; value: string }

type TextFormProps = Pick<FormProps, 'refusal' | 'value'> & {
  action: string
  name: string
  label: string
  hint: string
  button: string
  rows: number
  maxlength: number
}

/** A form with one text. */
const TextForm: FC<TextFormProps> = ({ action, name, label, hint, button, rows, maxlength, refusal, value }) => (
  <Form action={action} label={label}>
    <Refused refusal={refusal} />
    <Field name={name} label={label} rows={rows} value={value} required maxlength={maxlength} hint={hint} />
    <div class="buttons">
      <button type="submit" class="button button-quiet">
        {button}
      </button>
    </div>
  </Form>
)

/** Notes of staff to each other. */
export const Notes: FC<FormProps & { notes: Note[] }> = ({ path, notes, refusal, value }) => {
  const { t, rich } = useMessages()
  return (
    <section class="sheet">
      <h2>{t('reports.notes')}</h2>
      {notes.length === 0 && <p class="hint">{t('reports.noNotes')}</p>}
      {notes.map(({ id, text, author, createdAt, isOwn }) => (
        <article class="report-note">
          <blockquote class="approval-text" dir="auto">
            {text}
          </blockquote>
          <p class="hint">
            {rich(author ? 'reports.noteBy' : 'reports.noteByNobody', {
              name: `@${author}`,
              age: <Ago at={createdAt} />,
            })}
          </p>
          {isOwn && (
            <Action action={`${path}/notes/${id}/delete`} label={t('reports.deleteNoteOf')} class="button button-quiet">
              {t('reports.deleteNote')}
            </Action>
          )}
        </article>
      ))}
      <TextForm
        action={`${path}/notes`}
        name="note"
        label={t('reports.note')}
        hint={t('reports.noteHint')}
        button={t('reports.noteNow')}
        rows={3}
        maxlength={maxNoteLength}
        refusal={refusal}
        value={value}
      />
    </section>
  )
}

/** The answer to the reporter, or its form. */
export const Answer: FC<FormProps & { detail: ReportDetail }> = ({ path, detail, refusal, value }) => {
  const { t, rich } = useMessages()
  const { answer, answeredAt } = detail.report
  if (!answeredAt && !detail.canAnswer) return null
  return (
    <section class="sheet">
      <h2>{t('reports.answer')}</h2>
      {!detail.canAnswer && <Refused refusal={refusal} />}
      {answeredAt && (
        <>
          <p>{rich('reports.answered', { age: <Ago at={answeredAt} /> })}</p>
          <blockquote class="approval-text" dir="auto">
            {answer}
          </blockquote>
        </>
      )}
      {detail.canAnswer && (
        <TextForm
          action={`${path}/answer`}
          name="answer"
          label={t('reports.answerText')}
          hint={t('reports.answerHint')}
          button={t('reports.answerNow')}
          rows={4}
          maxlength={maxAnswerLength}
          refusal={refusal}
          value={value}
        />
      )}
    </section>
  )
}

type SortProps = { path: string; detail: ReportDetail; rules: readonly Rule[]; refusal: Refusal | null }

/** The category, and the rules that were broken; removed rules only where the report names them. */
export const Sort: FC<SortProps> = ({ path, detail: { report, rules: named }, rules, refusal }) => {
  const { t } = useMessages()
  const all = [...rules, ...named.filter(({ id }) => !rules.some((rule) => rule.id === id))]
  return (
    <Form action={`${path}/change`} class="sheet" label={t('reports.sort')}>
      <h2>{t('reports.sort')}</h2>
      <Refused refusal={refusal} />
      <Select
        name="category"
        label={t('reports.category')}
        value={report.category}
        options={reportCategories.map((name) => [name, t(`reports.${name}`)] as const)}
      />
      {all.length > 0 && (
        <fieldset class="report-actions">
          <legend>{t('reports.rules')}</legend>
          <p class="hint">{t('reports.rulesHint')}</p>
          {all.map(({ id, text }) => (
            <label class="check">
              <input type="checkbox" name="rule" value={id} checked={report.ruleIds.includes(id)} />
              <span dir="auto">{text}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div class="buttons">
        <button type="submit" class="button button-quiet">
          {t('reports.sortNow')}
        </button>
      </div>
    </Form>
  )
}
