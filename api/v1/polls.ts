import { Hono } from 'hono'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { toPoll } from '../entities/poll.ts'
import type { Env } from '../env.ts'
import { allows, requires } from '../http/access.ts'
import { id, list, params, text } from '../http/params.ts'

const one = { id: id<StatusId>() }

export const pollRoutes = new Hono<Env>()

pollRoutes.get('/polls/:id', allows('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await presentPoll(app, accountId, params.id))
})

pollRoutes.post(
  '/polls/:id/votes',
  requires('write:statuses'),
  params({ ...one, choices: list(text()) }),
  async (c) => {
    const { app, accountId, params } = c.var
    // Apps send positions as numbers or as text. Any other value is no option.
    const choices = params.choices.map((choice) => (/^\d{1,4}$/.test(choice) ? Number(choice) : -1))
    await app.db.transaction((tx) => vote(tx, accountId, params.id, choices))
    return c.json(await presentPoll(app, accountId, params.id))
  },
)

/** A poll has the id and the visibility of its status. */
async function presentPoll(app: App, viewer: AccountId | null, id: StatusId) {
  const view = await loadStatusView(app.db, viewer, id)
  if (!view?.poll) throw notFound()
  return toPoll(view.poll, view, app.uris, viewer)
}
