import type { App } from '#src/platform/app.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { react, type ReactionEmoji } from '#src/statuses/interactions/react.ts'
import { provenConsent } from '../fetching/verify-consents.ts'
import { parseReaction } from '../parse/reaction.ts'
import { orRefuse } from './interaction-request.ts'
import { type Listener, objectId } from './received.ts'

/** A favourite of a stored status, or a reaction to it with an emoji. */
export const onLike: Listener = async (received) => {
  const { app, actor, id, activity } = received
  const object = objectId(received)
  const status = object === null ? null : await statusByUri(app.db, object)
  if (!status || status.deletedAt) return
  const approvalUri = await provenConsent(app, 'like', actor.id, status.id, activity, received.budget)
  const like = { uri: id, approvalUri }
  const emoji = parseReaction(activity)
  await orRefuse(received, status, 'like', (tx) =>
    emoji ? react(tx, actor.id, status.id, localised(app, emoji), like) : favourite(tx, actor.id, status.id, like),
  )
}

/** A local emoji may come with our own host as its domain. */
export const localised = ({ uris }: Pick<App, 'uris'>, emoji: ReactionEmoji): ReactionEmoji =>
  emoji.type === 'custom' && emoji.domain !== undefined
    ? { ...emoji, ...uris.localised({ domain: emoji.domain }) }
    : emoji
