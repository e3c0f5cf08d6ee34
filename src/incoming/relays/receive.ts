/** What relays say: whether they pass posts on to us, and which. */
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { addJobs } from '../../outbox/add-jobs.ts'
import { emit } from '../../outbox/emit.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { relays } from '../../platform/db/schema/federation.ts'

/** Relayed posts that wait to be fetched; what a relay pours out beyond that is not fetched at all. */
const maxWaiting = 2_000

/** Condition for the relay behind an actor: a relay speaks through its actor; before it answered, that is one of its server. */
export const speaks = (actorUri: string) =>
  or(
    eq(relays.actorUri, actorUri),
    and(
      isNull(relays.actorUri),
      sql`split_part(${relays.inboxUrl}, '/', 3) = split_part(${actorUri}, '/', 3) and split_part(${relays.inboxUrl}, '/', 1) = split_part(${actorUri}, '/', 1)`,
    ),
  )

/** Whether an actor may be a relay's that this server asked for its posts, whatever it answered: what it says is of interest. */
export async function isRelay(db: Reader, actorUri: string): Promise<boolean> {
  const asked = and(isOneOf(relays.state, ['pending', 'accepted', 'rejected']), speaks(actorUri))
  const found = await db
    .select({ id: relays.id })
    .from(relays)
    .where(or(asked, eq(relays.actorUri, actorUri)))
    .limit(1)
  return found.length > 0
}

/** Whether an actor is surely a relay's, also of one that this server has left: it is nobody who boosts. */
export async function isRelayActor(db: Reader, actorUri: string): Promise<boolean> {
  const found = await db.select({ id: relays.id }).from(relays).where(eq(relays.actorUri, actorUri)).limit(1)
  return found.length > 0
}

/** Whether public posts that an actor passes on are wanted. */
export async function isAcceptedRelay(db: Reader, actorUri: string): Promise<boolean> {
  const found = await db
    .select({ id: relays.id })
    .from(relays)
    .where(and(eq(relays.state, 'accepted'), eq(relays.actorUri, actorUri)))
    .limit(1)
  return found.length > 0
}

/**
 * A relay answers our Follow, or thinks again.
 *
 * @returns whether it was one of a relay
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
        speaks(actorUri),
      ),
    )
    .returning({ id: relays.id })
  return answered.length > 0
}

/**
 * A relay of LitePub's follows in return, and wants to hear that it may.
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

/** Queues the fetch of a post that a relay named, behind all else there is to do; not where too many wait already. */
export async function queueRelayed(tx: Tx, uri: string): Promise<void> {
  const { rows } = await tx.execute<{ waiting: number }>(sql`
    select count(*)::int as waiting from (select from graphile_worker.jobs where task_identifier = 'relayed' limit ${maxWaiting}) relayed`)
  if ((rows[0]?.waiting ?? 0) < maxWaiting)
    await addJobs(tx, [{ name: 'relayed', payload: { uri }, key: `relayed ${uri}` }])
}
