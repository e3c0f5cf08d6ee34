import { Hono } from 'hono'
import type { FilterId, RelationId, StatusId } from '#src/platform/ids.ts'
import {
  addKeyword,
  addStatus,
  createFilter,
  deleteFilter,
  deleteKeyword,
  type FilterInput,
  removeStatus,
  updateFilter,
  updateKeyword,
} from '#src/reading/filters/manage.ts'
import { loadFilterView, loadFilterViews, loadKeyword, loadNamedStatus } from '#src/reading/filters/read.ts'
import { toFilter, toFilterKeyword, toFilterStatus } from '../entities/filter.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { expiry } from '../http/numbers.ts'
import { choice, flag, withoutUndefined, hashes, id, idIfAny, list, type Params, params, text } from '../http/params.ts'

const one = { id: id<FilterId>() }
const ofFilter = { filter_id: id<FilterId>() }
const part = { id: id<RelationId>() }
const word = { keyword: text().optional(), whole_word: flag().optional() }
const input = {
  title: text().optional(),
  context: list(text()),
  filter_action: choice(['warn', 'hide', 'blur']).optional(),
  expires_in: expiry(),
  keywords_attributes: hashes({ ...word, id: idIfAny<RelationId>().optional(), _destroy: flag().optional() }, 300),
}
const clearable = { clearable: ['expires_in'] }

export const filtersV2 = new Hono<Env>()

filtersV2.get('/filters', requires('read:filters'), async (c) => {
  const views = await loadFilterViews(c.var.app.db, c.var.accountId)
  return c.json(views.map(toFilter))
})

filtersV2.post('/filters', requires('write:filters'), params(input, clearable), async (c) => {
  const { app, accountId, params } = c.var
  const id = await app.db.transaction((tx) => createFilter(tx, accountId, toInput(params)))
  return c.json(toFilter(await loadFilterView(app.db, accountId, id)))
})

// These stand before `/filters/:id`, which would match them.
filtersV2.get('/filters/keywords/:id', requires('read:filters'), params(part), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toFilterKeyword((await loadKeyword(app.db, accountId, params.id)).keyword))
})

filtersV2.on(
  ['PUT', 'PATCH'],
  '/filters/keywords/:id',
  requires('write:filters'),
  params({ ...part, ...word }),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) =>
      updateKeyword(
        tx,
        accountId,
        params.id,
        withoutUndefined({ keyword: params.keyword, isWholeWord: params.whole_word }),
      ),
    )
    return c.json(toFilterKeyword((await loadKeyword(app.db, accountId, params.id)).keyword))
  },
)

filtersV2.delete('/filters/keywords/:id', requires('write:filters'), params(part), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteKeyword(tx, accountId, params.id))
  return c.json({})
})

filtersV2.get('/filters/statuses/:id', requires('read:filters'), params(part), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toFilterStatus(await loadNamedStatus(app.db, accountId, params.id)))
})

filtersV2.delete('/filters/statuses/:id', requires('write:filters'), params(part), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => removeStatus(tx, accountId, params.id))
  return c.json({})
})

filtersV2.get('/filters/:id', requires('read:filters'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toFilter(await loadFilterView(app.db, accountId, params.id)))
})

filtersV2.on(
  ['PUT', 'PATCH'],
  '/filters/:id',
  requires('write:filters'),
  params({ ...one, ...input }, clearable),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction((tx) => updateFilter(tx, accountId, params.id, toInput(params)))
    return c.json(toFilter(await loadFilterView(app.db, accountId, params.id)))
  },
)

filtersV2.delete('/filters/:id', requires('write:filters'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteFilter(tx, accountId, params.id))
  return c.json({})
})

filtersV2.get('/filters/:filter_id/keywords', requires('read:filters'), params(ofFilter), async (c) => {
  const { app, accountId, params } = c.var
  return c.json((await loadFilterView(app.db, accountId, params.filter_id)).keywords.map(toFilterKeyword))
})

filtersV2.post(
  '/filters/:filter_id/keywords',
  requires('write:filters'),
  params({ ...ofFilter, ...word }),
  async (c) => {
    const { app, accountId, params } = c.var
    const id = await app.db.transaction((tx) =>
      addKeyword(tx, accountId, params.filter_id, params.keyword ?? '', params.whole_word),
    )
    return c.json(toFilterKeyword((await loadKeyword(app.db, accountId, id)).keyword))
  },
)

filtersV2.get('/filters/:filter_id/statuses', requires('read:filters'), params(ofFilter), async (c) => {
  const { app, accountId, params } = c.var
  return c.json((await loadFilterView(app.db, accountId, params.filter_id)).statuses.map(toFilterStatus))
})

filtersV2.post(
  '/filters/:filter_id/statuses',
  requires('write:filters'),
  params({ ...ofFilter, status_id: id<StatusId>() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const id = await app.db.transaction((tx) => addStatus(tx, accountId, params.filter_id, params.status_id))
    return c.json(toFilterStatus(await loadNamedStatus(app.db, accountId, id)))
  },
)

function toInput({
  title,
  context,
  filter_action: action,
  expires_in: expiresAt,
  keywords_attributes: keywords,
}: Params<typeof input>): FilterInput {
  return {
    ...withoutUndefined({ title, action, expiresAt }),
    // An empty list looks like a missing one, and a filter without contexts would filter nothing.
    ...(context.length > 0 ? { contexts: context } : {}),
    keywords: keywords.map(({ id, keyword, whole_word: isWholeWord, _destroy: isRemoved }) =>
      withoutUndefined({ id, keyword, isWholeWord, isRemoved }),
    ),
  }
}
