/** Emoji reactions, which Mastodon's API lacks, by the routes of Pleroma and Akkoma. */
import { Hono } from 'hono'
import { loadAccountMap } from '#src/accounts/views.ts'
import type { App } from '#src/platform/app.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import { reactHere, unreactHere } from '#src/statuses/interactions/react-here.ts'
import { reactors } from '#src/statuses/views/reactions.ts'
import { readReaction, type ReactionName } from '#src/text/reaction.ts'
import { toReactionWithAccounts } from '../../entities/reaction.ts'
import type { Env } from '../../env.ts'
import { allows, requires } from '../../http/access.ts'
import { id, params, text } from '../../http/params.ts'
import { presentStatus } from '../../present.ts'

const one = { id: id<StatusId>() }
/** Accounts that are listed for each emoji, and for one that is asked for alone. */
const [maxAccounts, maxAccountsOfOne] = [20, 80]

export const reactions = new Hono<Env>()

reactions.get('/pleroma/statuses/:id/reactions', allows('read:statuses'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return c.json(await present(app, accountId, params.id, maxAccounts))
})

reactions.get(
  '/pleroma/statuses/:id/reactions/:emoji',
  allows('read:statuses'),
  params({ ...one, emoji: text() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const emoji = readReaction(params.emoji)
    if (!emoji) throw notFound()
    return c.json(await present(app, accountId, params.id, maxAccountsOfOne, emoji))
  },
)

reactions.put(
  '/pleroma/statuses/:id/reactions/:emoji',
  requires('write:favourites'),
  params({ ...one, emoji: text() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const status = await app.db.transaction((tx) => reactHere(tx, accountId, params.id, params.emoji))
    return c.json(await presentStatus(app, accountId, status))
  },
)

reactions.delete(
  '/pleroma/statuses/:id/reactions/:emoji',
  requires('write:favourites'),
  params({ ...one, emoji: text() }),
  async (c) => {
    const { app, accountId, params } = c.var
    const status = await app.db.transaction((tx) => unreactHere(tx, accountId, params.id, params.emoji))
    return c.json(await presentStatus(app, accountId, status))
  },
)

async function present(app: App, viewer: AccountId | null, statusId: StatusId, limit: number, only?: ReactionName) {
  const { id } = await visibleStatus(app.db, viewer, statusId)
  const found = await reactors(app.db, viewer, id, limit, only)
  const accounts = await loadAccountMap(
    app.db,
    found.flatMap(({ accountIds }) => accountIds),
  )
  return found.map((reaction) => toReactionWithAccounts(reaction, accounts, app.uris))
}
