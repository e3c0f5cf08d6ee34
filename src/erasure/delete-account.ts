import { and, eq, isNull, sql } from 'drizzle-orm'
import { keepAnOwner } from '../accounts/owners.ts'
import { endTokensOf } from '../accounts/sessions/access-tokens.ts'
import { forgetRemoteFiles } from '../media/remote-eviction.ts'
import { storeDeleteRecipients } from '../outbox/delete-recipients.ts'
import { emit } from '../outbox/emit.ts'
import { contactInboxes } from '../outgoing/contacts.ts'
import { changed } from '../platform/db/changes.ts'
import { deleteSome } from '../platform/db/delete-some.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts, users } from '../platform/db/schema/accounts.ts'
import { Refusal } from '../platform/errors.ts'
import type { AccountId } from '../platform/ids.ts'
import { eraseOwn, eraseSome } from './erase-account.ts'

/**
 * Deletes a local or remote account with all its posts and relationships, and hides them at once. A blank row stays: a local
 * name is never given out again. Keys and remote followers stay until their servers have received the Delete
 * (`forgetFollowers`). A job erases what exceeds one batch. For an account with `much`, the job also looks up the servers that
 * get the Delete.
 *
 * @throws Refusal `not_found` when there is no such account, `not_permitted` for the last owner
 */
export async function deleteAccount(tx: Tx, accountId: AccountId): Promise<void> {
  const [account] = await tx
    .select()
    .from(accounts)
    .where(and(eq(accounts.id, accountId), isNull(accounts.deletedAt)))
    .for('update')
  if (!account) throw new Refusal('not_found', 'Record not found')
  const isLocal = account.domain === null
  if (isLocal) await keepAnOwner(tx, accountId)
  const announcesLater = isLocal && (await hasMuch(tx, accountId))
  if (isLocal && !announcesLater) await storeDeleteRecipients(tx, accountId, contactInboxes(accountId))

  if (isLocal) await changed(tx, 'profiles')
  await tx
    .update(accounts)
    .set({
      deletedAt: sql`now()`,
      suspendedAt: sql`coalesce(${accounts.suspendedAt}, now())`,
      displayName: '',
      note: '',
      noteSource: '',
      fields: [],
      avatarFile: null,
      headerFile: null,
      avatarRemoteUrl: null,
      headerRemoteUrl: null,
      avatarDescription: '',
      headerDescription: '',
      attributionDomains: [],
      alsoKnownAs: [],
      movedToId: null,
    })
    .where(eq(accounts.id, accountId))
  // Open streams end with their tokens.
  await endTokensOf(tx, accountId)
  // Sessions, tokens and links in mails belong to these rows.
  await tx.delete(users).where(eq(users.accountId, accountId))
  await tx.execute(sql`delete from sessions where account_id = ${accountId}`)
  await tx.execute(sql`delete from access_tokens where account_id = ${accountId}`)
  await tx.execute(sql`delete from authorization_codes where account_id = ${accountId}`)
  await tx.execute(sql`delete from mail_tokens where account_id = ${accountId}`)

  await tx.execute(
    sql`update account_stats set statuses_count = 0, last_status_at = null where account_id = ${accountId}`,
  )
  const files = [account.avatarFile, account.headerFile].filter((name) => name !== null)
  if (files.length > 0) await emit(tx, { type: 'files.orphaned', files })
  await forgetRemoteFiles(tx, [account.avatarRemoteUrl, account.headerRemoteUrl])
  // The recipients of the Delete follow from rows that would be erased.
  if (announcesLater) return emit(tx, { type: 'account.erasure-pending', accountId, hasRecipients: false })
  await eraseOwn(tx, accountId)
  if (await eraseSome(tx, accountId))
    await emit(tx, { type: 'account.erasure-pending', accountId, hasRecipients: true })
  if (isLocal) await emit(tx, { type: 'account.deleted', accountId })
}

/**
 * From this number of posts, favourites or mentions on, a job looks up the recipients of the Delete: a request has only
 * half a minute.
 */
const much = 5_000

async function hasMuch(tx: Tx, accountId: AccountId): Promise<boolean> {
  const isMuch = (table: 'statuses' | 'favourites' | 'mentions') =>
    sql`(select count(*) from (select from ${sql.identifier(table)} where account_id = ${accountId} limit ${much}) counted) = ${much}`
  const { rows } = await tx.execute<{ isMuch: boolean }>(
    sql`select ${isMuch('statuses')} or ${isMuch('favourites')} or ${isMuch('mentions')} as "isMuch"`,
  )
  return rows[0]?.isMuch ?? false
}

const followsAtATime = 5_000

/** Deletes a batch of the follows that were kept for sending an account's Delete; returns whether there may be more. */
export async function forgetFollowers(tx: Tx, accountId: AccountId): Promise<boolean> {
  return (await deleteSome(tx, 'follows', sql`target_id = ${accountId}`, followsAtATime)).length === followsAtATime
}
