import { Hono } from 'hono'
import { notFound } from '#src/platform/errors.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { visibleStatusByUrl } from '#src/statuses/find.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toOEmbed } from './entities/oembed.ts'
import type { Env } from './env.ts'
import { open } from './http/access.ts'
import { integer } from './http/numbers.ts'
import { filled, params } from './http/params.ts'

/** oEmbed: the HTML by which other sites embed a post, by its URL. */
export const oembed = new Hono<Env>()

oembed.get(
  '/oembed',
  open,
  params({ url: filled(), maxwidth: integer().optional(), maxheight: integer().optional() }),
  async (c) => {
    const { app, params } = c.var
    const id = app.uris.isOwn(params.url) ? await visibleStatusByUrl(app.db, app.uris, null, params.url) : null
    const view = id && (await loadStatusView(app.db, null, id))
    // Remote posts are embedded from their own servers.
    if (!view?.isLocal) throw notFound()
    const { title } = await loadSettings(app.db)
    return c.json(toOEmbed(view, app.uris, title, { maxWidth: params.maxwidth, maxHeight: params.maxheight }))
  },
)
