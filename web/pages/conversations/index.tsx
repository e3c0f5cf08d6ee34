import { Hono } from 'hono'
import type { ConversationId } from '#src/platform/ids.ts'
import { markConversation, removeConversation } from '#src/reading/conversations/mark.ts'
import { loadConversationPage } from '#src/reading/conversations/page.ts'
import { NoticeBox } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import { NothingHere, pageOf, Pagination } from '../../components/pagination.tsx'
import type { C, Env } from '../../env.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { pathId } from '../../path-id.ts'
import { conversationPage } from './conversation.tsx'
import { ConversationRow } from './row.tsx'

/** A person's conversations: posts for named people only. */
export const conversationPages: Hono<Env> = new Hono<Env>()
  .get('/conversations', requireViewer, (c) => conversationsPage(c))
  .get('/conversations/:id', requireViewer, (c) => conversationPage(c, pathId(c)))
  .post('/conversations/:id/unread', requireViewer, async (c) => {
    const id = pathId<ConversationId>(c)
    await c.var.app.db.transaction((tx) => markConversation(tx, viewerOf(c).accountId, id, true))
    return c.redirect('/conversations', 303)
  })
  .post('/conversations/:id/delete', requireViewer, async (c) => {
    const id = pathId<ConversationId>(c)
    await c.var.app.db.transaction((tx) => removeConversation(tx, viewerOf(c).accountId, id))
    return c.redirect('/conversations?removed=1', 303)
  })

async function conversationsPage(c: C): Promise<Response> {
  const { t } = c.var.messages
  const wanted = pageOf(c)
  const { cursors, views } = await loadConversationPage(c.var.app.db, viewerOf(c).accountId, wanted)
  const compose = '/compose?visibility=direct'
  return page(
    c,
    t('conversations.title'),
    <>
      <Head title={t('conversations.title')}>
        <a href={compose} class="button">
          {t('conversations.new')}
        </a>
      </Head>
      {c.req.query('removed') && <NoticeBox kind="good">{t('conversations.removed')}</NoticeBox>}
      <p class="notice">{t('conversations.readers')}</p>
      {views.length > 0 ? (
        <ul class="rows">
          {views.map((conversation) => (
            <ConversationRow conversation={conversation} />
          ))}
        </ul>
      ) : (
        <div class="empty">
          <NothingHere page={wanted}>
            <p>{t('conversations.none')}</p>
            <p>
              <a href={compose}>{t('conversations.first')}</a>
            </p>
          </NothingHere>
        </div>
      )}
      <Pagination path="/conversations" page={wanted} cursors={cursors} />
    </>,
  )
}
