import { Hono } from 'hono'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { setPolicy } from '#src/statuses/access/own-policy.ts'
import { quoteChange, type QuotePolicy } from '#src/statuses/quotes/policy.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { Form, Refused } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { type Policy, PolicyFields, policyOf } from '../components/policy-fields.tsx'
import { Status, statusPath } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** The interaction policy of a published post. */
export const policies = new Hono<Env>()
  .get('/statuses/:id/policy', requireViewer, async (c) => {
    const status = await ownStatus(c)
    return policyPage(c, status, policyOfStatus(status))
  })
  .post('/statuses/:id/policy', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const status = await ownStatus(c)
    const wanted = policyOf(form, { before: status.interactionPolicy })
    const { interactionPolicy, quotePolicy, quoteManual = [] } = wanted
    const refusal = await refusalOf(async () => {
      await countAction(app, 'statuses', accountId)
      await app.db.transaction((tx) =>
        setPolicy(tx, accountId, status.id, {
          interactionPolicy,
          quotes: quotePolicy && { ...quoteChange(quotePolicy), manual: quoteManual },
        }),
      )
    })
    return refusal
      ? policyPage(c, status, { ...policyOfStatus(status), ...wanted }, refusal)
      : c.redirect(statusPath(status), 303)
  })

async function ownStatus(c: C): Promise<StatusView> {
  const id = c.req.param('id') ?? ''
  const { accountId } = viewerOf(c)
  const status = isId(id) ? await loadStatusView(c.var.app.db, accountId, id as StatusId) : undefined
  if (!status || status.accountId !== accountId || status.reblog) throw notFound()
  return status
}

function policyOfStatus({ interactionPolicy, quoteAutomatic, quoteManual }: StatusView): Policy {
  const groups: readonly QuotePolicy[] = ['public', 'followers']
  const quotePolicy = groups.find((group) => (quoteAutomatic as string[]).includes(group)) ?? 'nobody'
  return { interactionPolicy, quotePolicy, quoteManual }
}

function policyPage(c: C, status: StatusView, policy: Policy, refusal: Refusal | null = null) {
  const { t } = c.var.messages
  return page(
    c,
    t('approvals.policyTitle'),
    <>
      <Head title={t('approvals.policyTitle')} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <Form action={`/statuses/${status.id}/policy`} class="sheet">
        <Refused refusal={refusal} />
        <PolicyFields policy={policy} visibility={status.visibility} open />
        <p class="hint">{t('approvals.policyHint')}</p>
        <div class="buttons">
          <button type="submit" class="button">
            {t('approvals.save')}
          </button>
          <a href={statusPath(status)} class="button button-quiet">
            {t('approvals.back')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? 422 : 200,
  )
}
