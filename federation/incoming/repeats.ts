/** Keys that identify a repeat of an activity. The inbox drops a repeat where its key suffices; the worker drops the others. */
import { createHash } from 'node:crypto'
import type { Receipt } from '#src/incoming/received.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import type { Kind } from './kinds.ts'

/**
 * The receipt that the worker stores of an activity that took effect; null for an activity that may be repeated without
 * harm: answers are idempotent, and an object that an Update only names is fetched again.
 */
export function receiptOf(kind: Kind, activity: JsonObject): Receipt | null {
  const id = idOf(activity['id'])
  switch (kind) {
    case 'Update':
      return stateOf(activity)
    case 'Move':
      return id === null ? null : { key: id, said: idOf(activity['target']) }
    case 'Accept':
    case 'Reject':
      return null
    default:
      return id === null ? null : { key: id, said: null }
  }
}

/**
 * The key by which the inbox drops a repeat; null for kinds where a queued job can change the answer. An activity that can be undone,
 * or that carries a state, may stop being a repeat once a waiting job has run. The worker decides about those, as it knows the time of
 * arrival of each.
 */
export function repeatKey(kind: Kind, activity: JsonObject): string | null {
  return countsOnce.has(kind) ? idOf(activity['id']) : null
}

const countsOnce: ReadonlySet<Kind> = new Set<Kind>([
  'Create',
  'Delete',
  'Flag',
  'QuoteRequest',
  'FeatureRequest',
  'LikeRequest',
  'ReplyRequest',
  'AnnounceRequest',
])

/** The id of the undone activity, if it is the actor's own: some servers name the account that was followed instead. */
export function undoneId(activity: JsonObject): string | null {
  const [id, actor] = [idOf(activity['object']), idOf(activity['actor'])]
  return id !== null && actor !== null && isSameOrigin(id, actor) ? id : null
}

/** The receipt of an Undo that does not name the undone activity by id. Some servers give all Undos of Follows one id. */
export function undoReceipt(activity: JsonObject): Receipt | null {
  const id = idOf(activity['id'])
  const [inside] = asList(activity['object'])
  const names = isObject(inside) && !typesOf(inside).includes('Follow')
  return id !== null && names ? { key: id, said: null } : null
}

/** The state of a post, whatever id the activity has; null where the post is only named. */
function stateOf(activity: JsonObject): Receipt | null {
  const [object] = asList(activity['object'])
  const id = idOf(object)
  if (id === null || !isObject(object) || Object.keys(object).length < 2) return null
  return { key: `Update ${id}`, said: createHash('sha256').update(JSON.stringify(object)).digest('base64url') }
}
