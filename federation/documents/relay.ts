/** Activities of the instance actor to relays. */
import type { Uris } from '#src/platform/uris.ts'
import { context } from './context.ts'
import { type JsonObject, publicAddress } from './json.ts'
import { bare, toAnswer } from './relations.ts'

/**
 * Subscribes to a relay's posts.
 *
 * @param followed the relay's actor for LitePub; null for Mastodon's relays, where the public address is followed
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/ae0c/fep-ae0c.md
 */
export const toRelayFollow = (id: string, followed: string | null, uris: Uris): JsonObject => ({
  '@context': context,
  ...bareFollow(id, followed, uris),
  ...(followed === null ? {} : { to: [followed] }),
})

/** Ends the subscription. Encloses the whole Follow, as some relays read it. */
export const toRelayUndo = (id: string, followId: string, followed: string | null, uris: Uris): JsonObject => ({
  '@context': context,
  id,
  type: 'Undo',
  actor: uris.instanceActor,
  ...(followed === null ? {} : { to: [followed] }),
  object: bareFollow(followId, followed, uris),
})

/** Accepts a relay's Follow in return. */
export const toRelayAccept = (id: string, followId: string, relay: string, uris: Uris): JsonObject =>
  toAnswer('Accept', id, { id: followId, actor: relay, object: uris.instanceActor })

const bareFollow = (id: string, followed: string | null, uris: Uris): JsonObject =>
  bare('Follow', { id, actor: uris.instanceActor, object: followed ?? publicAddress })
