/**
 * Local statuses for requests of other servers: whether they may be shown, and their stored documents, in one query.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Db, Reader } from '../../platform/db/index.ts'
import { maxBigint } from '../../platform/db/page.ts'
import { statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { settingIsOn } from '../../rules/settings.ts'
import { hasLeft, isReleased, visibleTo } from '../../statuses/access/visibility.ts'
import { type DocumentColumns, documentColumns, joinDocument } from './stored.ts'

/** A status with its stored document, if there is one. */
export type StatusDocument = DocumentColumns & {
  id: StatusId
  uri: string
  favouritesCount: number
  reblogsCount: number
}

export type AskedStatus = StatusDocument & {
  isBoost: boolean
  accountId: AccountId
  url: string
  visibility: Visibility
  isDeleted: boolean
  /** Whether no other server ever got it, except perhaps the server of an account that was asked for consent. */
  isUnheard: boolean
  /** Whether everybody may see it. */
  isVisible: boolean
}

const columns = sql`${statuses.id}, ${statuses.uri}, coalesce(stats.favourites_count, 0) as "favouritesCount", coalesce(stats.reblogs_count, 0) as "reblogsCount", ${documentColumns}`

const from = (fingerprint: string): SQL => sql`
  from statuses left join status_stats stats on stats.status_id = ${statuses.id} ${joinDocument(sql`${statuses.uri}`, fingerprint, sql`${statuses.accountId}`)}`

const findOne = statement<{ id: StatusId; fingerprint: string }, AskedStatus & { needsSignature: boolean }>(
  'status_document',
  ({ id, fingerprint }) => sql`
    select ${settingIsOn('authorizedFetch')} as "needsSignature", found.* from (values (1)) one left join (
      select ${columns}, ${statuses.reblogOfId} is not null as "isBoost", ${statuses.accountId} as "accountId", ${statuses.url}, ${statuses.visibility},
        ${statuses.deletedAt} is not null as "isDeleted", (not ${isReleased(statuses)} and ${statuses.approvalUri} is null or not ${hasLeft(statuses)}) as "isUnheard", ${visibleTo(null)} as "isVisible"
      ${from(fingerprint)} where ${statuses.id} = ${id} and ${statuses.isLocal}) found on true`,
)

/** A local status, also a deleted or hidden one, by its id; and whether the request must be signed. */
export async function statusDocument(
  db: Db,
  id: StatusId,
  fingerprint: string,
): Promise<{ needsSignature: boolean; status: AskedStatus | null }> {
  const [found] = await findOne(db, { id, fingerprint })
  // There is one row in any case.
  const { needsSignature, ...status } = found!
  return { needsSignature, status: status.id === null ? null : status }
}

const findPage = statement<{ account: AccountId; before: string; limit: number; fingerprint: string }, StatusDocument>(
  'outbox_documents',
  ({ account, before, limit, fingerprint }) => sql`
    select ${columns} ${from(fingerprint)}
    where ${statuses.accountId} = ${account} and ${statuses.deletedAt} is null and ${statuses.id} < ${before}::bigint and ${visibleTo(null)}
    order by ${statuses.id} desc limit ${limit}`,
)

/** The statuses and boosts of an account that everybody may see, newest first. */
export const outboxDocuments = (
  db: Reader,
  account: AccountId,
  page: { maxId?: string | undefined; limit: number },
  fingerprint: string,
): Promise<StatusDocument[]> =>
  findPage(db, { account, before: page.maxId ?? maxBigint, limit: page.limit, fingerprint })

const findSome = statement<{ ids: string; fingerprint: string }, StatusDocument>(
  'some_status_documents',
  ({ ids, fingerprint }) =>
    sql`select ${columns} ${from(fingerprint)} where ${statuses.id} = any(${ids}::bigint[]) and ${statuses.isLocal} and ${visibleTo(null)}`,
)

/** The local statuses among some that everybody may see, in the order of the ids. */
export async function statusDocuments(db: Reader, ids: StatusId[], fingerprint: string): Promise<StatusDocument[]> {
  if (ids.length === 0) return []
  const rows = await findSome(db, { ids: arrayOf(ids), fingerprint })
  const byId = new Map(rows.map((status) => [status.id, status]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}
