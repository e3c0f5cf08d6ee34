import { Hono } from 'hono'
import type { ListId } from '#src/platform/ids.ts'
import { directTimeline } from '#src/reading/timelines/direct.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { linkTimeline } from '#src/reading/timelines/link.ts'
import { listTimeline } from '#src/reading/timelines/list.ts'
import { bookmarkedBy, favouritedBy } from '#src/reading/timelines/marked.ts'
import { maxMoreTags, type PublicFilter, publicTimeline, tagTimeline } from '#src/reading/timelines/public.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { linkPage, paged, toPage } from '../http/paging.ts'
import { filled, flag, id, list, params, text } from '../http/params.ts'
import { presentPage } from '../http/timeline.ts'
import { presentStatuses } from '../present.ts'

const publicParams = {
  ...paged(20),
  local: flag().optional(),
  remote: flag().optional(),
  only_media: flag().optional(),
}

export const timelines = new Hono<Env>()

timelines.get('/timelines/home', requires('read:statuses'), params(paged(20)), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentPage(c, toPage(params), 'home', (page) => homeTimeline(app.db, accountId, page)))
})

timelines.get('/timelines/public', allows('read:statuses'), params(publicParams), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(
    await presentPage(c, toPage(params), 'public', (page) => publicTimeline(app.db, accountId, toFilter(params), page)),
  )
})

/** Further hashtags: only the first few of each kind count. */
const moreTags = () => list(text()).transform((names) => names.slice(0, maxMoreTags).map(hashtagKey))
const tagParams = { ...publicParams, hashtag: filled(), any: moreTags(), all: moreTags(), none: moreTags() }

timelines.get('/timelines/tag/:hashtag', allows('read:statuses'), params(tagParams), async (c) => {
  const { app, accountId, params } = c.var
  const { any, all, none } = params
  return c.json(
    await presentPage(c, toPage(params), 'public', (page) =>
      tagTimeline(app.db, accountId, hashtagKey(params.hashtag), { ...toFilter(params), any, all, none }, page),
    ),
  )
})

timelines.get(
  '/timelines/list/:list_id',
  requires('read:lists'),
  params({ ...paged(20), list_id: id<ListId>() }),
  async (c) => {
    const { app, accountId, params } = c.var
    return c.json(
      await presentPage(c, toPage(params), 'home', (page) => listTimeline(app.db, accountId, params.list_id, page)),
    )
  },
)

// Conversations have replaced it.
timelines.get(
  '/timelines/direct',
  requires('read:statuses'),
  deprecated('2018-10-30'),
  params(paged(20)),
  async (c) => {
    const { app, accountId, params } = c.var
    const ids = await directTimeline(app.db, accountId, toPage(params))
    linkPage(c, toPage(params), ids)
    return c.json(await presentStatuses(app, accountId, ids))
  },
)

timelines.get('/timelines/link', allows('read:statuses'), params({ ...paged(20), url: filled() }), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(
    await presentPage(c, toPage(params), 'public', (page) => linkTimeline(app.db, accountId, params.url, page)),
  )
})

for (const [path, scope, read] of [
  ['/favourites', 'read:favourites', favouritedBy],
  ['/bookmarks', 'read:bookmarks', bookmarkedBy],
] as const) {
  timelines.get(path, requires(scope), params(paged(20)), async (c) => {
    const { app, accountId, params } = c.var
    const found = await read(app.db, accountId, toPage(params))
    linkPage(
      c,
      toPage(params),
      found.map(({ id }) => id),
    )
    return c.json(
      await presentStatuses(
        app,
        accountId,
        found.map(({ statusId }) => statusId),
      ),
    )
  })
}

/** The key of a hashtag in a parameter; for an invalid one, a key that no hashtag has. */
const hashtagKey = (text: string): string => parseHashtag(text)?.name ?? ''

function toFilter({
  local,
  remote,
  only_media: onlyMedia,
}: {
  local?: boolean | undefined
  remote?: boolean | undefined
  only_media?: boolean | undefined
}): PublicFilter {
  return {
    ...(local ? { from: 'local' as const } : remote ? { from: 'remote' as const } : {}),
    ...(onlyMedia ? { onlyMedia } : {}),
  }
}
