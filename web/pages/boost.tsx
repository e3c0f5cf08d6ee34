import { Hono } from 'hono'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { notFound } from '#src/platform/errors.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { Status, statusPath } from '../components/status.tsx'
import type { Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { HttpProblem } from '../problem.ts'
import { statusIdOf } from './status-id.ts'

const audiences = ['public', 'unlisted', 'private'] as const

/** Boosting with a choice of who sees the boost. The button below a post boosts for everybody. */
export const boosts = new Hono<Env>()
  .get('/statuses/:id/boost', requireViewer, async (c) => {
    const { t } = c.var.messages
    const found = await loadStatusView(c.var.app.db, viewerOf(c).accountId, statusIdOf(c))
    const status = found?.reblog ?? found
    if (!status || !isOpen(status.visibility)) throw notFound()
    return page(
      c,
      t('boost.title'),
      <>
        <Head title={t('boost.title')} />
        <div class="feed feed-quoted">
          <Status status={status} />
        </div>
        <Form action={`/statuses/${status.id}/boost`} class="sheet">
          <fieldset class="field choices">
            <legend>{t('boost.audience')}</legend>
            {audiences.map((audience, i) => (
              <label class="choice">
                <input type="radio" name="audience" value={audience} checked={i === 0} required />
                <span>
                  <strong>{t(`visibility.${audience}`)}</strong> <span class="hint">{t(`boost.${audience}`)}</span>
                </span>
              </label>
            ))}
          </fieldset>
          <div class="buttons">
            <button type="submit" class="button">
              {t('status.boost')}
            </button>
            <a href={`${statusPath(status)}#post-${status.id}`} class="button button-quiet">
              {t('boost.back')}
            </a>
          </div>
        </Form>
      </>,
    )
  })
  .post('/statuses/:id/boost', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const visibility = audiences.find((one) => one === form.text('audience'))
    if (!visibility) throw new HttpProblem(400)
    await countAction(app, 'statuses', accountId)
    const id = statusIdOf(c)
    await app.db.transaction((tx) => reblog(tx, app.uris, accountId, id, { visibility }))
    const status = await loadStatusView(app.db, accountId, id)
    const shown = status?.reblog ?? status
    return c.redirect(shown ? `${statusPath(shown)}#post-${shown.id}` : '/', 303)
  })
