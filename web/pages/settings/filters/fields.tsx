import type { FC } from 'hono/jsx'
import { type FieldProblem, invalid, type Refusal } from '#src/platform/errors.ts'
import { isId, type RelationId } from '#src/platform/ids.ts'
import { type FilterInput, filterLimits, type KeywordInput } from '#src/reading/filters/manage.ts'
import type { FilterView } from '#src/reading/filters/read.ts'
import { filterActions, filterContexts } from '#src/statuses/views/filters.ts'
import { problemWith } from '#src/text/refusals.ts'
import { Check, Field, Select } from '../../../components/form.tsx'
import { useFormats, useMessages } from '../../../components/page-context.ts'
import type { Form } from '../../../env.ts'
import { refusedField } from '../../../refused.ts'

/** Seconds after which a filter may end. */
const terms = [1_800, 3_600, 21_600, 43_200, 86_400, 604_800, 2_592_000] as const
const never = 'never'
const asItIs = 'kept'

type KeywordValue = { id: string; keyword: string; isWholeWord: boolean; isRemoved: boolean }

/** The values of the form, as they were typed. */
export type FilterValues = {
  title: string
  contexts: readonly string[]
  action: string
  expires: string
  keywords: KeywordValue[]
  /** New keywords, one a line. */
  added: string
  addsWholeWords: boolean
}

const newFilter: FilterValues = {
  title: '',
  contexts: filterContexts,
  action: 'warn',
  expires: never,
  keywords: [],
  added: '',
  addsWholeWords: true,
}

/** The values of a stored filter. */
export const storedValues = ({ title, contexts, action, expiresAt, keywords }: FilterView): FilterValues => ({
  ...newFilter,
  title,
  contexts,
  action,
  expires: expiresAt ? asItIs : never,
  keywords: keywords.map((keyword) => ({ ...keyword, isRemoved: false })),
})

/** The values that a form was sent with. */
export const valuesIn = (form: Form): FilterValues => ({
  title: form.text('title'),
  contexts: form.texts('context'),
  action: form.text('action'),
  expires: form.text('expires'),
  keywords: form
    .texts('keyword_id')
    .slice(0, filterLimits.keywords)
    .map((id) => ({
      id,
      keyword: form.text(`keyword-${id}`),
      isWholeWord: form.isChecked(`whole-${id}`),
      isRemoved: form.isChecked(`remove-${id}`),
    })),
  added: form.text('added'),
  addsWholeWords: form.isChecked('added_whole'),
})

/**
 * What a form says about a filter.
 *
 * @throws Refusal `invalid` for a choice that the form does not offer
 */
export function inputIn(form: Form): FilterInput {
  const values = valuesIn(form)
  const action = filterActions.find((known) => known === values.action)
  const seconds = terms.find((term) => String(term) === values.expires)
  const problems: FieldProblem[] = []
  if (values.contexts.length === 0) problems.push(problemWith('context', 'ERR_BLANK', 'chooseScope'))
  if (!action) problems.push(problemWith('action', 'ERR_INCLUSION', 'notOffered'))
  if (!seconds && values.expires !== never && values.expires !== asItIs)
    problems.push(problemWith('expires', 'ERR_INCLUSION', 'notOffered'))
  if (problems.length > 0 || !action) throw invalid(problems.map(({ message }) => message).join(', '), problems)
  const changed: KeywordInput[] = values.keywords.flatMap(({ id, ...keyword }) =>
    isId(id) ? [{ ...keyword, id: id as RelationId }] : [],
  )
  const lines = values.added.split(/\r?\n/).map((line) => line.trim())
  const added = [...new Set(lines)]
    .filter((keyword) => keyword !== '')
    .map((keyword) => ({ keyword, isWholeWord: values.addsWholeWords }))
  return {
    title: values.title,
    contexts: values.contexts,
    action,
    ...(values.expires === asItIs ? {} : { expiresAt: seconds ? new Date(Date.now() + seconds * 1_000) : null }),
    keywords: [...changed, ...added],
  }
}

/**
 * What a form says about a new filter, which needs a keyword to filter anything. Apps may make one without, and add posts to it.
 *
 * @throws Refusal `invalid` as `inputIn`, and without a keyword
 */
export function newInputIn(form: Form): FilterInput {
  const input = inputIn(form)
  if (input.keywords?.length === 0) throw invalid('', [problemWith('added', 'ERR_BLANK', 'keywordsMissing')])
  return input
}

type Props = {
  values?: FilterValues
  refusal: Refusal | null
  /** When the stored filter ends. */
  expiresAt?: Date | null
}

/** The fields of a filter, with its keywords. */
export const FilterFields: FC<Props> = ({ values = newFilter, refusal, expiresAt = null }) => {
  const { t } = useMessages()
  const { moment } = useFormats()
  const problems = refusal?.problems ?? []
  const refused = refusedField(refusal)
  return (
    <>
      <Field
        name="title"
        label={t('filters.name')}
        hint={t('filters.nameHint')}
        value={values.title}
        isRefused={refused === 'title'}
        required
        maxlength={filterLimits.titleLength}
        autocomplete="off"
      />
      {values.keywords.length > 0 && (
        <fieldset>
          <legend>{t('filters.keywords')}</legend>
          <ul class="entries">
            {values.keywords.map((keyword, i) => (
              <Keyword value={keyword} number={i + 1} />
            ))}
          </ul>
        </fieldset>
      )}
      <Field
        name="added"
        label={t(values.keywords.length > 0 ? 'filters.addKeywords' : 'filters.keywords')}
        hint={t('filters.keywordsHint')}
        value={values.added}
        isRefused={refused === 'added'}
        problems={problems}
        rows={3}
        autocomplete="off"
        autocapitalize="none"
      />
      <Check
        name="added_whole"
        label={t('filters.wholeWords')}
        hint={t('filters.wholeWordsHint')}
        checked={values.addsWholeWords}
      />
      <fieldset class="scopes">
        <legend>{t('filters.contexts')}</legend>
        {problems.some(({ field }) => field === 'context') && (
          <p class="problem" id="context-problem">
            {t('filters.chooseContext')}
          </p>
        )}
        {filterContexts.map((context) => (
          <label class="check">
            <input type="checkbox" name="context" value={context} checked={values.contexts.includes(context)} />
            <span>{t(`filters.context_${context}`)}</span>
          </label>
        ))}
      </fieldset>
      <Select
        name="action"
        label={t('filters.action')}
        value={values.action}
        problems={problems}
        options={filterActions.map((action) => [action, t(`filters.action_${action}`)])}
      />
      <Select
        name="expires"
        label={t('filters.expires')}
        value={values.expires}
        problems={problems}
        options={[
          ...(expiresAt ? [[asItIs, t('filters.until', { time: moment(expiresAt) })] as const] : []),
          [never, t('filters.never')],
          ...terms.map((seconds) => [String(seconds), t('filters.term', termOf(seconds))] as const),
        ]}
      />
    </>
  )
}

const termOf = (seconds: number): { count: number; unit: string } =>
  seconds < 3_600
    ? { count: seconds / 60, unit: 'minutes' }
    : seconds < 86_400
      ? { count: seconds / 3_600, unit: 'hours' }
      : { count: seconds / 86_400, unit: 'days' }

const Keyword: FC<{ value: KeywordValue; number: number }> = ({
  value: { id, keyword, isWholeWord, isRemoved },
  number,
}) => {
  const { t } = useMessages()
  return (
    <li class="filter-keyword">
      <input type="hidden" name="keyword_id" value={id} />
      <input
        type="text"
        name={`keyword-${id}`}
        value={keyword}
        maxlength={filterLimits.keywordLength}
        aria-label={t('filters.keyword', { number })}
        autocomplete="off"
        autocapitalize="none"
        dir="auto"
      />
      <label class="check">
        <input type="checkbox" name={`whole-${id}`} value="1" checked={isWholeWord} />
        <span>{t('filters.wholeWord')}</span>
      </label>
      <label class="check">
        <input type="checkbox" name={`remove-${id}`} value="1" checked={isRemoved} />
        <span>{t('common.remove')}</span>
      </label>
    </li>
  )
}
