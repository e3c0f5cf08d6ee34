import { Hono } from 'hono'
import type { ConversationId } from '#src/platform/ids.ts'
import { markConversation, removeConversation } from '#src/reading/conversations/mark.ts'
import { loadConversation, loadConversationPage } from '#src/reading/conversations/page.ts'
import { toConversation } from '../entities/conversation.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { id, params } from '../http/params.ts'

const one = { id: id<ConversationId>() }

export const conversations = new Hono<Env>()

conversations.get('/conversations', requires('read:statuses'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  const page = toPage(params)
  const { cursors, views } = await loadConversationPage(app.db, accountId, page)
  linkPage(c, page, cursors)
  return c.json(views.map((view) => toConversation(view, app.uris, accountId)))
})

for (const mark of ['read', 'unread'] as const) {
  conversations.post(`/conversations/:id/${mark}`, requires('write:conversations'), params(one), async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => markConversation(tx, accountId, params.id, mark === 'unread'))
    return c.json(toConversation(await loadConversation(app.db, accountId, params.id), app.uris, accountId))
  })
}

conversations.delete('/conversations/:id', requires('write:conversations'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => removeConversation(tx, accountId, params.id))
  return c.json({})
})
