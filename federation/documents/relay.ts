/** What this server says to relays, in its own name. */
import type { Uris } from '#src/platform/uris.ts'
import { context } from './context.ts'
import { type JsonObject, publicAddress } from './json.ts'
import { bare, toAnswer } from './relations.ts'

/**
 * The wish to get a relay's posts.
 *
 * @param followed the relay's actor, as LitePub has it, or null: Mastodon's relays want the public to be followed
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/ae0c/fep-ae0c.md
 */
export const toRelayFollow = (id: string, followed: string | null, uris: Uris): JsonObject => ({
  '@context': context,
  ...bareFollow(id, followed, uris),
  ...(followed === null ? {} : { to: [followed] }),
})

/** The end of it, with the whole Follow inside, as some relays look at what it was. */
export const toRelayUndo = (id: string, followId: string, followed: string | null, uris: Uris): JsonObject => ({
  '@context': context,
  id,
  type: 'Undo',
  actor: uris.instanceActor,
  ...(followed === null ? {} : { to: [followed] }),
  object: bareFollow(followId, followed, uris),
})

/** A relay may follow in return. */
export const toRelayAccept = (id: string, followId: string, relay: string, uris: Uris): JsonObject =>
  toAnswer('Accept', id, { id: followId, actor: relay, object: uris.instanceActor })

const bareFollow = (id: string, followed: string | null, uris: Uris): JsonObject =>
  bare('Follow', { id, actor: uris.instanceActor, object: followed ?? publicAddress })
