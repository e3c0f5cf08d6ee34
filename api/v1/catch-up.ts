/** What a person missed on Home, as a list that ends: an addition of Pipit. */
import { Hono } from 'hono'
import { loadAccountMap } from '#src/accounts/views.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { catchUp, catchUpStarts, missedSince } from '#src/reading/timelines/catch-up.ts'
import { withoutHidden } from '#src/statuses/views/filters.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { toAccount } from '../entities/account.ts'
import { toStatus } from '../entities/status.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { limitOf, linkOffset, offset } from '../http/paging.ts'
import { choice, id, params } from '../http/params.ts'

export const catchUps = new Hono<Env>()

catchUps.get(
  '/pipit/catch_up',
  requires('read:statuses'),
  params({
    since: choice(catchUpStarts).optional(),
    from_id: id<StatusId>().optional(),
    to_id: id<StatusId>().optional(),
    limit: limitOf(20, 40),
    offset: offset(),
  }),
  async (c) => {
    const { app, accountId, params } = c.var
    const start = await missedSince(app.db, accountId, params.since ?? 'visit')
    const missed = { since: params.from_id ?? start.since, until: params.to_id ?? start.until }
    const { posts } = await catchUp(app.db, accountId, missed)
    const end = params.offset + params.limit
    const shown = posts.slice(params.offset, end)
    const [views, accounts] = await Promise.all([
      loadStatusViews(
        app.db,
        accountId,
        shown.map((post) => post.id),
      ),
      loadAccountMap(
        app.db,
        shown.flatMap(({ boosterIds }) => boosterIds),
      ),
    ])
    const byId = new Map(withoutHidden(views, 'home').map((view) => [view.id, view]))
    // The pages of a visit are about the same span, whatever is written meanwhile.
    linkOffset(c, params, posts.length > end ? params.limit : 0, { from_id: missed.since, to_id: missed.until })
    return c.json(
      shown.flatMap((post) => {
        const view = byId.get(post.id)
        if (!view) return []
        return {
          ...toStatus(view, app.uris, accountId),
          catch_up: {
            boosted_by: post.boosterIds.flatMap((by) => accounts.get(by) ?? []).map((one) => toAccount(one, app.uris)),
            more_in_thread: post.moreInThread,
            more_with_link: post.moreWithLink,
          },
        }
      }),
    )
  },
)
