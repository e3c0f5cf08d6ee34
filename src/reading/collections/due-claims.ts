/** The claims of remote collections that are to be verified: when, and what comes of it. */
import { eq, type SQL, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { ClaimedItem } from '../../outbox/events.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { collectionClaims, collectionItems } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, newId, type RelationId } from '../../platform/ids.ts'
import { wasDeleted } from '../../statuses/receive/delete.ts'
import { forgetClaims } from './claims.ts'
import { lockActive, lockShown } from './locks.ts'
import { collectionLimits } from './manage.ts'

/** Requests that verifying claims may take, so that all requests for one cause are at most a hundred: 25 unknown accounts need 75. */
export const verifyingFetches = { afterActivity: 80, afterReading: 60 } as const

/**
 * Queues a job for the claims in the collections of a remote account, if any is to be verified by now.
 *
 * @param fetchesLeft requests that it may take: one of `verifyingFetches`
 */
export async function verifyDueClaims(tx: Tx, ownerId: AccountId, fetchesLeft: number): Promise<void> {
  const next = await nextClaim(tx, ownerId)
  if (next?.isDue) await emit(tx, { type: 'collection-items.claimed', accountId: ownerId, fetchesLeft })
}

/** When the next claim in the collections of a remote account is to be verified, by the clock of the database. Null for never. */
export async function nextClaim(db: Reader, ownerId: AccountId): Promise<{ at: Date; isDue: boolean } | null> {
  const { rows } = await db.execute<{ at: string | null; isDue: boolean }>(
    sql`select min(claim.due_at) as at, min(claim.due_at) <= now() as "isDue" ${claimsOf(ownerId)}`,
  )
  const [row] = rows
  return row?.at ? { at: new Date(row.at), isDue: row.isDue } : null
}

/** Claims that are ever verified: not those of suspended owners, nor of forgotten collections. */
const claimsOf = (ownerId: AccountId): SQL => sql`
  from collections mine join accounts owner on owner.id = mine.account_id join collection_claims claim on claim.collection_id = mine.id
  where mine.account_id = ${ownerId} and mine.uri is not null and not mine.is_forgotten and owner.suspended_at is null`

/** A claim whose consent is to be verified. */
export type DueClaim = ClaimedItem & {
  id: RelationId
  collectionId: CollectionId
  collectionUri: string
  position: number
}

/**
 * Takes one of the claims in the collections of a remote account that are to be verified. It is due again in an hour, unless it is
 * accepted or refused by then. Null when none is due, or the account is suspended.
 */
export async function takeClaim(tx: Tx, ownerId: AccountId): Promise<DueClaim | null> {
  const { rows } = await tx.execute<DueClaim>(sql`
    update collection_claims taken set due_at = now() + interval '1 hour' from collections c
    where c.id = taken.collection_id and taken.id = (
      select claim.id ${claimsOf(ownerId)} and claim.due_at <= now()
      order by claim.due_at, claim.collection_id, claim.position limit 1 for update of claim skip locked)
    returning taken.id::text, taken.uri, taken.account_uri as "accountUri", taken.approval_uri as "approvalUri", taken.position,
      c.id::text as "collectionId", c.uri as "collectionUri"`)
  return rows[0] ?? null
}

/** Makes a taken claim, and the others of an account whose consent lies on the same host, due when that host may be asked again. */
export async function postponeClaims(
  tx: Tx,
  ownerId: AccountId,
  claim: DueClaim,
  host: string,
  ms: number,
): Promise<void> {
  await tx.execute(sql`
    update collection_claims later set due_at = now() + make_interval(secs => ${ms / 1_000})
    where later.id = ${claim.id} or later.id = any(array(
      select claim.id ${claimsOf(ownerId)} and claim.due_at <= now() and split_part(coalesce(claim.approval_uri, claim.uri), '/', 3) = ${host}))`)
}

/** Records that there is no consent. The claim is not verified again for a day, unless it changes or has changed. */
export async function refuseClaim(tx: Tx, { id, accountUri, approvalUri }: DueClaim): Promise<void> {
  await tx.execute(sql`
    update collection_claims set due_at = now() + interval '1 day'
    where id = ${id} and (account_uri, approval_uri) is not distinct from (${accountUri}::text, ${approvalUri}::text)`)
}

/**
 * Turns a claim into an item, whose account's consent was verified. Does nothing for a consent that was taken back, or when the claim
 * changed or is gone by now.
 *
 * @param approvalUri the authorization, also where the collection only named the item
 */
export async function acceptClaim(
  tx: Tx,
  claim: DueClaim,
  { accountId, approvalUri }: { accountId: AccountId; approvalUri: string },
): Promise<void> {
  if (await wasDeleted(tx, approvalUri)) return refuseClaim(tx, claim)
  const { collectionId } = claim
  if ((await lockActive(tx, [accountId])).size === 0) return refuseClaim(tx, claim)
  if (!(await lockShown(tx, collectionId))) return
  const [now] = await tx.select().from(collectionClaims).where(eq(collectionClaims.id, claim.id)).for('update')
  if (!now || now.accountUri !== claim.accountUri || now.approvalUri !== claim.approvalUri) return
  const items = await tx.select().from(collectionItems).where(eq(collectionItems.collectionId, collectionId))
  const known = items.find((item) => item.accountId === accountId)
  const isFull = items.filter(({ state }) => state === 'accepted').length >= collectionLimits.items
  if (isFull && known?.state !== 'accepted') return refuseClaim(tx, claim)
  const values = { uri: now.uri, approvalUri, position: now.position, state: 'accepted' } as const
  await tx
    .insert(collectionItems)
    .values({ ...values, id: newId<RelationId>(), collectionId, accountId })
    .onConflictDoUpdate({ target: [collectionItems.collectionId, collectionItems.accountId], set: values })
  await forgetClaims(tx, collectionId, [now.uri])
}
