/** Aliases: other accounts of the same person, which may move to this one. */
import { eq, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { notFound } from '../../platform/errors.ts'
import { parseHandle } from '../../platform/handle.ts'
import type { AccountId } from '../../platform/ids.ts'
import { acctOf } from '../../text/acct.ts'
import { refuse } from '../../text/refusals.ts'
import { accountByHandle, accountByUrl, accountHead } from '../find.ts'

const maxAliases = 20

/** An alias by its ActivityPub id; `acct` is its handle, null when this server does not know the account. */
export type Alias = { uri: string; acct: string | null }

/** The aliases of an account, in the order in which they were added. */
export async function listAliases(db: Reader, accountId: AccountId): Promise<Alias[]> {
  const [account] = await db.select({ aliases: accounts.alsoKnownAs }).from(accounts).where(eq(accounts.id, accountId))
  const uris = account?.aliases ?? []
  const rows =
    uris.length === 0
      ? []
      : await db
          .select({ uri: accounts.uri, username: accounts.username, domain: accounts.domain })
          .from(accounts)
          .where(isOneOf(accounts.uri, uris))
  return uris.map((uri) => {
    const row = rows.find((row) => row.uri === uri)
    return { uri, acct: row ? acctOf(row) : null }
  })
}

/**
 * Declares that another account belongs to the same person. Repeating it changes nothing. May reach the network.
 *
 * @param handleOrUrl of the other account
 * @throws Refusal `invalid` when there is no such account, when it is the same one, or when there are too many aliases
 */
export async function addAlias(app: App, accountId: AccountId, handleOrUrl: string): Promise<Alias> {
  const id = await findNamed(app, handleOrUrl)
  const head = id && (await accountHead(app.db, id))
  if (!head || head.suspendedAt) throw refuse('invalid', 'nameNotFound', { name: handleOrUrl.trim().slice(0, 100) })
  if (id === accountId) throw refuse('invalid', 'aliasOfItself')
  await app.db.transaction((tx) => storeAlias(tx, accountId, head.uri))
  return { uri: head.uri, acct: acctOf(head) }
}

async function storeAlias(tx: Tx, accountId: AccountId, uri: string): Promise<void> {
  const before = await lockedAliases(tx, accountId)
  if (before.includes(uri)) return
  if (before.length >= maxAliases) throw refuse('invalid', 'tooManyAliases', { max: maxAliases })
  await saveAliases(tx, accountId, [...before, uri])
}

/** Removes an alias. Removing a missing one changes nothing. */
export async function removeAlias(tx: Tx, accountId: AccountId, uri: string): Promise<void> {
  const before = await lockedAliases(tx, accountId)
  if (before.includes(uri))
    await saveAliases(
      tx,
      accountId,
      before.filter((each) => each !== uri),
    )
}

async function lockedAliases(tx: Tx, accountId: AccountId): Promise<string[]> {
  const [account] = await tx
    .select({ aliases: accounts.alsoKnownAs })
    .from(accounts)
    .where(sql`${accounts.id} = ${accountId} and ${accounts.domain} is null`)
    .for('update')
  if (!account) throw notFound()
  return account.aliases
}

async function saveAliases(tx: Tx, accountId: AccountId, aliases: string[]): Promise<void> {
  await tx
    .update(accounts)
    .set({ alsoKnownAs: aliases, updatedAt: sql`now()` })
    .where(eq(accounts.id, accountId))
  await emit(tx, { type: 'account.updated', accountId })
}

/** The local or remote account with a handle, URL or ActivityPub id. May reach the network. */
export async function findNamed(app: App, handleOrUrl: string): Promise<AccountId | null> {
  const wanted = handleOrUrl.trim().slice(0, 500)
  if (/^https?:\/\//i.test(wanted)) {
    if (app.uris.isOwn(wanted)) return accountByUrl(app.db, app.uris, wanted)
    const result = await app.remote.url(wanted)
    return result?.type === 'account' ? result.id : null
  }
  const handle = parseHandle(wanted)
  if (!handle) return null
  const { username, domain } = app.uris.localised(handle)
  return domain === null ? accountByHandle(app.db, { username, domain }) : app.remote.account(`${username}@${domain}`)
}
