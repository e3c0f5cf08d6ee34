/** The paths that other servers may fetch, each with the function that finds its document. Fedify calls these, see `fedify.ts`. */
import { emojisNamed } from '#src/media/emojis/views.ts'
import { context } from '../documents/context.ts'
import { toEmoji } from '../documents/emoji.ts'
import type { Asked, Find, Found } from './asked.ts'
import { accountCollection, instanceCollection } from './collections.ts'
import { interactionAuthorization, quoteAuthorization } from './consents.ts'
import { featureAuthorization, featuredCollection, featuredCollections, featuredItem } from './featured-collections.ts'
import { followersOfSigner } from './followers-of-signer.ts'
import { missing } from './negotiation.ts'
import { statusCollection, threadCollection } from './status-collections.ts'
import { findStatus } from './statuses.ts'

export const actorPath = '/ap/accounts/{id}'
export const instancePath = '/ap/instance'

/** Everything but actors. */
export const documents: Record<`/ap/${string}{id}${string}`, Find> = {
  '/ap/statuses/{id}': (asked) => findStatus(asked, 'status'),
  '/ap/creates/{id}': (asked) => findStatus(asked, 'create'),
  '/ap/announces/{id}': (asked) => findStatus(asked, 'boost'),
  '/ap/statuses/{id}/likes': (asked, id) => statusCollection(asked, id, 'likes'),
  '/ap/statuses/{id}/shares': (asked, id) => statusCollection(asked, id, 'shares'),
  '/ap/statuses/{id}/replies': (asked, id) => statusCollection(asked, id, 'replies'),
  '/ap/threads/{id}': threadCollection,
  '/ap/accounts/{id}/outbox': (asked, id) => accountCollection(asked, id, 'outbox'),
  '/ap/accounts/{id}/followers': (asked, id) => accountCollection(asked, id, 'followers'),
  '/ap/accounts/{id}/followers/synchronization': followersOfSigner,
  '/ap/accounts/{id}/following': (asked, id) => accountCollection(asked, id, 'following'),
  '/ap/accounts/{id}/featured': (asked, id) => accountCollection(asked, id, 'featured'),
  '/ap/accounts/{id}/featured-tags': (asked, id) => accountCollection(asked, id, 'featured-tags'),
  '/ap/accounts/{id}/featured-collections': featuredCollections,
  '/ap/collections/{id}': featuredCollection,
  '/ap/collection-items/{id}': featuredItem,
  '/ap/feature-authorizations/{id}': featureAuthorization,
  '/ap/instance/{id}': async (asked, name) => instanceCollection(asked, name),
  '/ap/emojis/{id}': emoji,
  '/ap/quote-authorizations/{id}': quoteAuthorization,
  '/ap/like-authorizations/{id}': (asked, id) => interactionAuthorization(asked, 'like', id),
  '/ap/reply-authorizations/{id}': (asked, id) => interactionAuthorization(asked, 'reply', id),
  '/ap/announce-authorizations/{id}': (asked, id) => interactionAuthorization(asked, 'announce', id),
}

async function emoji({ app }: Asked, shortcode: string): Promise<Found> {
  const [found] = await emojisNamed(app.db, null, [shortcode])
  return found?.file ? { json: { '@context': context, ...toEmoji(found, found.file, app.uris) } } : missing()
}
