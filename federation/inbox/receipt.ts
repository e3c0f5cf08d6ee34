/** By what a repeat of an activity is known. Repeats are dropped at the door where that can be told without knowing the sender. */
import { createHash } from 'node:crypto'
import { type Receipt, undone } from '#src/deliveries/received.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../json.ts'
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

/** What is looked for at the door. Whether a Follow or Block is a repeat depends on what is still in the queue, and of pins on who sends it. */
export function repeatOf(kind: Kind, activity: JsonObject): Receipt | null {
  if (kind === 'Follow' || kind === 'Block' || kind === 'Add' || kind === 'Remove') return null
  if (kind !== 'Undo') return receiptOf(kind, activity)
  const key = undoneId(activity)
  return key === null ? undoReceipt(activity) : { key, said: undone }
}

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
