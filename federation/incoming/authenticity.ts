/**
 * Decides which part of an activity is authentic. An activity that its own actor delivered is authentic. An activity that a third
 * party passed on, such as a relay or the server of a reply's parent, is authentic if it carries the actor's own proof. A linked data
 * signature is not enough, as the covered data can be made to read differently: it only earns a request to the actor's server, whose
 * answer counts.
 */
import type { App } from '#src/platform/app.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { idOf, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument } from '../fetching/fetch-document.ts'
import { hasLinkedDataSignature, hasSigned } from '../signatures/verify-linked-data.ts'
import { hasProof, isProven } from '../signatures/verify-proof.ts'
import { isGone } from './is-gone.ts'
import type { Arrival, Kind } from './kinds.ts'

/** Kinds that third parties may pass on. An activity for a single local account comes from its actor alone, so that nobody can replay it. */
const passedOn: readonly Kind[] = [
  'Create',
  'Update',
  'Delete',
  'Announce',
  'Like',
  'EmojiReact',
  'Undo',
  'Add',
  'Remove',
]

/**
 * @returns the authentic part of an activity; null when nothing of it is authentic
 * @throws HttpError when a server that has to be asked can't answer at the moment
 */
export async function authenticated(
  app: App,
  kind: Kind,
  { activity, signer }: Arrival,
  actor: string,
  budget: Budget,
): Promise<JsonObject | null> {
  if (signer === actor) return activity
  if (signer === null) return (await isGone(app, actor, budget, [410])) ? activity : null
  if (!passedOn.includes(kind)) return null
  if (hasProof(activity) && idOf(activity['id']) !== null && definite(await isProven(app, activity, actor, budget)))
    return activity
  if (hasLinkedDataSignature(activity) && definite(await hasSigned(app, activity, actor, budget)))
    return confirmedByServer(app, kind, activity, actor, budget)
  return null
}

function definite(answer: boolean | null): boolean {
  if (answer === null) throw new HttpError('The server of the key can’t be asked at the moment')
  return answer
}

/**
 * Rebuilds an activity from the actor's server's version of its object. The activity's own id isn't proven, unless the
 * activity was fetched by it.
 */
async function confirmedByServer(
  app: App,
  kind: Kind,
  activity: JsonObject,
  actor: string,
  budget: Budget,
): Promise<JsonObject | null> {
  const object = idOf(activity['object'])
  const id = idOf(activity['id'])
  if (kind === 'Announce') {
    const announce = id === null ? null : await fetchAnew(app, id, budget)
    return announce &&
      idOf(announce['id']) === id &&
      typesOf(announce).includes('Announce') &&
      idOf(announce['actor']) === actor
      ? announce
      : null
  }
  if (object === null || !isSameOrigin(object, actor)) return null
  const bare = { type: kind, actor, object }
  if (kind === 'Delete') return (await isGone(app, object, budget)) ? bare : null
  if (kind !== 'Create' && kind !== 'Update') return null
  return object === actor ? bare : { ...bare, object: await fetchAnew(app, object, budget) }
}

async function fetchAnew(app: App, uri: string, budget: Budget): Promise<JsonObject> {
  forgetDocument(app, uri)
  return (await fetchDocument(app, uri, budget)).json
}
