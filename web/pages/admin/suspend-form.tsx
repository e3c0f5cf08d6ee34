import type { FC } from 'hono/jsx'
import { purgeAfter } from '#src/moderation/accounts/effects.ts'
import type { Refusal } from '#src/platform/errors.ts'
import { Form, Kept, Refused } from '../../components/form.tsx'
import { useMessages, usePage } from '../../components/page-context.ts'
import type { C, Form as Typed } from '../../env.ts'
import { typedForm } from '../../forms.ts'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { ActFields } from './reports/act.tsx'
import { AdminHead } from './tabs.tsx'

type Suspension = {
  /** With its `@`. */
  handle: string
  isLocal: boolean
  /** The page that it is asked from, whose `/suspend` takes the form. */
  path: string
  here: '/admin/accounts' | '/admin/reports'
  hint: string
  /** The label of the way back. */
  back: string
  refusal: Refusal | null
}

/** Asks before an account is suspended, and says what follows. */
export async function suspendFormPage(c: C, { handle, here, ...suspension }: Suspension): Promise<Response> {
  const title = c.var.messages.t('reports.suspendTitle', { name: handle })
  const typed = await typedForm(c, suspension.refusal)
  return page(
    c,
    title,
    <>
      <AdminHead here={here} />
      <SuspendForm title={title} typed={typed} {...suspension} />
    </>,
    suspension.refusal ? statusOf(suspension.refusal) : 200,
  )
}

type Props = Omit<Suspension, 'handle' | 'here'> & { title: string; typed: Typed | null }

const SuspendForm: FC<Props> = ({ title, path, isLocal, hint, back, refusal, typed }) => {
  const { t } = useMessages()
  const { formats, now } = usePage()
  return (
    <Form action={`${path}/suspend`} class="sheet" label={title}>
      <h2>{title}</h2>
      <Refused refusal={refusal} />
      {typed && !refusal && <Kept />}
      <p>{t(isLocal ? 'reports.suspendLead' : 'reports.suspendLeadRemote')}</p>
      <p>{t('staffAccount.suspendKept', { day: formats.day(purgeAfter(now)) })}</p>
      <p class="hint">{hint}</p>
      <input type="hidden" name="return_to" value={`${path}/suspend`} />
      <ActFields
        isLocal={isLocal}
        values={(name) => typed?.text(name) ?? ''}
        mails={typed?.isChecked('mails') ?? true}
      />
      <div class="buttons">
        <button type="submit" class="button button-bad">
          {t('reports.suspendNow')}
        </button>
        <a href={path} class="button button-quiet">
          {back}
        </a>
      </div>
    </Form>
  )
}
