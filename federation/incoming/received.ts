/** A received activity, from the queue to its listener. */
import type { AccountView } from '#src/accounts/views.ts'
import { type ArrivalTime, type Reception, receiveOnce } from '#src/incoming/received.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { isRefused } from '#src/rules/servers/current.ts'
import { receiveDelete } from '#src/statuses/receive/delete.ts'
import { idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { type Budget, newBudget } from '../fetching/fetch-document.ts'
import { isFinalError } from '../fetching/final-error.ts'
import { actorByUri, findActor } from '../fetching/lookup.ts'
import { withOwnIds } from '../fetching/own-addresses.ts'
import { receiveFromRelay } from '../fetching/relays.ts'
import { authenticated } from './authenticity.ts'
import type { Arrival, Kind } from './kinds.ts'
import { receiptOf } from './repeats.ts'

/** An authentic activity: its actor and its own id are proven. All else in it has to be checked. */
export type Received = {
  app: App
  /** Null for one without an id of its own. */
  id: string | null
  actor: AccountView
  kind: Kind
  activity: JsonObject
  /** The received body, byte by byte. */
  raw: string
  /** The actor that passed it on; null when its own actor delivered it. */
  via: string | null
  /** See `arrivesNow`. */
  arrivedAt?: number | undefined
  arrival: ArrivalTime
  budget: Budget
}

export type Listener = (received: Received) => Promise<void>

const log = getLogger('federation', 'inbox')
/** Kinds that have no effect if their actor is unknown here: the actor is not fetched for them. */
const typesOfKnownActors = new Set(['Accept', 'Add', 'Move', 'Reject', 'Remove', 'Undo', 'Delete', 'Update'])

/** Hands an activity to its listener, with the account of its actor. An activity that is not permitted or not wanted is logged and dropped. */
export async function handleActivity(app: App, type: Kind, arrival: Arrival, listener: Listener): Promise<void> {
  const actorUri = idOf(arrival.activity['actor'])
  if (actorUri === null || app.uris.isOwn(actorUri)) return
  const { raw, signer, at, arrivedAt } = arrival
  const via = signer === actorUri ? null : signer
  const budget = newBudget(20, 20_000, { isPatient: true, isHasty: true })
  let id = idOf(arrival.activity['id'])
  try {
    if (await isRefused(app, type, { from: [actorUri, via], about: [objectId(arrival)] }))
      return log.debug('{type} {id} was refused by a rule about its server', { type, id })
    const authentic = await authenticated(app, type, arrival, actorUri, budget)
    if (!authentic) return log.info('{type} {id} was passed on by {signer} without a valid proof', { type, id, signer })
    // Only after the check: a proof covers the original addresses.
    const activity = await withOwnIds(app, authentic)
    id = idOf(activity['id'])
    if (id !== null && !isSameOrigin(id, actorUri)) return
    if (await receiveFromRelay(app, type, id, actorUri, activity)) return
    const actor = typesOfKnownActors.has(type)
      ? await actorByUri(app, actorUri)
      : await findActor(app, actorUri, budget)
    const arrivalTime = { at: new Date(at), isDirect: via === null }
    if (!actor && type === 'Delete')
      return await receiveStrangersDelete({ app, kind: type, activity, arrival: arrivalTime }, actorUri)
    if (
      !actor ||
      actor.isLocal ||
      actor.uri !== actorUri ||
      actor.deletedAt ||
      (actor.suspendedAt && !isAllowedThoughSuspended(actor, type))
    )
      return log.debug('{type} {id} is by an unknown or suspended actor', { type, id })
    await listener({ app, kind: type, id, actor, activity, raw, via, arrival: arrivalTime, arrivedAt, budget })
  } catch (error) {
    if (!isFinalError(error)) throw error
    log.info('{type} {id} has no effect: {reason}', { type, id, reason: (error as Error).message })
  }
}

/** A server may lift its own suspension of an account; and a suspended account may delete itself. */
const isAllowedThoughSuspended = (actor: AccountView, type: string): boolean =>
  type === 'Delete' || (type === 'Update' && actor.suspendedBy === 'origin')

/**
 * A Delete by an unknown actor is recorded: the Create of that post may still arrive, and would make the actor known.
 */
async function receiveStrangersDelete(received: Pick<Received, RecordedFields>, actorUri: string): Promise<void> {
  const object = objectId(received)
  if (object === null || object === actorUri || !isSameOrigin(object, actorUri)) return
  await takeEffect(received, (tx) => receiveDelete(tx, actorUri, object))
}

type RecordedFields = 'app' | 'kind' | 'activity' | 'arrival'

/** Runs the effect of an activity in a transaction, unless the activity is a repeat. */
export async function takeEffect(
  received: Pick<Received, RecordedFields>,
  effect: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  await received.app.db.transaction(async (tx) => {
    if ((await reception(tx, received)) !== 'repeated') await effect(tx)
  })
}

/**
 * Runs the effect of an Add or Remove in a transaction. Featured things come and go under the same ids, and adding twice is adding once.
 * So an activity that the actor delivers counts each time; one that was passed on counts once, as it may be old.
 */
export async function takeFeature(received: Received, effect: (tx: Tx) => Promise<unknown>): Promise<void> {
  await received.app.db.transaction(async (tx) => {
    if ((await reception(tx, received)) !== 'repeated' || received.arrival.isDirect) await effect(tx)
  })
}

/** Records that an activity takes effect. @returns whether it is a repeat */
export async function reception(
  tx: Tx,
  { kind, activity, arrival }: Pick<Received, 'kind' | 'activity' | 'arrival'>,
): Promise<Reception> {
  const receipt = receiptOf(kind, activity)
  return receipt === null ? 'first' : receiveOnce(tx, receipt, arrival)
}

/** The id of an activity's object. */
export const objectId = ({ activity }: Pick<Received, 'activity'>): string | null => idOf(activity['object'])

/** An activity's object, if it is enclosed; null where only its id is. */
export function embedded({ activity }: Pick<Received, 'activity'>): JsonObject | null {
  const { object } = activity
  const only = Array.isArray(object) ? object[0] : object
  return isObject(only) ? only : null
}

/** A local account by its URI; null for any other URI. */
export function ownAccount({ uris }: Pick<App, 'uris'>, uri: string | null): AccountId | null {
  const own = uri === null ? null : uris.parse(uri)
  return own?.type === 'account' ? own.id : null
}
