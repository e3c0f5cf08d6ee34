/** Forms that wait for a proof: what was typed is kept while the person shows that the account is theirs. */
import type { Db, Reader } from '../../platform/db/index.ts'
import { deleteValue, readValue, writeValue } from '../../platform/db/kv.ts'
import type { AccountId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'

/** Names and values of a form's fields, in order. */
export type Fields = readonly (readonly [string, string])[]

type Kept = { path: string; fields: Fields }

/** Whoever takes longer for a proof begins anew. */
const keptMs = 60 * minuteMs

/** Not by the session: a proof gives that a new token. */
const keyOf = (accountId: AccountId) => `kept form ${accountId}`

/**
 * Keeps a form, in place of an earlier one of the account.
 *
 * @param path of the page that shows the form
 */
export async function keepForm(db: Db, accountId: AccountId, path: string, fields: Fields): Promise<void> {
  const kept: Kept = { path, fields }
  await writeValue(db, keyOf(accountId), kept, keptMs)
}

/** What was typed into the form of a page before the proof; null if nothing is kept for it. */
export async function keptForm(db: Reader, accountId: AccountId, path: string): Promise<Fields | null> {
  const kept = (await readValue(db, keyOf(accountId))) as Kept | undefined
  return kept?.path === path ? kept.fields : null
}

/** Drops what is kept, as the form is sent. */
export async function dropForm(db: Db, accountId: AccountId): Promise<void> {
  await deleteValue(db, keyOf(accountId))
}
