/** Add and Remove: the posts that a remote account pins, and the hashtags that it features on its profile. */
import { isFollowedHere } from '#src/accounts/followed-here.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { receiveFeaturedTag, removeReceivedTag } from '#src/reading/tags/feature.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { receivePin, removePin } from '#src/statuses/interactions/pin.ts'
import { idOf, isSameOrigin } from '../documents/json.ts'
import { findStatus } from '../fetching/lookup.ts'
import { hashtagOf } from '../parse/tags.ts'
import { embedded, type Listener, objectId, type Received, reception } from './received.ts'

/**
 * Pins come and go under the same ids, and pinning twice is pinning once. So an activity that the actor delivers counts each time; one
 * that was passed on counts once, as it may be old.
 */
const applyFeature = (
  { app, kind, activity, arrival }: Received,
  effect: (tx: Tx) => Promise<unknown>,
): Promise<void> =>
  app.db.transaction(async (tx) => {
    if ((await reception(tx, { kind, activity, arrival })) !== 'repeated' || arrival.isDirect) await effect(tx)
  })

/** Posts of an account without local followers are not fetched. */
export const onAdd: Listener = async (received) => {
  const { app, actor, budget } = received
  if (!isFeatured(received) || !(await isFollowedHere(app.db, actor.id))) return
  const tag = hashtagOf(embedded(received))
  if (tag) return applyFeature(received, (tx) => receiveFeaturedTag(tx, actor.id, tag))
  const uri = featuredPost(received)
  const statusId = uri && (await findStatus(app, uri, budget))
  if (statusId) await applyFeature(received, (tx) => receivePin(tx, actor.id, statusId))
}

export const onRemove: Listener = async (received) => {
  const { app, actor } = received
  if (!isFeatured(received)) return
  const tag = hashtagOf(embedded(received))
  if (tag) return applyFeature(received, (tx) => removeReceivedTag(tx, actor.id, tag))
  const uri = featuredPost(received)
  const status = uri && (await statusByUri(app.db, uri))
  if (status) await applyFeature(received, (tx) => removePin(tx, actor.id, status.id))
}

/** Whether the target is one of the actor's two collections of featured things. Other collections are unknown here. */
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
