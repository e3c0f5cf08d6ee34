import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { testWebhook } from '#src/moderation/webhooks/deliver.ts'
import {
  changeWebhook,
  deleteWebhook,
  enableWebhook,
  listWebhooks,
  makeWebhook,
  rotateSecret,
  type Webhook,
} from '#src/moderation/webhooks/manage.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { isId, type WebhookId } from '#src/platform/ids.ts'
import { NoticeBox } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofWithinHour, staffOf, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { AdminHead } from '../tabs.tsx'
import { hostOf, inputOf, newWebhookPage, path, Result, stateOf, webhookPage } from './hook.tsx'

const guard = requirePermission('manage_webhooks')

type Use = (tx: Tx, staff: Staff, id: WebhookId, app: App) => Promise<void>
const uses: Record<string, Use> = {
  enable: (tx, staff, id) => enableWebhook(tx, staff, id, true),
  disable: (tx, staff, id) => enableWebhook(tx, staff, id, false),
  rotate: (tx, staff, id, app) => rotateSecret(app, tx, staff, id),
}

/** Webhooks: programs that this server tells of accounts, reports and posts. */
export const webhookPages = new Hono<Env>()
  .get(path, guard, listPage)
  .get(`${path}/new`, guard, requireProof, (c) => newWebhookPage(c))
  .get(`${path}/:id`, guard, requireProof, (c) => webhookPage(c, idOf(c)))
  .post(path, guard, requireProofWithinHour, async (c) => {
    const { app } = c.var
    let id = ''
    const refusal = await refusalOf(async () => {
      id = await app.db.transaction(async (tx) => makeWebhook(app, tx, await staffOf(c, tx), inputOf(c)))
    })
    return refusal ? newWebhookPage(c, refusal) : c.redirect(`${path}/${id}?done=made`, 303)
  })
  .post(`${path}/:id`, guard, requireProofWithinHour, async (c) => {
    const { app } = c.var
    const id = idOf(c)
    const refusal = await refusalOf(() =>
      app.db.transaction(async (tx) => changeWebhook(app, tx, await staffOf(c, tx), id, inputOf(c))),
    )
    return refusal ? webhookPage(c, id, refusal) : c.redirect(`${path}/${id}?done=changed`, 303)
  })
  .post(`${path}/:id/test`, guard, requireProof, async (c) => {
    const { app } = c.var
    await testWebhook(app, await staffMember(app.db, viewerOf(c).accountId), idOf(c))
    return c.redirect(`${path}/${idOf(c)}?done=tested`, 303)
  })
  .post(`${path}/:id/delete`, guard, requireProof, async (c) => {
    await c.var.app.db.transaction(async (tx) => deleteWebhook(tx, await staffOf(c, tx), idOf(c)))
    return c.redirect(`${path}?done=deleted`, 303)
  })
  .post(`${path}/:id/:use`, guard, requireProof, async (c) => {
    const name = c.req.param('use')
    const use = Object.hasOwn(uses, name) ? uses[name] : undefined
    if (!use) throw notFound()
    const { app } = c.var
    await app.db.transaction(async (tx) => use(tx, await staffOf(c, tx), idOf(c), app))
    return c.redirect(`${path}/${idOf(c)}?done=${name}d`, 303)
  })

function idOf(c: C): WebhookId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as WebhookId
}

async function listPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const found = await listWebhooks(db, await staffMember(db, viewerOf(c).accountId))
  return page(
    c,
    t('webhooks.title'),
    <>
      <AdminHead here={path} />
      {c.req.query('done') === 'deleted' && <NoticeBox kind="good">{t('webhooks.deleted')}</NoticeBox>}
      <p class="hint approvals-hint">{t('webhooks.lead')}</p>
      <div class="buttons approvals-hint">
        <a href={`${path}/new`} class="button">
          {t('webhooks.add')}
        </a>
      </div>
      {found.length === 0 && <div class="empty">{t('webhooks.none')}</div>}
      <div class="people">
        {found.map((webhook) => (
          <Entry webhook={webhook} />
        ))}
      </div>
    </>,
  )
}

/** Only the host: the path may be a secret of its service. */
const Entry: FC<{ webhook: Webhook }> = ({ webhook }) => {
  const { t } = useMessages()
  return (
    <article class="person approval">
      <div class="approval-body">
        <h2 class="applicant-name">
          <a href={`${path}/${webhook.id}`}>{hostOf(webhook)}</a>
        </h2>
        <ul class="applicant-facts">
          <li>{t(stateOf(webhook))}</li>
          <li>{webhook.events.join(', ')}</li>
          <Result webhook={webhook} />
        </ul>
      </div>
    </article>
  )
}
