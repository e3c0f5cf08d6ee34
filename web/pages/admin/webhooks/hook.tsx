import type { FC } from 'hono/jsx'
import { staffMember } from '#src/accounts/roles/staff.ts'
import type { Delivery } from '#src/moderation/webhooks/journal.ts'
import { allWebhookEvents, loadWebhook, type Webhook, type WebhookInput } from '#src/moderation/webhooks/manage.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { WebhookId } from '#src/platform/ids.ts'
import { problemIn } from '#src/text/refusals.ts'
import { Action, Field, Form, NoticeBox, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { Ago } from '../../../components/time.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { AdminHead } from '../tabs.tsx'

export const path = '/admin/webhooks'

export const inputOf = ({ var: { form } }: C): WebhookInput => ({ url: form.text('url'), events: form.texts('event') })

/** Whether it is on, and if not, who turned it off; as a key of a text. */
export const stateOf = ({ isEnabled, gaveUpAt }: Webhook) =>
  isEnabled ? 'webhooks.on' : gaveUpAt ? 'webhooks.gaveUp' : 'webhooks.off'

export const hostOf = ({ url }: Webhook): string => URL.parse(url)?.host ?? url

export function newWebhookPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { t } = c.var.messages
  const input = refusal ? inputOf(c) : { url: '', events: [] }
  return page(
    c,
    t('webhooks.add'),
    <>
      <AdminHead here={path} />
      <WebhookForm action={path} title={t('webhooks.add')} input={input} refusal={refusal} />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** A webhook with all that can be done with it. It shows the secret, so that a proof of identity stands before it. */
export async function webhookPage(c: C, id: WebhookId, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const staff = await staffMember(app.db, viewerOf(c).accountId)
  const { webhook, secret, deliveries } = await loadWebhook(app, staff, id)
  const title = t('webhooks.one', { host: hostOf(webhook) })
  const here = `${path}/${id}`
  return page(
    c,
    title,
    <>
      <AdminHead here={path} />
      <Done done={c.req.query('done')} last={deliveries[0]} />
      <State webhook={webhook} title={title} />
      <section class="sheet">
        <h2>{t('webhooks.secret')}</h2>
        <p class="hint">{t(secret === '' ? 'webhooks.secretLost' : 'webhooks.secretHint')}</p>
        {secret !== '' && (
          <p>
            <code class="totp-secret">{secret}</code>
          </p>
        )}
        <p class="hint">{t('webhooks.rotateLead')}</p>
        <div class="buttons">
          <Action action={`${here}/rotate`} label={t('webhooks.rotate')} class="button button-quiet">
            {t('webhooks.rotate')}
          </Action>
        </div>
      </section>
      <WebhookForm
        action={here}
        title={t('webhooks.change')}
        input={refusal ? inputOf(c) : webhook}
        refusal={refusal}
      />
      <Deliveries deliveries={deliveries} />
      <Form action={`${here}/delete`} class="sheet" label={t('webhooks.delete')}>
        <h2>{t('webhooks.delete')}</h2>
        <p>{t('webhooks.deleteLead')}</p>
        <input type="hidden" name="return_to" value={here} />
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {t('webhooks.deleteNow')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const notes = {
  made: 'webhooks.made',
  changed: 'webhooks.changed',
  enabled: 'webhooks.enabled',
  disabled: 'webhooks.disabled',
  rotated: 'webhooks.rotated',
} as const

/** What the form before did. */
const Done: FC<{ done: string | undefined; last: Delivery | undefined }> = ({ done, last }) => {
  const { t } = useMessages()
  if (done === 'tested' && last) {
    const { status, error } = last
    return (
      <NoticeBox kind={error === '' ? 'good' : 'bad'}>
        {error === '' ? t('webhooks.answerGood', { status: String(status) }) : t('webhooks.answerBad', { error })}
      </NoticeBox>
    )
  }
  if (!done || !Object.hasOwn(notes, done)) return null
  return <NoticeBox kind="good">{t(notes[done as keyof typeof notes])}</NoticeBox>
}

const State: FC<{ webhook: Webhook; title: string }> = ({ webhook, title }) => {
  const { t } = useMessages()
  const here = `${path}/${webhook.id}`
  const verb = webhook.isEnabled ? 'disable' : 'enable'
  return (
    <section class="sheet">
      <h2>{title}</h2>
      <ul class="bullets">
        <li>{t(stateOf(webhook))}</li>
        <Result webhook={webhook} />
      </ul>
      <p class="hint">{t('webhooks.testHint')}</p>
      <div class="buttons">
        <Action action={`${here}/test`} label={t('webhooks.test')} class="button">
          {t('webhooks.test')}
        </Action>
        <Action action={`${here}/${verb}`} label={t(`webhooks.${verb}`)} class="button button-quiet">
          {t(`webhooks.${verb}`)}
        </Action>
      </div>
    </section>
  )
}

/** The last success and the last failure of a webhook, as entries of a list. */
export const Result: FC<{ webhook: Webhook }> = ({ webhook: { lastSuccessAt, lastFailureAt, lastFailure } }) => {
  const { rich } = useMessages()
  return (
    <>
      {lastSuccessAt && <li>{rich('webhooks.succeeded', { age: <Ago at={lastSuccessAt} /> })}</li>}
      {lastFailureAt && (
        <li>{rich('webhooks.failed', { age: <Ago at={lastFailureAt} />, error: <bdi>{lastFailure}</bdi> })}</li>
      )}
    </>
  )
}

type FormProps = { action: string; title: string; input: WebhookInput; refusal: Refusal | null }

const WebhookForm: FC<FormProps> = ({ action, title, input, refusal }) => {
  const messages = useMessages()
  const { t } = messages
  const problems = refusal?.problems ?? []
  const missing = problems.find(({ field }) => field === 'events')
  return (
    <Form action={action} class="sheet" label={title} unchecked>
      <h2>{title}</h2>
      <Refused refusal={refusal} />
      <input type="hidden" name="return_to" value={action === path ? `${path}/new` : action} />
      <Field
        name="url"
        type="url"
        label={t('webhooks.url')}
        value={input.url}
        problems={problems}
        required
        maxlength={2_048}
        autocomplete="off"
        hint={t('webhooks.urlHint')}
      />
      <fieldset class="report-actions" aria-describedby={missing ? 'events-problem' : undefined}>
        <legend>{t('webhooks.events')}</legend>
        {missing && (
          <p class="problem" id="events-problem">
            {problemIn(messages, missing)}
          </p>
        )}
        {allWebhookEvents.map((name) => (
          <label class="check">
            <input type="checkbox" name="event" value={name} checked={input.events.includes(name)} />
            <span>
              {t(`webhooks.event.${name}`)}
              <small>
                <code>{name}</code>
              </small>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="buttons">
        <button type="submit" class="button">
          {t(action === path ? 'webhooks.addNow' : 'common.save')}
        </button>
        <a href={path} class="button button-quiet">
          {t('webhooks.back')}
        </a>
      </div>
    </Form>
  )
}

const Deliveries: FC<{ deliveries: Delivery[] }> = ({ deliveries }) => {
  const { t, rich } = useMessages()
  return (
    <section class="sheet">
      <h2>{t('webhooks.deliveries')}</h2>
      {deliveries.length === 0 && <p class="hint">{t('webhooks.noDeliveries')}</p>}
      <ul class="bullets">
        {deliveries.map(({ at, event, status, error, ms }) => (
          <li>
            {rich('webhooks.delivery', {
              event: <code>{event}</code>,
              result: <bdi>{error || String(status)}</bdi>,
              age: <Ago at={new Date(at)} />,
              ms,
            })}
          </li>
        ))}
      </ul>
    </section>
  )
}
