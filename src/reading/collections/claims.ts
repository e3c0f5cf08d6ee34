/**
 * Items that remote collections claim to have. A claim is shown nowhere: a job turns it into an item once the account's own server
 * confirms the account's consent (`due-claims.ts`).
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { ClaimedItem } from '../../outbox/events.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { collectionClaims, collectionItems } from '../../platform/db/schema/lists.ts'
import { type AccountId, type CollectionId, newId, type RelationId } from '../../platform/ids.ts'
import { removeItems } from './forget.ts'
import { lockShown } from './locks.ts'
import { collectionLimits } from './manage.ts'

/** An item with its place, if its server states that. */
type Claim = { item: ClaimedItem; position?: number }

/** Per collection: its items, and as many that were added without replacing them. */
const maxClaims = 2 * collectionLimits.items

/**
 * Takes note that a remote collection has some items. An item that is known only gets its place; so does a local account that agreed
 * before. Any other is stored as a claim, whose consent a job verifies. One that was refused lately is not verified again, unless it
 * names another account or authorization. Call `verifyDueClaims` afterwards. Does nothing for a collection that is gone.
 */
export async function claimItems(
  tx: Tx,
  collection: { id: CollectionId; ownerId: AccountId },
  claims: readonly Claim[],
): Promise<void> {
  if (await lockShown(tx, collection.id))
    await claimItemsOf(tx, collection, await storedItems(tx, collection.id), claims)
}

/** The same for a collection that is locked, with its stored items. */
export async function claimItemsOf(
  tx: Tx,
  collection: { id: CollectionId; ownerId: AccountId },
  stored: readonly StoredItem[],
  claims: readonly Claim[],
): Promise<void> {
  const { id } = collection
  // Servers may give the id of an item to another one.
  const renamed = stored.filter(
    (known) =>
      claims.some(({ item }) => item.uri === known.item.uri) && !claims.some(({ item }) => isSameItem(item, known)),
  )
  await removeItems(
    tx,
    collection,
    renamed.map(({ item }) => item),
  )
  const isLocal = await localAmong(
    tx,
    claims.flatMap(({ item }) => item.accountUri ?? []),
  )
  const last = Math.max(0, ...stored.map(({ item }) => item.position))
  const consented: { id: RelationId; uri: string; position: number }[] = []
  const wanted = new Map<string, ClaimedItem & { position: number }>()
  for (const { item, position } of claims) {
    const known = stored.find((each) => isSameItem(item, each))
    const isConsented =
      known?.item.state === 'accepted' &&
      (known.domain === null || item.accountUri === null || known.item.approvalUri === item.approvalUri)
    if (known && isConsented)
      consented.push({
        id: known.item.id,
        uri: item.uri,
        position: position ?? (known.item.uri === null ? last + 1 : known.item.position),
      })
    else if (known?.domain !== null && !isLocal.has(item.accountUri) && !isUnapproved(item))
      wanted.set(item.uri, { ...item, position: position ?? last + 1 })
  }
  await place(tx, id, consented)
  if (wanted.size > 0) await store(tx, id, [...wanted.values()])
}

type StoredItem = { item: typeof collectionItems.$inferSelect; accountUri: string; domain: string | null }

/** The items of a collection, with what tells their accounts. */
export const storedItems = (tx: Tx, id: CollectionId): Promise<StoredItem[]> =>
  tx
    .select({ item: collectionItems, accountUri: accounts.uri, domain: accounts.domain })
    .from(collectionItems)
    .innerJoin(accounts, eq(accounts.id, collectionItems.accountId))
    .where(eq(collectionItems.collectionId, id))

/** Whether an item that a server states is a stored one. */
export const isSameItem = (stated: ClaimedItem, { accountUri, item }: StoredItem): boolean =>
  stated.accountUri === null ? stated.uri === item.uri : stated.accountUri === accountUri

/** An item that states its account but no authorization has no consent that could be verified. */
const isUnapproved = ({ accountUri, approvalUri }: ClaimedItem): boolean => accountUri !== null && approvalUri === null

/** Local accounts among some: nobody but they put themselves into a remote collection, by the answer to a request. */
async function localAmong(tx: Tx, uris: string[]): Promise<Set<string | null>> {
  if (uris.length === 0) return new Set()
  const rows = await tx
    .select({ uri: accounts.uri })
    .from(accounts)
    .where(and(isOneOf(accounts.uri, uris), isNull(accounts.domain)))
  return new Set(rows.map(({ uri }) => uri))
}

/** Gives items whose accounts agreed their ids and places. */
async function place(
  tx: Tx,
  id: CollectionId,
  items: readonly { id: RelationId; uri: string; position: number }[],
): Promise<void> {
  if (items.length === 0) return
  await tx.execute(sql`
    update collection_items i set uri = placed.uri, position = placed.position
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as placed(id bigint, uri text, position int)
    where i.id = placed.id and (i.uri, i.position) is distinct from (placed.uri, placed.position)`)
  await forgetClaims(
    tx,
    id,
    items.map(({ uri }) => uri),
  )
}

async function store(tx: Tx, id: CollectionId, items: (ClaimedItem & { position: number })[]): Promise<void> {
  const rows = await tx
    .select({ uri: collectionClaims.uri })
    .from(collectionClaims)
    .where(eq(collectionClaims.collectionId, id))
  const known = new Set(rows.map(({ uri }) => uri))
  const added = items.filter(({ uri }) => !known.has(uri))
  const excess = known.size + added.length - maxClaims
  const room = added.length - (excess > 0 ? excess - (await forgetRefused(tx, id, excess)) : 0)
  const values = [...items.filter(({ uri }) => known.has(uri)), ...added.slice(0, Math.max(0, room))].map((item) => ({
    id: newId<RelationId>(),
    uri: item.uri,
    account_uri: item.accountUri,
    approval_uri: item.approvalUri,
    position: item.position,
  }))
  // An item that is only named says nothing new about its account.
  const isChanged = sql.raw(
    `excluded.account_uri is not null and (excluded.account_uri, excluded.approval_uri) is distinct from (claim.account_uri, claim.approval_uri)`,
  )
  await tx.execute(sql`
    insert into collection_claims as claim (id, collection_id, uri, account_uri, approval_uri, position, due_at)
    select id, ${id}::bigint, uri, account_uri, approval_uri, position, ${thisMoment}
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as item(id bigint, uri text, account_uri text, approval_uri text, position int)
    on conflict (collection_id, uri) do update set
      account_uri = case when ${isChanged} then excluded.account_uri else claim.account_uri end,
      approval_uri = case when ${isChanged} then excluded.approval_uri else claim.approval_uri end,
      due_at = case when ${isChanged} then ${thisMoment} else claim.due_at end,
      position = excluded.position
    where claim.position <> excluded.position or ${isChanged}`)
}

/** Rounded down: the column holds milliseconds, and would be rounded to a time that is not yet. */
const thisMoment = sql`date_trunc('milliseconds', now())`

/** Makes room for new claims. @returns the number of forgotten ones */
async function forgetRefused(tx: Tx, id: CollectionId, count: number): Promise<number> {
  // Claims that are due sooner may be verified at this moment, or wait for their server.
  const { rowCount } = await tx.execute(sql`
    delete from collection_claims where id = any(array(
      select id from collection_claims where collection_id = ${id} and due_at > now() + interval '1 hour' order by id limit ${count}))`)
  return rowCount ?? 0
}

/** Forgets claims of a collection by their items' ids. */
export async function forgetClaims(tx: Tx, id: CollectionId, uris: readonly string[]): Promise<void> {
  await tx
    .delete(collectionClaims)
    .where(and(eq(collectionClaims.collectionId, id), isOneOf(collectionClaims.uri, uris)))
}

/** Forgets the claims of a collection, except some. */
export async function keepClaims(tx: Tx, id: CollectionId, uris: readonly string[]): Promise<void> {
  await tx
    .delete(collectionClaims)
    .where(and(eq(collectionClaims.collectionId, id), sql`not ${isOneOf(collectionClaims.uri, uris)}`))
}
