/** Activities between two actors: Follow, Accept, Reject, Like, Block, and Undo; and changes of an actor: Update, Move, Delete. */
import { context, featureContext } from './context.ts'
import { publicAddress, type JsonObject } from './json.ts'

/** Ids of an activity, its actor and its object. */
export type Relation = { id: string; actor: string; object: string }

export const toFollow = (follow: Relation): JsonObject => ({
  '@context': context,
  ...bareFollow(follow),
  to: [follow.object],
})

/** The answer encloses the whole Follow: some servers read it, others only its id. */
export function toAnswer(type: 'Accept' | 'Reject', id: string, follow: Relation): JsonObject {
  return { '@context': context, id, type, actor: follow.object, to: [follow.actor], object: bareFollow(follow) }
}

export const toLike = (like: Relation, author: string): JsonObject => ({
  '@context': context,
  ...bare('Like', like),
  to: [author],
})

export const toBlock = (block: Relation): JsonObject => ({
  '@context': context,
  ...bare('Block', block),
  to: [block.object],
})

/** @param undone the activity to undo, without its context */
export function toUndo(id: string, undone: JsonObject, audience: { to: string[]; cc?: string[] }): JsonObject {
  return { '@context': context, id, type: 'Undo', actor: undone['actor'], ...audience, object: undone }
}

export const bare = (
  type: 'Follow' | 'Like' | 'EmojiReact' | 'Block' | 'Announce',
  { id, actor, object }: Relation,
): JsonObject => ({ id, type, actor, object })

const bareFollow = (follow: Relation): JsonObject => bare('Follow', follow)

export function toUpdateActor(id: string, actor: JsonObject, followers: string): JsonObject {
  const { '@context': _, ...object } = actor
  return {
    '@context': featureContext,
    id,
    type: 'Update',
    actor: actor['id'],
    to: [publicAddress],
    cc: [followers],
    object,
  }
}

/** An account moves to another one, whose profile names the old account. */
export function toMove(move: Relation & { target: string }, followers: string): JsonObject {
  const { id, actor, object, target } = move
  return { '@context': context, id, type: 'Move', actor, to: [followers], object, target }
}

export function toDeleteActor(id: string, actor: string): JsonObject {
  return { '@context': context, id, type: 'Delete', actor, to: [publicAddress], object: actor }
}
