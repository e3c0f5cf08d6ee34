/** Activities about emoji reactions of local accounts: Like with content, and its Undo. */
import type { EventOf } from '#src/outbox/events.ts'
import { inboxOf } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import { loadOutgoingReaction } from '#src/statuses/access/outgoing-reaction.ts'
import { loadOutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import type { JsonObject } from '../../documents/json.ts'
import { toReaction, toUndoReaction } from '../../documents/reactions.ts'
import type { Relation } from '../../documents/relations.ts'
import { type Builders, type Direct, ending } from './activity.ts'
import { isLocal } from './load.ts'

export const reactionActivities = {
  // Jobs run side by side: a reaction that was undone before its job ran is not sent at all, as it might arrive after the Undo.
  'reaction.created': async (app, event) => {
    const reaction = await loadOutgoingReaction(app.db, event.reactionId)
    return reaction && build(app, event, (like, author) => toReaction(like, reaction, author, app.uris))
  },

  'reaction.removed': async (app, event, key) =>
    ending(
      app.uris.activity('reactions', event.reactionId),
      await build(app, event, (like, author) => toUndoReaction(app.uris.activity('undos', key), like, event, author)),
    ),
} satisfies Partial<Builders>

async function build(
  app: App,
  { accountId, statusId, reactionId }: EventOf<'reaction.created' | 'reaction.removed'>,
  toActivity: (like: Relation, author: string) => JsonObject,
): Promise<Direct | null> {
  const status = await loadOutgoingStatus(app.db, statusId)
  const inbox = status && (await inboxOf(app.db, status.accountId))
  if (!inbox || !(await isLocal(app, accountId))) return null
  const like = {
    id: app.uris.activity('reactions', reactionId),
    actor: app.uris.account(accountId),
    object: status.uri,
  }
  return { accountId, activity: toActivity(like, status.authorUri), recipients: { inboxes: [inbox] } }
}
