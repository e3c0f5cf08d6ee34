/** Activities between two accounts: Follow, its answers, Block, and their Undos. */
import { accountHead } from '#src/accounts/find.ts'
import type { EventOf } from '#src/outbox/events.ts'
import { inboxOf } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, ActivityId } from '#src/platform/ids.ts'
import { followByUri, isBlock } from '#src/statuses/interactions/by-uri.ts'
import type { JsonObject } from '../../documents/json.ts'
import { bare, toAnswer, toBlock, toFollow, toUndo } from '../../documents/relations.ts'
import { type Builders, type Built, type Direct, ending } from './activity.ts'
import { isLocal } from './load.ts'

export const relationshipActivities = {
  'follow.requested': async (app, event) =>
    (await followByUri(app.db, event.uri))
      ? buildRelation(app, event.followerId, event.targetId, event.uri, toFollow)
      : null,

  'follow.removed': async (app, event, key) =>
    ending(
      event.uri,
      await buildRelation(
        app,
        event.followerId,
        event.targetId,
        event.uri,
        (follow) => toUndo(app.uris.activity('undos', key), bare('Follow', follow), { to: [follow.object] }),
        { evenSuspended: true },
      ),
    ),

  'follow.accepted': (app, event, key, order) =>
    buildFollowAnswer(app, event, 'Accept', app.uris.activity('accepts', key), order),

  'follow.rejected': (app, event, key, order) =>
    buildFollowAnswer(app, event, 'Reject', app.uris.activity('rejects', key), order),

  'instance-follow.rejected': async (app, { followerId, uri }, key) => {
    const follower = await accountHead(app.db, followerId)
    const inbox = await inboxOf(app.db, followerId)
    if (!follower || !inbox) return null
    return {
      accountId: null,
      activity: toAnswer('Reject', app.uris.activity('rejects', key), {
        id: uri,
        actor: follower.uri,
        object: app.uris.instanceActor,
      }),
      recipients: { inboxes: [inbox] },
    }
  },

  'block.created': async (app, event) =>
    (await isBlock(app.db, event.uri)) ? buildRelation(app, event.accountId, event.targetId, event.uri, toBlock) : null,

  'block.removed': async (app, event, key) =>
    ending(
      event.uri,
      await buildRelation(app, event.accountId, event.targetId, event.uri, (block) =>
        toUndo(app.uris.activity('undos', key), bare('Block', block), { to: [block.object] }),
      ),
    ),
} satisfies Partial<Builders>

/** A local account's Follow or Block of a remote account, or its Undo. */
async function buildRelation(
  app: App,
  actorId: AccountId,
  objectId: AccountId,
  uri: string,
  toActivity: (relation: { id: string; actor: string; object: string }) => JsonObject,
  options: { evenSuspended?: boolean } = {},
): Promise<Direct | null> {
  const object = await accountHead(app.db, objectId)
  const inbox = await inboxOf(app.db, objectId, options)
  if (!object || !inbox || !(await isLocal(app, actorId))) return null
  return {
    accountId: actorId,
    activity: toActivity({ id: uri, actor: app.uris.account(actorId), object: object.uri }),
    recipients: { inboxes: [inbox] },
  }
}

/** A local account's answer to a remote Follow. */
async function buildFollowAnswer(
  app: App,
  { followerId, targetId, uri }: EventOf<'follow.accepted' | 'follow.rejected'>,
  type: 'Accept' | 'Reject',
  id: string,
  before: ActivityId,
): Promise<Built> {
  const follower = await accountHead(app.db, followerId)
  const answer = await buildRelation(
    app,
    targetId,
    followerId,
    uri,
    ({ actor, object }) => toAnswer(type, id, { id: uri, actor: object, object: actor }),
    { evenSuspended: type === 'Reject' },
  )
  if (!follower || !answer) return null
  const [inbox] = answer.recipients.inboxes
  const opposite = type === 'Accept' ? 'Reject' : 'Accept'
  return { ...answer, ends: { answersOf: targetId, type: opposite, to: follower.uri, inbox, before } }
}
