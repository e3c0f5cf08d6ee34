import { Hono } from 'hono'
import type { ListId } from '#src/platform/ids.ts'
import { createList, deleteList } from '#src/reading/lists/manage.ts'
import type { Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { pathId } from '../../path-id.ts'
import { editPage, listMemberForms, saveList } from './edit.tsx'
import { settingsIn } from './fields.tsx'
import { listsWithForms } from './of-account.tsx'
import { ownListsPage } from './own.tsx'
import { timelinePage } from './timeline.tsx'

/** A person's lists: making and changing them, their members, and their timelines. */
export const listPages: Hono<Env> = new Hono<Env>()
  .get('/lists', requireViewer, (c) => ownListsPage(c))
  .post('/lists', requireViewer, async (c) => {
    let id = ''
    const refusal = await refusalOf(async () => {
      id = await c.var.app.db.transaction((tx) => createList(tx, viewerOf(c).accountId, settingsIn(c.var.form)))
    })
    return refusal ? ownListsPage(c, refusal) : c.redirect(`/lists/${id}/edit`, 303)
  })
  .get('/lists/:id', requireViewer, (c) => timelinePage(c, pathId(c)))
  .get('/lists/:id/edit', requireViewer, (c) => editPage(c, pathId(c)))
  .post('/lists/:id/edit', requireViewer, (c) => saveList(c, pathId(c)))
  .post('/lists/:id/delete', requireViewer, async (c) => {
    const id = pathId<ListId>(c)
    await c.var.app.db.transaction((tx) => deleteList(tx, viewerOf(c).accountId, id))
    return c.redirect('/lists?deleted=1', 303)
  })
listPages.route('/', listMemberForms)
listPages.route('/', listsWithForms)
