/**
 * What of an activity may be believed. Whoever delivers its own is. Of what somebody else passed on, such as a relay or the
 * server of who was replied to, the actor's own proof is evidence. A linked data signature is none, as what it covers can be
 * made to read differently: it entitles an activity to be looked at, and what counts is what the actor's server says when asked.
 */
import type { App } from '#src/platform/app.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { idOf, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { type Budget, fetchDocument, forgetDocument } from '../fetching/documents.ts'
import { hasLinkedDataSignature, hasSigned } from '../signatures/verify-linked-data.ts'
import { hasProof, isProven } from '../signatures/verify-proof.ts'
import { isGone } from './gone.ts'
import type { Arrival, Kind } from './kinds.ts'

/** What is ever passed on. What is meant for one of us alone comes from its actor alone: nobody may keep it to repeat it. */
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
 * An activity, as far as it may be believed; null when it may not be.
 *
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
  if (hasProof(activity) && idOf(activity['id']) !== null && known(await isProven(app, activity, actor, budget)))
    return activity
  if (hasLinkedDataSignature(activity) && known(await hasSigned(app, activity, actor, budget)))
    return asked(app, kind, activity, actor, budget)
  return null
}

function known(answer: boolean | null): boolean {
  if (answer === null) throw new HttpError('The server of the key can’t be asked at the moment')
  return answer
}

/** What the actor's server says of what an activity speaks of. The activity's id isn't proven, unless it is what was asked for. */
async function asked(
  app: App,
  kind: Kind,
  activity: JsonObject,
  actor: string,
  budget: Budget,
): Promise<JsonObject | null> {
  const object = idOf(activity['object'])
  const id = idOf(activity['id'])
  if (kind === 'Announce') {
    const announce = id === null ? null : await fetched(app, id, budget)
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
  return object === actor ? bare : { ...bare, object: await fetched(app, object, budget) }
}

async function fetched(app: App, uri: string, budget: Budget): Promise<JsonObject> {
  forgetDocument(app, uri)
  return (await fetchDocument(app, uri, budget)).json
}
