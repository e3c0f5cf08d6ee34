/**
 * Local accounts for requests of other servers: whether they may be shown, and their stored documents, in one query.
 */
import { type SQL, sql } from 'drizzle-orm'
import { isPresent } from '../../accounts/find.ts'
import type { Db } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId } from '../../platform/ids.ts'
import { settingIsOn } from '../../rules/settings.ts'
import { type DocumentColumns, documentColumns, joinDocument } from './stored.ts'

/** An account with its stored document, if there is one. */
export type AskedAccount = DocumentColumns & {
  id: AccountId
  username: string
  uri: string
  url: string
  avatarFile: string | null
  actorType: (typeof accounts.$inferSelect)['actorType']
  hidesCollections: boolean
  isSuspended: boolean
  isDeleted: boolean
  statusesCount: number
  followersCount: number
  followingCount: number
}

const asked = (where: SQL, fingerprint: string): SQL => sql`
  select ${settingIsOn('authorizedFetch')} as "needsSignature", found.* from (values (1)) one left join (
    select ${accounts.id}, ${accounts.username}, ${accounts.uri}, ${accounts.url}, ${accounts.avatarFile} as "avatarFile", ${accounts.actorType} as "actorType",
      ${accounts.hidesCollections} as "hidesCollections", ${accounts.suspendedAt} is not null as "isSuspended", ${accounts.deletedAt} is not null as "isDeleted",
      coalesce(stats.statuses_count, 0) as "statusesCount", coalesce(stats.followers_count, 0) as "followersCount", coalesce(stats.following_count, 0) as "followingCount",
      ${documentColumns}
    from accounts left join account_stats stats on stats.account_id = ${accounts.id} ${joinDocument(sql`${accounts.uri}`, fingerprint)}
    where ${accounts.domain} is null and ${isPresent} and ${where}) found on true`

type Row = AskedAccount & { needsSignature: boolean }
const byId = statement<{ id: AccountId; fingerprint: string }, Row>('account_document', ({ id, fingerprint }) =>
  asked(sql`${accounts.id} = ${id}`, fingerprint),
)
const byName = statement<{ name: string; fingerprint: string }, Row>(
  'account_document_by_name',
  ({ name, fingerprint }) =>
    asked(sql`lower(${accounts.username}) = ${name} and coalesce(${accounts.domain}, '') = ''`, fingerprint),
)

/**
 * A local account, also a suspended or deleted one, by its id or its name in lower case; and whether the request must
 * be signed.
 */
export async function accountDocument(
  db: Db,
  who: { id: AccountId } | { name: string },
  fingerprint: string,
): Promise<{ needsSignature: boolean; account: AskedAccount | null }> {
  const [found] =
    'id' in who ? await byId(db, { id: who.id, fingerprint }) : await byName(db, { name: who.name, fingerprint })
  // There is one row in any case.
  const { needsSignature, ...account } = found!
  return { needsSignature, account: account.id === null ? null : account }
}
