/** A received activity on its way to what it does here. */
import type { AccountView } from '#src/accounts/views.ts'
import { type ArrivalTime, type Reception, receiveOnce } from '#src/incoming/received.ts'
import type { App } from '#src/platform/app.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { isRefused } from '#src/rules/servers/current.ts'
import { receiveDelete } from '#src/statuses/receive.ts'
import { idOf, isObject, isSameOrigin, type JsonObject } from '../documents/json.ts'
import { type Budget, newBudget } from '../fetching/documents.ts'
import { actorByUri, findActor } from '../fetching/lookup.ts'
import { withOwnIds } from '../fetching/own-addresses.ts'
import { receiveFromRelay } from '../fetching/relays.ts'
import { isSettled } from '../fetching/settled.ts'
import { authenticated } from './authenticity.ts'
import type { Arrival, Kind } from './kinds.ts'
import { receiptOf } from './receipt.ts'

/** An activity that may be believed. What it says of its actor and by its own id is true; all else is to be looked at. */
export type Received = {
  app: App
  /** Null for one without an id of its own. */
  id: string | null
  actor: AccountView
  kind: Kind
  activity: JsonObject
  /** As it came, byte by byte. */
  raw: string
  /** The actor that passed it on, where that is not its own. */
  via: string | null
  /** See `arrivesNow`. */
  arrivedAt?: number | undefined
  arrival: ArrivalTime
  budget: Budget
}

export type Listener = (received: Received) => Promise<void>

const log = getLogger('federation', 'inbox')
/** What accounts that nobody here knows do to us needs no look at who they are. */
const typesOfKnown = new Set(['Accept', 'Add', 'Move', 'Reject', 'Remove', 'Undo', 'Delete', 'Update'])

/** Hands an activity to its listener, with the account that did it. What is not allowed or not wanted ends here, quietly. */
export async function handleActivity(app: App, type: Kind, arrival: Arrival, listener: Listener): Promise<void> {
  const actorUri = idOf(arrival.activity['actor'])
  if (actorUri === null || app.uris.isOwn(actorUri)) return
  const { raw, signer, at, arrivedAt } = arrival
  const via = signer === actorUri ? null : signer
  const budget = newBudget(20, 20_000, { isPatient: true, isHasty: true })
  let id = idOf(arrival.activity['id'])
  try {
    if (await isRefused(app, type, { from: [actorUri, via], about: [objectId(arrival)] }))
      return log.debug('{type} {id} is refused by the rules about its server', { type, id })
    const belief = await authenticated(app, type, arrival, actorUri, budget)
    if (!belief) return log.info('{type} {id} was passed on by {signer}, and proves nothing', { type, id, signer })
    // Only now: a proof is one of what was written.
    const activity = await withOwnIds(app, belief)
    id = idOf(activity['id'])
    if (id !== null && !isSameOrigin(id, actorUri)) return
    if (await receiveFromRelay(app, type, id, actorUri, activity)) return
    const actor = typesOfKnown.has(type) ? await actorByUri(app, actorUri) : await findActor(app, actorUri, budget)
    const how = { at: new Date(at), isDirect: via === null }
    if (!actor && type === 'Delete')
      return await receiveStrangersDelete({ app, kind: type, activity, arrival: how }, actorUri)
    if (
      !actor ||
      actor.isLocal ||
      actor.uri !== actorUri ||
      actor.deletedAt ||
      (actor.suspendedAt && !mayStillSay(actor, type))
    )
      return log.debug('{type} of nobody we know', { type, id })
    await listener({ app, kind: type, id, actor, activity, raw, via, arrival: how, arrivedAt, budget })
  } catch (error) {
    if (!isSettled(error)) throw error
    log.info('{type} {id} does nothing: {reason}', { type, id, reason: (error as Error).message })
  }
}

/** A server that suspended one of its own may say that it did so no more; and whoever is suspended may go for good. */
const mayStillSay = (actor: AccountView, type: string): boolean =>
  type === 'Delete' || (type === 'Update' && actor.suspendedBy === 'origin')

/** The post of somebody whom nobody here knows yet may be on its way, to make them known. */
async function receiveStrangersDelete(received: Pick<Received, Remembered>, actorUri: string): Promise<void> {
  const object = objectId(received)
  if (object === null || object === actorUri || !isSameOrigin(object, actorUri)) return
  await takeEffect(received, (tx) => receiveDelete(tx, actorUri, object))
}

type Remembered = 'app' | 'kind' | 'activity' | 'arrival'

/** Lets an activity take effect, unless it is a repeat. */
export async function takeEffect(
  received: Pick<Received, Remembered>,
  effect: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  await received.app.db.transaction(async (tx) => {
    if ((await reception(tx, received)) !== 'repeated') await effect(tx)
  })
}

/** Notes that an activity takes effect, and whether it is a repeat. */
export async function reception(
  tx: Tx,
  { kind, activity, arrival }: Pick<Received, 'kind' | 'activity' | 'arrival'>,
): Promise<Reception> {
  const receipt = receiptOf(kind, activity)
  return receipt === null ? 'first' : receiveOnce(tx, receipt, arrival)
}

/** The id of what an activity is about. */
export const objectId = ({ activity }: Pick<Received, 'activity'>): string | null => idOf(activity['object'])

/** What an activity is about, where it stands inside of it; null where it has only its id. */
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
