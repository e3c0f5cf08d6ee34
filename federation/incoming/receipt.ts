/** By what a repeat of an activity is known. Repeats are dropped at the door where that can be told there. */
import { createHash } from 'node:crypto'
import type { Receipt } from '#src/incoming/received.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import type { Kind } from './kinds.ts'

/**
 * What the worker remembers of an activity that took effect; null for one that may be repeated without harm: answers and pins
 * make the same of the same, and what an Update only names is read anew.
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
 * By what a repeat is known at the door, where nothing in the queue can change the answer. What can be taken back, and the state of
 * something, may be repeats only until a job that still waits has run; so these are for the worker to decide, who knows when each came.
 */
export function repeatKey(kind: Kind, activity: JsonObject): string | null {
  return countsOnce.has(kind) ? idOf(activity['id']) : null
}

const countsOnce: ReadonlySet<Kind> = new Set<Kind>([
  'Create',
  'Delete',
  'Flag',
  'QuoteRequest',
  'LikeRequest',
  'ReplyRequest',
  'AnnounceRequest',
])

/** The id of what is taken back, if it is the actor's own: some servers name the account that was followed. */
export function undoneId(activity: JsonObject): string | null {
  const [id, actor] = [idOf(activity['object']), idOf(activity['actor'])]
  return id !== null && actor !== null && isSameOrigin(id, actor) ? id : null
}

/** What is remembered of an Undo that does not say by its id what it takes back. Some servers give all those of Follows one id. */
export function undoReceipt(activity: JsonObject): Receipt | null {
  const id = idOf(activity['id'])
  const [inside] = asList(activity['object'])
  const names = isObject(inside) && !typesOf(inside).includes('Follow')
  return id !== null && names ? { key: id, said: null } : null
}

/** The state of a post, whatever id the activity has; null where it is only named. */
function stateOf(activity: JsonObject): Receipt | null {
  const [object] = asList(activity['object'])
  const id = idOf(object)
  if (id === null || !isObject(object) || Object.keys(object).length < 2) return null
  return { key: `Update ${id}`, said: createHash('sha256').update(JSON.stringify(object)).digest('base64url') }
}
