/** The first version of filters: each keyword is a filter of its own. */
import { Hono } from 'hono'
import { Refusal } from '#src/platform/errors.ts'
import type { RelationId } from '#src/platform/ids.ts'
import { createFilter, deleteKeyword, updateFilter } from '#src/reading/filters/manage.ts'
import { type FilterView, loadFilterView, loadFilterViews, loadKeyword } from '#src/reading/filters/read.ts'
import { toV1Filter } from '../entities/filter.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { expiry } from '../http/numbers.ts'
import { flag, withoutUndefined, id, list, type Params, params, text } from '../http/params.ts'

const one = { id: id<RelationId>() }
const input = {
  phrase: text().optional(),
  context: list(text()),
  irreversible: flag().optional(),
  whole_word: flag().optional(),
  expires_in: expiry(),
}
const clearable = { clearable: ['expires_in'] }
const old = deprecated('2022-11-14')

export const filtersV1 = new Hono<Env>()

filtersV1.get('/filters', requires('read:filters'), old, async (c) => {
  const views = await loadFilterViews(c.var.app.db, c.var.accountId)
  return c.json(views.flatMap((filter) => filter.keywords.map((keyword) => toV1Filter({ filter, keyword }))))
})

filtersV1.get('/filters/:id', requires('read:filters'), old, params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(toV1Filter(await loadKeyword(app.db, accountId, params.id)))
})

filtersV1.post('/filters', requires('write:filters'), old, params(input, clearable), async (c) => {
  const { app, accountId, params } = c.var
  const keyword = withoutUndefined({ keyword: params.phrase, isWholeWord: params.whole_word })
  const id = await app.db.transaction((tx) =>
    createFilter(tx, accountId, {
      ...withoutUndefined({ title: params.phrase }),
      ...sharedInput(params),
      keywords: [keyword],
    }),
  )
  const filter = await loadFilterView(app.db, accountId, id)
  return c.json(filter.keywords.map((made) => toV1Filter({ filter, keyword: made }))[0])
})

filtersV1.on(
  ['PUT', 'PATCH'],
  '/filters/:id',
  requires('write:filters'),
  old,
  params({ ...one, ...input }, clearable),
  async (c) => {
    const { app, accountId, params } = c.var
    await app.db.transaction(async (tx) => {
      const { filter, keyword } = await loadKeyword(tx, accountId, params.id)
      const shared = changed(filter, sharedInput(params))
      // The app wants to change this keyword, and can't see that others would change with it.
      if (filter.keywords.length > 1 && Object.keys(shared).length > 0) {
        throw new Refusal(
          'invalid',
          'These parameters can’t be changed from this app, as they are those of a filter with several keywords. Use a newer app or the website.',
        )
      }
      const title = filter.title === keyword.keyword && params.phrase !== undefined ? { title: params.phrase } : {}
      await updateFilter(tx, accountId, filter.id, {
        ...title,
        ...shared,
        keywords: [{ id: keyword.id, ...withoutUndefined({ keyword: params.phrase, isWholeWord: params.whole_word }) }],
      })
    })
    return c.json(toV1Filter(await loadKeyword(app.db, accountId, params.id)))
  },
)

filtersV1.delete('/filters/:id', requires('write:filters'), old, params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteKeyword(tx, accountId, params.id, { andFilter: true }))
  return c.json({})
})

type Shared = { contexts?: string[]; action?: 'hide' | 'warn'; expiresAt?: Date | null }

/** The fields that all keywords of a filter share. */
const sharedInput = ({
  context,
  irreversible,
  expires_in: expiresAt,
}: Pick<Params<typeof input>, 'context' | 'irreversible' | 'expires_in'>): Shared => ({
  ...(context.length > 0 ? { contexts: context } : {}),
  ...(irreversible === undefined ? {} : { action: irreversible ? ('hide' as const) : ('warn' as const) }),
  ...(expiresAt === undefined ? {} : { expiresAt }),
})

/** The fields that differ from the filter's, as apps send unchanged fields, too. */
function changed(filter: FilterView, { contexts, action, expiresAt }: Shared): Shared {
  const isSameContexts =
    contexts?.length === filter.contexts.length && filter.contexts.every((context) => contexts.includes(context))
  const isSameAction = (action === 'hide') === (filter.action === 'hide')
  return {
    ...(contexts && !isSameContexts ? { contexts } : {}),
    ...(action && !isSameAction ? { action } : {}),
    ...(expiresAt !== undefined && (expiresAt !== null || filter.expiresAt !== null) ? { expiresAt } : {}),
  }
}
