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
      <Form action={`${path}/notes`} label={t('reports.note')}>
        <Refused refusal={refusal} />
        <Field
          name="note"
          label={t('reports.note')}
          rows={3}
          value={value}
          required
          maxlength={maxNoteLength}
          hint={t('reports.noteHint')}
        />
        <div class="buttons">
          <button type="submit" class="button button-quiet">
            {t('reports.noteNow')}
          </button>
        </div>
      </Form>
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
      <Refused refusal={refusal} />
      {answeredAt && (
        <>
          <p>{rich('reports.answered', { age: <Ago at={answeredAt} /> })}</p>
          <blockquote class="approval-text" dir="auto">
            {answer}
          </blockquote>
        </>
      )}
      {detail.canAnswer && (
        <Form action={`${path}/answer`} label={t('reports.answer')}>
          <Field
            name="answer"
            label={t('reports.answerText')}
            rows={4}
            value={value}
            required
            maxlength={maxAnswerLength}
            hint={t('reports.answerHint')}
          />
          <div class="buttons">
            <button type="submit" class="button button-quiet">
              {t('reports.answerNow')}
            </button>
          </div>
        </Form>
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
