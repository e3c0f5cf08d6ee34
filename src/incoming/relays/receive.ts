/** Activities of relays: their answers to our requests, and the posts that they pass on. */
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { relays } from '../../platform/db/schema/federation.ts'

/** Relayed posts that may wait to be fetched; further ones are not fetched at all. */
const maxWaiting = 2_000

/** Condition for the relay of an actor. Before a relay's first answer, that may be any actor of its server. */
export const isRelayOf = (actorUri: string) =>
  or(
    eq(relays.actorUri, actorUri),
    and(
      isNull(relays.actorUri),
      sql`split_part(${relays.inboxUrl}, '/', 3) = split_part(${actorUri}, '/', 3) and split_part(${relays.inboxUrl}, '/', 1) = split_part(${actorUri}, '/', 1)`,
    ),
  )

/**
 * Whether an actor may be a relay that this server asked for its posts, whatever its answer: its activities are
 * processed.
 */
export async function isRelay(db: Reader, actorUri: string): Promise<boolean> {
  const asked = and(isOneOf(relays.state, ['pending', 'accepted', 'rejected']), isRelayOf(actorUri))
  const found = await db
    .select({ id: relays.id })
    .from(relays)
    .where(or(asked, eq(relays.actorUri, actorUri)))
    .limit(1)
  return found.length > 0
}

/** Whether an actor is surely a relay, also one that this server has left: its boosts don't count as a person's. */
export async function isRelayActor(db: Reader, actorUri: string): Promise<boolean> {
  const found = await db.select({ id: relays.id }).from(relays).where(eq(relays.actorUri, actorUri)).limit(1)
  return found.length > 0
}

/** Whether an actor is a relay whose posts are accepted. */
export async function isAcceptedRelay(db: Reader, actorUri: string): Promise<boolean> {
  const found = await db
    .select({ id: relays.id })
    .from(relays)
    .where(and(eq(relays.state, 'accepted'), eq(relays.actorUri, actorUri)))
    .limit(1)
  return found.length > 0
}

/**
 * Stores a relay's answer to our Follow; it may answer again later.
 *
 * @returns whether the answer was a relay's
 */
export async function receiveRelayAnswer(
  tx: Tx,
  actorUri: string,
  followUri: string,
  answer: 'accepted' | 'rejected',
): Promise<boolean> {
  const answered = await tx
    .update(relays)
    .set({ state: answer, actorUri, answeredAt: sql`now()` })
    .where(
      and(
        eq(relays.followUri, followUri),
        isOneOf(relays.state, ['pending', 'accepted', 'rejected']),
        isRelayOf(actorUri),
      ),
    )
    .returning({ id: relays.id })
  return answered.length > 0
}

/**
 * Accepts the Follow that a LitePub relay sends in return.
 *
 * @returns whether it is a relay
 */
export async function receiveRelayFollow(tx: Tx, actorUri: string, uri: string): Promise<boolean> {
  const [relay] = await tx
    .select()
    .from(relays)
    .where(and(isOneOf(relays.state, ['pending', 'accepted']), eq(relays.actorUri, actorUri)))
  if (!relay) return false
  await emit(tx, { type: 'relay.followed', inboxUrl: relay.inboxUrl, actorUri, uri })
  return true
}

/** Queues fetching a post that a relay announced, at the lowest priority; does nothing when too many wait already. */
export async function queueRelayed(tx: Tx, uri: string): Promise<void> {
  const { rows } = await tx.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from (select from graphile_worker.jobs where task_identifier = 'relayed' limit ${maxWaiting}) relayed`)
  if ((rows[0]?.waiting ?? 0) < maxWaiting)
    await addJobs(tx, [{ name: 'relayed', payload: { uri }, key: `relayed ${uri}` }])
}
