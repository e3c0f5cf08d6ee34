/** Subscribing to relays, and unsubscribing. */
import { eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { relays } from '../../platform/db/schema/federation.ts'
import { notFound, Refusal } from '../../platform/errors.ts'
import { newId, type RelayId, type RelationId } from '../../platform/ids.ts'
import type { Uris } from '../../platform/uris.ts'
import { rulesAbout } from '../../rules/servers/current.ts'
import { ruleHost, effectiveRule } from '../../rules/servers/rulebook.ts'

export type Relay = typeof relays.$inferSelect
export type RelayInput = Pick<Relay, 'inboxUrl' | 'actorUri' | 'protocol'>

/** All relays are listed on one page, and get each public post. */
const maxRelays = 50

/**
 * Adds a relay, and subscribes to it.
 *
 * @throws Refusal `conflict` for a relay that is there already, `too_many`, `unprocessable` for a LitePub relay without
 *   its actor, and for a relay on a suspended server
 */
export async function addRelay(tx: Tx, uris: Uris, input: RelayInput): Promise<RelayId> {
  if (input.protocol === 'litepub' && input.actorUri === null)
    throw new Refusal('unprocessable', 'A LitePub relay is added by its actor')
  const host = ruleHost(input.inboxUrl)
  if (effectiveRule(await rulesAbout(tx, [host]), host).severity === 'suspend')
    throw new Refusal('unprocessable', 'The server of this relay is suspended here')
  if ((await tx.$count(relays)) >= maxRelays) throw new Refusal('too_many', `There can be at most ${maxRelays} relays`)
  const id = newId<RelayId>()
  const added = await tx
    .insert(relays)
    .values({ id, ...input })
    .onConflictDoNothing()
    .returning({ id: relays.id })
  if (added.length === 0) throw new Refusal('conflict', 'This relay is there already')
  await enableRelay(tx, uris, id)
  return id
}

/** Subscribes to a relay; asks again if it rejected the request or has not answered. @throws Refusal `not_found` */
export async function enableRelay(tx: Tx, uris: Uris, id: RelayId): Promise<void> {
  const relay = await locked(tx, id)
  if (relay.state === 'accepted') return
  const followUri = uris.activity('follows', newId<RelationId>())
  await tx
    .update(relays)
    .set({ state: 'pending', followUri, lastError: null, answeredAt: null })
    .where(eq(relays.id, id))
  await emit(tx, { type: 'relay.enabled', relayId: id })
}

/** Unsubscribes from a relay. Doing it again changes nothing. @throws Refusal `not_found` */
export async function disableRelay(tx: Tx, id: RelayId): Promise<void> {
  const { state, followUri, inboxUrl, actorUri, protocol } = await locked(tx, id)
  await tx
    .update(relays)
    .set({ state: 'idle', followUri: null, lastError: null, answeredAt: null })
    .where(eq(relays.id, id))
  if (followUri !== null && state !== 'rejected')
    await emit(tx, { type: 'relay.disabled', inboxUrl, followUri, followed: relayActor({ protocol, actorUri }) })
}

/** Unsubscribes from a relay, and deletes it. @throws Refusal `not_found` */
export async function removeRelay(tx: Tx, id: RelayId): Promise<void> {
  await disableRelay(tx, id)
  await tx.delete(relays).where(eq(relays.id, id))
}

/** The object of the Follow that subscribes to a relay: its actor, or null for the public collection. */
export const relayActor = ({ protocol, actorUri }: Pick<Relay, 'protocol' | 'actorUri'>): string | null =>
  protocol === 'litepub' ? actorUri : null

export async function loadRelay(db: Reader, id: RelayId): Promise<Relay | null> {
  const [found] = await db.select().from(relays).where(eq(relays.id, id))
  return found ?? null
}

/** All relays, oldest first, each with the error of its last request, if that is not delivered. */
export async function listRelays(db: Reader): Promise<(Relay & { lastError: string | null })[]> {
  const lastError = sql<
    string | null
  >`coalesce(${relays.lastError}, (select d.last_error from activities a join deliveries d on d.activity_id = a.id where a.uri = ${relays.followUri} and d.last_error is not null limit 1))`
  const rows = await db.select({ relay: relays, lastError }).from(relays).orderBy(relays.id).limit(maxRelays)
  return rows.map(({ relay, lastError }) => ({ ...relay, lastError }))
}

async function locked(tx: Tx, id: RelayId): Promise<Relay> {
  const [found] = await tx.select().from(relays).where(eq(relays.id, id)).for('update')
  if (!found) throw notFound()
  return found
}
