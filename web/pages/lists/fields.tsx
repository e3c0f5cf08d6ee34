import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { type ListInput, maxTitleLength, repliesPolicies } from '#src/reading/lists/manage.ts'
import { Check, Field, Select } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { Form as Sent } from '../../env.ts'

type Values = Required<ListInput>

const defaults: Values = { title: '', repliesPolicy: 'list', isExclusive: false }

/** What a form says about a list. An unknown policy is the default one. */
export const settingsIn = (form: Sent): Values => ({
  title: form.text('title'),
  repliesPolicy: repliesPolicies.find((policy) => policy === form.text('replies')) ?? defaults.repliesPolicy,
  isExclusive: form.isChecked('exclusive'),
})

/** The fields of a list's settings. */
export const ListFields: FC<{ values?: Values; refusal: Refusal | null }> = ({ values = defaults, refusal }) => {
  const { t } = useMessages()
  return (
    <>
      <Field
        name="title"
        label={t('lists.name')}
        value={values.title}
        isRefused={refusal !== null}
        required
        maxlength={maxTitleLength}
        autocomplete="off"
      />
      <Select
        name="replies"
        label={t('lists.replies')}
        value={values.repliesPolicy}
        options={repliesPolicies.map((policy) => [policy, t(`lists.replies_${policy}`)])}
      />
      <Check
        name="exclusive"
        label={t('lists.exclusive')}
        hint={t('lists.exclusiveHint')}
        checked={values.isExclusive}
      />
    </>
  )
}
