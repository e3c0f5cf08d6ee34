import type { Child, FC } from 'hono/jsx'
import type { FieldProblem, Refusal } from '#src/platform/errors.ts'
import { problemIn, refusalIn, sentence } from '#src/text/refusals.ts'
import { Icon, type IconName } from './icons.tsx'
import { useMessages, usePage } from './page-context.ts'

type FormProps = { action: string; class?: string; upload?: boolean; label?: string; children?: Child }

/** A form that changes something: a POST with the form token, which shows that it comes from this website. */
export const Form: FC<FormProps> = ({ action, class: className, upload, label, children }) => (
  <form
    method="post"
    action={action}
    class={className}
    enctype={upload ? 'multipart/form-data' : undefined}
    aria-label={label}
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
  anchor?: string
  children?: Child
}

/**
 * A button for one action: a form of its own, which returns to the same page. `label` names the action for screen
 * readers; it begins with the visible text, if there is any.
 */
export const Action: FC<ActionProps> = ({
  action,
  label,
  icon,
  count,
  pressed,
  class: className,
  anchor,
  children,
}) => (
  <Form action={action} class="action">
    <input type="hidden" name="return_to" value={`${usePage().here}${anchor ? `#${anchor}` : ''}`} />
    <button
      type="submit"
      class={className}
      aria-pressed={pressed === undefined ? undefined : pressed ? 'true' : 'false'}
      {...(children === label ? {} : { 'aria-label': label })}
      title={children ? undefined : label}
    >
      {icon && <Icon name={icon} />}
      {children}
      {count ? <span class="count">{count}</span> : null}
    </button>
  </Form>
)

type FieldProps = {
  name: string
  label: string
  type?: 'text' | 'email' | 'password' | 'search' | 'file' | 'url'
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
  ...rest
}) => {
  const messages = useMessages()
  const wrong = problems.filter((problem) => problem.field === name)
  const described = [hint && `${name}-hint`, wrong.length > 0 && `${name}-problem`].filter(Boolean).join(' ')
  const common = {
    id: name,
    name,
    ...rest,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(wrong.length > 0 ? { 'aria-invalid': 'true' as const } : {}),
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
      {wrong.length > 0 && (
        <p class="problem" id={`${name}-problem`}>
          {wrong.map((problem) => problemIn(messages, problem)).join(' ')}
        </p>
      )}
    </div>
  )
}

/** Browsers drop a line feed at the start of a text area, so it is doubled. */
export const textAreaValue = (text: string): string => (text.startsWith('\n') ? `\n${text}` : text)

type CheckProps = { name: string; label: string; checked: boolean; hint?: string }

export const Check: FC<CheckProps> = ({ name, label, checked, hint }) => (
  <label class="check">
    <input type="checkbox" name={name} value="1" checked={checked} />
    <span>
      {label}
      {hint && <small>{hint}</small>}
    </span>
  </label>
)

type SelectProps = {
  name: string
  label: string
  value: string
  options: readonly (readonly [string, string])[]
  hidesLabel?: boolean
}

export const Select: FC<SelectProps> = ({ name, label, value, options, hidesLabel }) => (
  <div class="field">
    <label for={name} class={hidesLabel ? 'unseen' : undefined}>
      {label}
    </label>
    <select id={name} name={name}>
      {options.map(([option, text]) => (
        <option value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  </div>
)

/** The core's refusal, on top of a form that shows the person's input again. */
export const Refused: FC<{ refusal: Refusal | null }> = ({ refusal }) => {
  const messages = useMessages()
  if (!refusal) return null
  return (
    <div class="notice notice-bad" role="alert">
      {refusal.problems.length > 0
        ? messages.t('errors.markedFields')
        : refusal.code === 'too_many'
          ? messages.t('errors.manyTries')
          : sentence(messages, refusalIn(messages, refusal))}
    </div>
  )
}

export const NoticeBox: FC<{ children?: Child; kind?: 'good' | 'bad' | 'plain' }> = ({ kind = 'plain', children }) => (
  <div class={`notice notice-${kind}`} role="status">
    {children}
  </div>
)
