import { Hono } from 'hono'
import { type ActionKind, countAction } from '#src/accounts/sessions/attempts.ts'
import { notFound } from '#src/platform/errors.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { sendNow, staysHere } from '#src/statuses/held.ts'
import { bookmark, unbookmark } from '#src/statuses/interactions/bookmark.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { muteThread, unmuteThread } from '#src/statuses/interactions/mute-thread.ts'
import { pin, unpin } from '#src/statuses/interactions/pin.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { revokeQuote } from '#src/statuses/quotes/quote.ts'
import { redraft } from '#src/statuses/redraft.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { Form as FormElement } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { Status, statusPath } from '../components/status.tsx'
import type { C, Env, Form } from '../env.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusIdOf } from './status-id.ts'

/** Actions on a status. Buttons post here, and return to their page. */
export const statusActions = new Hono<Env>()
  .post('/statuses/:id/favourite', requireViewer, (c) => act(c, (tx, me, id) => favourite(tx, me, id)))
  .post('/statuses/:id/unfavourite', requireViewer, (c) => act(c, unfavourite))
  .post('/statuses/:id/reblog', requireViewer, (c) =>
    act(c, (tx, me, id) => reblog(tx, c.var.app.uris, me, id), 'statuses'),
  )
  .post('/statuses/:id/unreblog', requireViewer, (c) => act(c, unreblog, 'deletions'))
  .post('/statuses/:id/bookmark', requireViewer, (c) => act(c, bookmark))
  .post('/statuses/:id/unbookmark', requireViewer, (c) => act(c, unbookmark))
  .post('/statuses/:id/pin', requireViewer, (c) => act(c, pin))
  .post('/statuses/:id/unpin', requireViewer, (c) => act(c, unpin))
  .post('/statuses/:id/mute', requireViewer, (c) => act(c, muteThread))
  .post('/statuses/:id/unmute', requireViewer, (c) => act(c, unmuteThread))
  .post('/statuses/:id/vote', requireViewer, (c) =>
    act(c, async (tx, me, id) => {
      await vote(tx, me, id, choicesOf(c.var.form))
      return id
    }),
  )
  .post('/statuses/:id/quotes/:quoting/revoke', requireViewer, (c) =>
    act(c, async (tx, me, id) => {
      await revokeQuote(tx, me, id, statusIdOf(c, 'quoting'))
      return id
    }),
  )
  .get('/statuses/:id/delete', requireViewer, (c) => surePage(c, 'delete'))
  .post('/statuses/:id/delete', requireViewer, async (c) => {
    const { accountId, username } = viewerOf(c)
    await countAction(c.var.app, 'deletions', accountId)
    await c.var.app.db.transaction((tx) => deleteStatus(tx, accountId, statusIdOf(c)))
    return c.redirect(`/@${username}`, 303)
  })
  .get('/statuses/:id/redraft', requireViewer, (c) => surePage(c, 'redraft'))
  .post('/statuses/:id/redraft', requireViewer, async (c) => {
    const { accountId } = viewerOf(c)
    await countAction(c.var.app, 'deletions', accountId)
    const draftId = await c.var.app.db.transaction((tx) => redraft(tx, accountId, statusIdOf(c)))
    return c.redirect(`/compose?draft=${draftId}`, 303)
  })
  .post('/statuses/:id/send-now', requireViewer, (c) =>
    act(c, async (tx, me, id) => {
      await sendNow(tx, me, id)
      return id
    }),
  )

/** Asks whether to delete a post. */
async function surePage(c: C, action: 'delete' | 'redraft'): Promise<Response> {
  const { accountId } = viewerOf(c)
  const { t } = c.var.messages
  const status = await loadStatusView(c.var.app.db, accountId, statusIdOf(c))
  if (!status || status.accountId !== accountId || (action === 'redraft' && status.reblog)) throw notFound()
  const isHere = staysHere(status)
  const words = {
    delete: {
      title: t('undo.deleteTitle'),
      effect: t(isHere ? 'undo.deleteHere' : 'undo.deleteEverywhere'),
      button: t('undo.delete'),
    },
    redraft: {
      title: t('undo.redraftTitle'),
      effect: t(isHere ? 'undo.redraftHere' : 'undo.redraftEverywhere'),
      button: t('undo.redraft'),
    },
  }
  const { title, effect, button } = words[action]
  return page(
    c,
    title,
    <>
      <Head title={title} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <FormElement action={`/statuses/${status.id}/${action}`} class="sheet">
        <p>{effect}</p>
        <div class="buttons">
          <button type="submit" class="button button-bad">
            {button}
          </button>
          <a href={statusPath(status)} class="button button-quiet">
            {t('undo.keep')}
          </a>
        </div>
      </FormElement>
    </>,
  )
}

/** The chosen positions: a radio button has its position as the value, a checkbox in its name. */
function choicesOf(form: Form): number[] {
  const one = form.text('choice')
  if (/^\d{1,2}$/.test(one)) return [Number(one)]
  return Array.from({ length: maxOptions }, (_, i) => i).filter((i) => form.isChecked(`choice-${i}`))
}

/** Remote polls may have more options than local ones. */
const maxOptions = 20

type Verb = (...args: Parameters<typeof unfavourite>) => Promise<StatusId>

/** @param kind the kind of action that limits count, for a limited action */
async function act(c: C, verb: Verb, kind?: ActionKind): Promise<Response> {
  const { app } = c.var
  const { accountId } = viewerOf(c)
  if (kind) await countAction(app, kind, accountId)
  await app.db.transaction((tx) => verb(tx, accountId, statusIdOf(c)))
  return backTo(c)
}
