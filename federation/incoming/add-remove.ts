/**
 * Add and Remove: the posts that a remote account pins, the hashtags and collections that it shows on its profile, and the items of its
 * collections.
 */
import { isFollowedHere } from '#src/accounts/followed-here.ts'
import { receiveFeaturedTag, removeReceivedTag } from '#src/reading/tags/feature.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { receivePin, removePin } from '#src/statuses/interactions/pin.ts'
import { idOf, isSameOrigin } from '../documents/json.ts'
import { findStatus } from '../fetching/lookup.ts'
import { hashtagOf } from '../parse/tags.ts'
import { addsToCollections, removesFromCollections } from './collections.ts'
import { embedded, type Listener, objectId, type Received, takeFeature } from './received.ts'

/** Posts and collections of an account without local followers are not fetched. */
export const onAdd: Listener = async (received) => {
  const { app, actor, budget } = received
  if (await addsToCollections(received)) return
  if (!isFeatured(received) || !(await isFollowedHere(app.db, actor.id))) return
  const tag = hashtagOf(embedded(received))
  if (tag) return takeFeature(received, (tx) => receiveFeaturedTag(tx, actor.id, tag))
  const uri = featuredPost(received)
  const statusId = uri && (await findStatus(app, uri, budget))
  if (statusId) await takeFeature(received, (tx) => receivePin(tx, actor.id, statusId))
}

export const onRemove: Listener = async (received) => {
  const { app, actor } = received
  if (await removesFromCollections(received)) return
  if (!isFeatured(received)) return
  const tag = hashtagOf(embedded(received))
  if (tag) return takeFeature(received, (tx) => removeReceivedTag(tx, actor.id, tag))
  const uri = featuredPost(received)
  const status = uri && (await statusByUri(app.db, uri))
  if (status) await takeFeature(received, (tx) => removePin(tx, actor.id, status.id))
}

/** Whether the target is one of the actor's two lists of featured things. Other lists are unknown here. */
function isFeatured({ actor, activity }: Received): boolean {
  const target = idOf(activity['target'])
  // Mastodon names the collection of posts for hashtags, too.
  return target !== null && (target === actor.featuredUrl || target === actor.featuredTagsUrl)
}

/** A post of the actor's own server. */
function featuredPost(received: Received): string | null {
  const uri = objectId(received)
  return uri !== null && isSameOrigin(uri, received.actor.uri) ? uri : null
}
