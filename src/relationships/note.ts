import { and, eq, sql } from 'drizzle-orm'
import type { Tx } from '../platform/db/index.ts'
import { accountNotes } from '../platform/db/schema/relationships.ts'
import type { AccountId } from '../platform/ids.ts'
import { refuse } from '../text/refusals.ts'

export const maxNoteCharacters = 2_000

/**
 * Stores a person's private note about an account. An empty note removes it.
 *
 * @throws Refusal `invalid` when the note is too long
 */
export async function noteAccount(tx: Tx, accountId: AccountId, targetId: AccountId, comment: string): Promise<void> {
  const written = comment.trim()
  if ([...written].length > maxNoteCharacters) throw refuse('invalid', 'privateNoteTooLong', { max: maxNoteCharacters })
  if (written === '') {
    await tx.delete(accountNotes).where(and(eq(accountNotes.accountId, accountId), eq(accountNotes.targetId, targetId)))
    return
  }
  await tx
    .insert(accountNotes)
    .values({ accountId, targetId, comment: written })
    .onConflictDoUpdate({
      target: [accountNotes.accountId, accountNotes.targetId],
      set: { comment: written, updatedAt: sql`now()` },
    })
}
