import type { FC } from 'hono/jsx'
import type { FieldInput } from '#src/accounts/profile/fields.ts'
import { limits } from '#src/rules/limits.ts'
import { useMessages } from '../../components/page-context.ts'
import type { Form } from '../../env.ts'

const rows = [...Array(limits.account.maxFields).keys()]

/** The facts of the form, in the order of their chosen places. Of two with the same place, the one that moved up comes first. */
export function factsOf(form: Form): FieldInput[] {
  return rows
    .map((row) => ({
      place: Number(form.text(`field_place_${row}`)) || row + 1,
      row,
      name: form.text(`field_name_${row}`),
      value: form.text(`field_value_${row}`),
    }))
    .toSorted((a, b) => a.place - b.place || b.row - a.row)
    .map(({ name, value }) => ({ name, value }))
}

/** The table of facts. Without scripts all rows are there, and a number is the place of each. */
export const Facts: FC<{ facts: readonly FieldInput[] }> = ({ facts }) => {
  const { t } = useMessages()
  return (
    <fieldset
      class="fact-table"
      data-up={t('profileSettings.factUp')}
      data-remove={t('profileSettings.factRemove')}
      data-add={t('profileSettings.factAdd')}
    >
      <legend>{t('profileSettings.facts')}</legend>
      <p class="hint">{t('profileSettings.factsHint', { max: limits.account.maxFields })}</p>
      {rows.map((row) => (
        <Fact row={row} fact={facts[row]} />
      ))}
    </fieldset>
  )
}

const Fact: FC<{ row: number; fact: FieldInput | undefined }> = ({ row, fact }) => {
  const { t } = useMessages()
  const number = row + 1
  return (
    <div class="fact">
      <label for={`field_place_${row}`} class="unseen">
        {t('profileSettings.factPlace', { number })}
      </label>
      <select id={`field_place_${row}`} name={`field_place_${row}`} class="fact-place">
        {rows.map((place) => (
          <option value={String(place + 1)} selected={place === row}>
            {place + 1}
          </option>
        ))}
      </select>
      <FactInput
        id={`field_name_${row}`}
        label={t('profileSettings.factLabel', { number })}
        placeholder={t('profileSettings.label')}
        value={fact?.name ?? ''}
        max={limits.account.maxFieldNameLength}
      />
      <FactInput
        id={`field_value_${row}`}
        label={t('profileSettings.factContent', { number })}
        placeholder={t('profileSettings.content')}
        value={fact?.value ?? ''}
        max={limits.account.maxFieldValueLength}
      />
    </div>
  )
}

const FactInput: FC<{ id: string; label: string; placeholder: string; value: string; max: number }> = ({
  id,
  label,
  placeholder,
  value,
  max,
}) => (
  <>
    <label for={id} class="unseen">
      {label}
    </label>
    <input id={id} name={id} value={value} placeholder={placeholder} maxlength={max} dir="auto" />
  </>
)
