import type { Child, FC } from 'hono/jsx'
import type { FieldProblem, Refusal } from '#src/platform/errors.ts'
import { problemIn, sentence } from '#src/text/refusals.ts'
import { refusalHere } from '../refused.ts'
import { Icon, type IconName } from './icons.tsx'
import { useFormats, useMessages, usePage } from './page-context.ts'
import { Wait } from './wait.tsx'

type FormProps = {
  action: string
  class?: string
  upload?: boolean
  /** Whether the browser sends it without checking its fields, which leaves that to the server. */
  unchecked?: boolean
  label?: string
  children?: Child
}

/** A form that changes something: a POST with the form token, which shows that it comes from this website. */
export const Form: FC<FormProps> = ({ action, class: className, upload, unchecked, label, children }) => (
  <form
    method="post"
    action={action}
    class={className}
    enctype={upload ? 'multipart/form-data' : undefined}
    aria-label={label}
    novalidate={unchecked}
  >
    <input type="hidden" name="form_token" value={usePage().formToken()} />
    {children}
  </form>
)

type ActionProps = {
  action: string
  label: string
  icon?: IconName
  count?: number
  pressed?: boolean
  class?: string
  /** Id of the element to return to, if it is not the id of the path's post or person. */
  at?: string | undefined
  children?: Child
}

/**
 * A button for one action, of the one form for actions that each page has. It returns to the same place. `label` names
 * the action for screen readers; it begins with the visible text, if there is any.
 */
export const Action: FC<ActionProps> = ({ action, label, icon, count, pressed, class: className, at, children }) => {
  const page = usePage()
  page.used.hasActions = true
  return (
    <button
      form={actionForm}
      formaction={action}
      class={className}
      aria-pressed={pressed === undefined ? undefined : pressed ? 'true' : 'false'}
      aria-label={children && children !== label ? label : undefined}
      {...(at ? { name: 'at', value: at } : {})}
    >
      {icon && <Icon name={icon} />}
      {children ?? <Label text={label} count={count} />}
    </button>
  )
}

/** The name of an icon's button or link for screen readers, and the count beside the icon for all. */
export const Label: FC<{ text: string; count?: number | undefined }> = ({ text, count }) => (
  <>
    <span class="unseen">{count ? `${text} ` : text}</span>
    {count ? <Count value={count} /> : null}
  </>
)

/** A count in a small place. Screen readers and the tooltip have the exact number. */
export const Count: FC<{ value: number }> = ({ value }) => {
  const { count, number } = useFormats()
  const [short, exact] = [count(value), number(value)]
  if (short === exact) return <span class="count">{exact}</span>
  return (
    <>
      <span class="count" aria-hidden="true" title={exact}>
        {short}
      </span>
      <span class="unseen">{exact}</span>
    </>
  )
}

const actionForm = 'act'

/** The form of all actions of a page: token and way back stand in a page once, not in a form an action. */
export const ActionForm: FC = () => {
  const page = usePage()
  if (!page.used.hasActions) return null
  return (
    <form
      id={actionForm}
      method="post"
      hidden
      data-offline={page.messages.t('common.offline')}
      data-emoji-search={page.messages.t('composer.emojiSearch')}
      data-emoji-nothing={page.messages.t('composer.emojiNothing')}
    >
      <input type="hidden" name="form_token" value={page.formToken()} />
      <input type="hidden" name="return_to" value={page.here} />
    </form>
  )
}

type FieldProps = {
  name: string
  label: string
  type?: 'text' | 'email' | 'password' | 'search' | 'file' | 'url' | 'number' | 'date'
  value?: string
  hint?: Child
  problems?: readonly FieldProblem[]
  rows?: number
  required?: boolean
  autocomplete?: string
  maxlength?: number
  autofocus?: boolean
  accept?: string
  autocapitalize?: 'none'
  /** The keyboard that phones show. */
  inputmode?: 'numeric' | 'text'
  /** Whether the refusal on top of the form is about this field. */
  isRefused?: boolean
}

/** A labelled field, with its problems below it. `rows` makes it a text area. */
export const Field: FC<FieldProps> = ({
  name,
  label,
  type = 'text',
  value = '',
  hint,
  problems = [],
  rows,
  isRefused = false,
  ...rest
}) => {
  const wrong = problems.filter((problem) => problem.field === name)
  const described = [hint && `${name}-hint`, wrong.length > 0 && `${name}-problem`, isRefused && refusedId]
    .filter(Boolean)
    .join(' ')
  const common = {
    id: name,
    name,
    ...rest,
    ...(wrong.length > 0 || isRefused ? { 'aria-invalid': 'true' as const } : {}),
    ...(described ? { 'aria-describedby': described } : {}),
  }
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {rows ? (
        <textarea {...common} rows={rows} dir="auto">
          {textAreaValue(value)}
        </textarea>
      ) : (
        <input {...common} type={type} {...(type === 'file' ? {} : { value })} />
      )}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <Problems name={name} wrong={wrong} />
    </div>
  )
}

/** Browsers drop a line feed at the start of a text area, so it is doubled. */
export const textAreaValue = (text: string): string => (text.startsWith('\n') ? `\n${text}` : text)

type CheckProps = {
  name: string
  label: Child
  checked: boolean
  hint?: Child
  required?: boolean
  problems?: readonly FieldProblem[]
}

export const Check: FC<CheckProps> = ({ name, label, checked, hint, required, problems = [] }) => {
  const wrong = problems.filter((problem) => problem.field === name)
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          name={name}
          value="1"
          checked={checked}
          required={required}
          {...(wrong.length > 0 ? invalid(name) : {})}
        />
        <span>
          {label}
          {hint && <small>{hint}</small>}
        </span>
      </label>
      <Problems name={name} wrong={wrong} />
    </>
  )
}

type SelectProps = {
  problems?: readonly FieldProblem[]
  name: string
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  hidesLabel?: boolean
  /** Whether the refusal on top of the form is about this choice. */
  isRefused?: boolean
}

export const Select: FC<SelectProps> = ({ name, label, value, options, hidesLabel, isRefused, problems = [] }) => {
  const wrong = problems.filter((problem) => problem.field === name)
  return (
    <div class="field">
      <label for={name} class={hidesLabel ? 'unseen' : undefined}>
        {label}
      </label>
      <select id={name} name={name} {...(wrong.length > 0 ? invalid(name) : isRefused ? refusedAttributes : {})}>
        {options.map(([option, text]) => (
          <option value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
      <Problems name={name} wrong={wrong} />
    </div>
  )
}

/** Marks a field as refused, by the problem that the page shows for it. */
export const invalid = (name: string) => ({ 'aria-invalid': 'true' as const, 'aria-describedby': `${name}-problem` })

const Problems: FC<{ name: string; wrong: readonly FieldProblem[] }> = ({ name, wrong }) => {
  const messages = useMessages()
  if (wrong.length === 0) return null
  return (
    <p class="problem" id={`${name}-problem`}>
      {wrong.map((problem) => problemIn(messages, problem)).join(' ')}
    </p>
  )
}

const refusedId = 'refused'

/** Attributes of a field that the refusal on top of the form is about, if it is no `Field`. */
export const refusedAttributes = { 'aria-invalid': 'true', 'aria-describedby': refusedId } as const

/** The core's refusal, on top of a form that shows the person's input again. */
export const Refused: FC<{ refusal: Refusal | null }> = ({ refusal }) => {
  const messages = useMessages()
  if (!refusal) return null
  return (
    <div class="notice notice-bad" role="alert" id={refusedId}>
      {refusal.problems.length > 0 ? (
        messages.t('errors.markedFields')
      ) : refusal.code === 'too_many' ? (
        <Wait refusal={refusal} />
      ) : (
        sentence(messages, refusalHere(messages, refusal))
      )}
    </div>
  )
}

/** In a form that shows what was typed before a proof. */
export const Kept: FC = () => <NoticeBox>{useMessages().t('prove.kept')}</NoticeBox>

export const NoticeBox: FC<{ children?: Child; kind?: 'good' | 'bad' | 'plain' }> = ({ kind = 'plain', children }) => (
  <div class={`notice notice-${kind}`} role="status">
    {children}
  </div>
)
