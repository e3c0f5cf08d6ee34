import type { Child, FC } from 'hono/jsx'
import type { FieldProblem } from '#src/platform/errors.ts'
import { problemIn } from '#src/text/refusals.ts'
import { useMessages } from '../../components/page-context.ts'

type Option = readonly [value: string, text: string]
type Props = {
  name: string
  label: string
  value: string
  options?: readonly Option[]
  /** Further options, below headings. */
  groups?: readonly (readonly [heading: string, options: readonly Option[]])[]
  hint?: Child
  problems: readonly FieldProblem[]
}

/** A labelled select box with a hint. */
export const Choice: FC<Props> = ({ name, label, value, options = [], groups = [], hint, problems }) => {
  const messages = useMessages()
  const wrong = problems.filter((problem) => problem.field === name)
  const described = [hint && `${name}-hint`, wrong.length > 0 && `${name}-problem`].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <select
        id={name}
        name={name}
        {...(described ? { 'aria-describedby': described } : {})}
        {...(wrong.length > 0 ? { 'aria-invalid': 'true' as const } : {})}
      >
        <Options options={options} value={value} />
        {groups.map(([heading, members]) => (
          <optgroup label={heading}>
            <Options options={members} value={value} />
          </optgroup>
        ))}
      </select>
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {wrong.length > 0 && (
        <p class="problem" id={`${name}-problem`}>
          {wrong.map((problem) => problemIn(messages, problem)).join(' ')}
        </p>
      )}
    </div>
  )
}

const Options: FC<{ options: readonly Option[]; value: string }> = ({ options, value }) => (
  <>
    {options.map(([option, text]) => (
      <option value={option} selected={option === value}>
        {text}
      </option>
    ))}
  </>
)
