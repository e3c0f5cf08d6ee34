import { Hono } from 'hono'
import { accountHead } from '#src/accounts/find.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId } from '#src/platform/ids.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { changeFollow } from '#src/relationships/change-follow.ts'
import { endorse, unendorse } from '#src/relationships/endorse.ts'
import { acceptFollow, follow, rejectFollow, unfollow } from '#src/relationships/follow.ts'
import { unmute } from '#src/relationships/mute.ts'
import type { C, Env } from '../env.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'

type Verb = (tx: Tx, me: AccountId, target: AccountId, app: App) => Promise<unknown>

const verbs: Record<string, Verb> = {
  follow: (tx, me, target, { uris }) => follow(tx, uris, me, target),
  unfollow,
  block: (tx, me, target, { uris }) => block(tx, uris, me, target),
  unblock,
  unmute,
  endorse,
  unendorse,
  notify: (tx, me, target, { uris }) => changeFollow(tx, uris, me, target, { notifies: true }),
  unnotify: (tx, me, target, { uris }) => changeFollow(tx, uris, me, target, { notifies: false }),
  'show-boosts': (tx, me, target, { uris }) => changeFollow(tx, uris, me, target, { showsReblogs: true }),
  'hide-boosts': (tx, me, target, { uris }) => changeFollow(tx, uris, me, target, { showsReblogs: false }),
  accept: acceptFollow,
  reject: rejectFollow,
}

/** Actions on another account. Buttons post here, and return to their page. */
export const accounts = new Hono<Env>().post('/accounts/:id/:verb', requireViewer, (c) => act(c))

async function act(c: C): Promise<Response> {
  const { app } = c.var
  const verb = Object.hasOwn(verbs, c.req.param('verb') ?? '') ? verbs[c.req.param('verb') ?? ''] : undefined
  const id = c.req.param('id') ?? ''
  const target = isId(id) ? await accountHead(app.db, id as AccountId) : null
  if (!verb || !target || target.deletedAt) throw notFound()
  const { accountId } = viewerOf(c)
  if (verb === verbs['follow']) await countAction(app, 'follows', accountId)
  await app.db.transaction((tx) => verb(tx, accountId, target.id, app))
  return backTo(c)
}
