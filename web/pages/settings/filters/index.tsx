import { Hono } from 'hono'
import { type FilterId, isId, type RelationId, type StatusId } from '#src/platform/ids.ts'
import { toCsv, toJson } from '#src/reading/filters/copies.ts'
import { addStatus, createFilter, deleteFilter, removeStatus, updateFilter } from '#src/reading/filters/manage.ts'
import { loadFilterViews } from '#src/reading/filters/read.ts'
import { filterContexts } from '#src/statuses/views/filters.ts'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requireViewer, viewerOf } from '../../../guards.tsx'
import { pathId } from '../../../path-id.ts'
import { inputIn, newInputIn } from './fields.tsx'
import { filterPage, filtersPath } from './filter.tsx'
import { takeInFile } from './import.tsx'
import { filtersPage } from './own.tsx'
import { filterPostPage } from './post.tsx'

/** A person's filters: making and changing them, taking them along, and adding a post to one. */
export const filterSettings: Hono<Env> = new Hono<Env>()
  .get(filtersPath, requireViewer, (c) => filtersPage(c))
  .post(filtersPath, requireViewer, async (c) => {
    let id = ''
    const refusal = await refusalOf(async () => {
      const input = newInputIn(c.var.form)
      id = await c.var.app.db.transaction((tx) => createFilter(tx, viewerOf(c).accountId, input))
    })
    return refusal ? filtersPage(c, { refusal }) : c.redirect(`${filtersPath}/${id}?saved=1`, 303)
  })
  .get('/settings/filters.json', requireViewer, (c) => fileOf(c, 'json'))
  .get('/settings/filters.csv', requireViewer, (c) => fileOf(c, 'csv'))
  .post(`${filtersPath}/import`, requireViewer, (c) => takeInFile(c))
  .get(`${filtersPath}/:id`, requireViewer, (c) => filterPage(c, pathId(c)))
  .post(`${filtersPath}/:id`, requireViewer, async (c) => {
    const id = pathId<FilterId>(c)
    const refusal = await refusalOf(async () => {
      const input = inputIn(c.var.form)
      await c.var.app.db.transaction((tx) => updateFilter(tx, viewerOf(c).accountId, id, input))
    })
    return refusal ? filterPage(c, id, refusal) : c.redirect(`${filtersPath}/${id}?saved=1`, 303)
  })
  .post(`${filtersPath}/:id/delete`, requireViewer, async (c) => {
    const id = pathId<FilterId>(c)
    await c.var.app.db.transaction((tx) => deleteFilter(tx, viewerOf(c).accountId, id))
    return c.redirect(`${filtersPath}?deleted=1`, 303)
  })
  .post(`${filtersPath}/:id/posts/:post/remove`, requireViewer, async (c) => {
    const id = pathId<FilterId>(c)
    const post = pathId<RelationId>(c, 'post')
    await c.var.app.db.transaction((tx) => removeStatus(tx, viewerOf(c).accountId, post))
    return c.redirect(`${filtersPath}/${id}#posts`, 303)
  })
  .get('/statuses/:id/filter', requireViewer, (c) => filterPostPage(c, pathId(c)))
  .post('/statuses/:id/filter', requireViewer, async (c) => {
    const status = pathId<StatusId>(c)
    const chosen = c.var.form.text('filter')
    let id = chosen as FilterId
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => {
        const { accountId } = viewerOf(c)
        if (!isId(chosen))
          id = await createFilter(tx, accountId, { title: c.var.form.text('title'), contexts: filterContexts })
        await addStatus(tx, accountId, id, status)
      }),
    )
    return refusal ? filterPostPage(c, status, refusal) : c.redirect(`${filtersPath}/${id}?added=1#posts`, 303)
  })

async function fileOf(c: C, kind: 'json' | 'csv'): Promise<Response> {
  const filters = await loadFilterViews(c.var.app.db, viewerOf(c).accountId)
  return c.body(kind === 'json' ? toJson(filters) : toCsv(filters), 200, {
    'Content-Type': kind === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="filters.${kind}"`,
    'Cache-Control': 'private, no-store',
  })
}
