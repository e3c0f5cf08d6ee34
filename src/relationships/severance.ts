/**
 * Severances: many follows that end at once, because a server was blocked. An account that lost follows can look them
 * up.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { notify } from '../notices/notify.ts'
import { isOneOfIds } from '../platform/db/arrays.ts'
import type { Db, Reader, Tx } from '../platform/db/index.ts'
import { accounts } from '../platform/db/schema/accounts.ts'
import { severanceEvents, severances } from '../platform/db/schema/moderation.ts'
import { type AccountId, newId, type RelationId, type SeveranceId } from '../platform/ids.ts'
import { acctOf } from '../text/acct.ts'

export type SeveranceType = (typeof severanceEvents.$inferSelect)['type']

/** The follows that an account lost by one event. */
export type SeveranceView = {
  id: SeveranceId
  type: SeveranceType
  targetName: string
  followersCount: number
  followingCount: number
  createdAt: Date
}

export async function loadSeverances(
  db: Reader,
  viewer: AccountId,
  ids: SeveranceId[],
): Promise<Map<SeveranceId, SeveranceView>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({
      id: severances.id,
      type: severanceEvents.type,
      targetName: severanceEvents.targetName,
      followersCount: severances.followersCount,
      followingCount: severances.followingCount,
      createdAt: severances.createdAt,
    })
    .from(severances)
    .innerJoin(severanceEvents, eq(severanceEvents.id, severances.eventId))
    .where(and(isOneOfIds(severances.id, ids), eq(severances.accountId, viewer)))
  return new Map(rows.map((row) => [row.id, row]))
}

/** A follow between a local (`accountId`) and a remote account (`otherId`) that has just ended. */
export type SeveredFollow = {
  accountId: AccountId
  otherId: AccountId
  isFollowing: boolean
  showsReblogs: boolean
  notifies: boolean
  languages: string[] | null
}

/** Records follows of or by a suspended remote account that have just ended. Requests are not recorded. */
export async function recordSuspension(
  tx: Tx,
  suspended: AccountId,
  { username, domain }: { username: string; domain: string },
  isFollowing: boolean,
  ended: readonly (Omit<SeveredFollow, 'otherId' | 'isFollowing'> & { isRequest: boolean })[],
): Promise<void> {
  const lost = ended
    .filter(({ isRequest }) => !isRequest)
    .map(({ accountId, showsReblogs, notifies, languages }) => ({
      accountId,
      otherId: suspended,
      isFollowing,
      showsReblogs,
      notifies,
      languages,
    }))
  await recordSevered(tx, 'account_suspension', acctOf({ username, domain }), lost)
}

/** Records lost follows under the unfinished event of this type and name, or a new one. */
export async function recordSevered(
  tx: Tx,
  type: SeveranceType,
  targetName: string,
  severed: readonly SeveredFollow[],
  ofAccount?: AccountId,
): Promise<void> {
  if (severed.length === 0) return
  const eventId = (await unfinished(tx, type, targetName, ofAccount)) ?? (await begin(tx, type, targetName))
  const rows = severed.map((follow) => ({ ...follow, id: newId<SeveranceId>() }))
  // One row per account; which of the new ids it gets does not matter.
  await tx.execute(sql`
    with lost as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as l(id bigint, "accountId" bigint, "otherId" bigint, "isFollowing" boolean, "showsReblogs" boolean, notifies boolean, languages jsonb)),
    counted as (
      insert into severances (id, event_id, account_id, followers_count, following_count)
      select min(id), ${eventId}::bigint, "accountId", count(*) filter (where not "isFollowing"), count(*) filter (where "isFollowing") from lost group by "accountId" order by "accountId"
      on conflict (event_id, account_id) do update set
        followers_count = severances.followers_count + excluded.followers_count, following_count = severances.following_count + excluded.following_count
      returning id, account_id)
    insert into severed_follows (severance_id, other_id, is_following, shows_reblogs, notifies, languages)
    select counted.id, l."otherId", l."isFollowing", l."showsReblogs", l.notifies,
      case when jsonb_typeof(l.languages) = 'array' then array(select jsonb_array_elements_text(l.languages)) end
    from lost l join counted on counted.account_id = l."accountId"
    on conflict do nothing`)
}

async function begin(tx: Tx, type: SeveranceType, targetName: string): Promise<RelationId> {
  const id = newId<RelationId>()
  await tx.insert(severanceEvents).values({ id, type, targetName })
  return id
}

/** @param ofAccount the account whose event it is, when a person blocks a server; undefined for events of the instance */
async function unfinished(
  tx: Tx,
  type: SeveranceType,
  targetName: string,
  ofAccount?: AccountId,
): Promise<RelationId | null> {
  const [event] = await tx
    .select({ id: severanceEvents.id })
    .from(severanceEvents)
    .where(
      and(
        eq(severanceEvents.type, type),
        eq(severanceEvents.targetName, targetName),
        isNull(severanceEvents.finishedAt),
        ofAccount
          ? sql`exists (select from severances s where s.event_id = ${severanceEvents.id} and s.account_id = ${ofAccount})`
          : undefined,
      ),
    )
    .limit(1)
  return event?.id ?? null
}

const batchSize = 200

/**
 * Notifies the accounts that lost follows by unfinished events of a type, and marks the events as finished. It may be
 * repeated.
 */
export async function finishSeverances(db: Db, type: SeveranceType, ofAccount?: AccountId): Promise<void> {
  const { rows } = await db.execute<{ id: RelationId }>(sql`
    select e.id from severance_events e where e.type = ${type} and e.finished_at is null
      and ${ofAccount ? sql`exists (select from severances s where s.event_id = e.id and s.account_id = ${ofAccount})` : sql`true`} order by e.id`)
  for (const { id } of rows) await finish(db, id)
}

async function finish(db: Db, eventId: RelationId): Promise<void> {
  for (let after: SeveranceId | null = '0' as SeveranceId; after !== null;) {
    const last: SeveranceId = after
    after = await db.transaction(async (tx) => {
      const rows = await tx
        .select({ id: severances.id, accountId: severances.accountId })
        .from(severances)
        .innerJoin(accounts, eq(accounts.id, severances.accountId))
        .where(and(eq(severances.eventId, eventId), sql`${severances.id} > ${last}`))
        .orderBy(severances.id)
        .limit(batchSize)
      for (const { id, accountId } of rows)
        await notify(tx, { type: 'severed_relationships', for: accountId, from: accountId, severanceId: id })
      if (rows.length === batchSize) return rows.at(-1)?.id ?? null
      await tx
        .update(severanceEvents)
        .set({ finishedAt: sql`now()` })
        .where(eq(severanceEvents.id, eventId))
      return null
    })
  }
}
