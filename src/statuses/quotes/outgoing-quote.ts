import { eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { type QuoteState, quotes, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { staysHere } from '../held.ts'

/** A quote as it is federated: the quoting and the quoted status, with their authors. */
export type OutgoingQuote = {
  state: QuoteState
  requestUri: string | null
  approvalUri: string | null
  /** The quoting status. */
  uri: string
  accountId: AccountId
  authorUri: string
  isLocal: boolean
  /** The quoted status. */
  quotedId: StatusId
  quotedUri: string
  quotedAccountId: AccountId
  quotedAuthorUri: string
  quotedIsLocal: boolean
  quotedVisibility: Visibility
  /** Whether either of them is only on this server. */
  staysHere: boolean
}

/**
 * The quote of a status, without a visibility check: for internal use only. Null when it quotes nothing that is stored
 * here, or either status was deleted.
 */
export async function loadOutgoingQuote(db: Reader, statusId: StatusId): Promise<OutgoingQuote | null> {
  const quoted = alias(statuses, 'quoted')
  const author = alias(accounts, 'author')
  const quotedAuthor = alias(accounts, 'quoted_author')
  const [row] = await db
    .select({ quote: quotes, status: statuses, quoted, author, quotedAuthor })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.statusId))
    .innerJoin(quoted, eq(quoted.id, quotes.quotedStatusId))
    .innerJoin(author, eq(author.id, statuses.accountId))
    .innerJoin(quotedAuthor, eq(quotedAuthor.id, quoted.accountId))
    .where(eq(quotes.statusId, statusId))
  if (!row || row.status.deletedAt || row.quoted.deletedAt) return null
  return {
    state: row.quote.state,
    requestUri: row.quote.requestUri,
    approvalUri: row.quote.approvalUri,
    uri: row.status.uri,
    accountId: row.author.id,
    authorUri: row.author.uri,
    isLocal: row.status.isLocal,
    quotedId: row.quoted.id,
    quotedUri: row.quoted.uri,
    quotedAccountId: row.quotedAuthor.id,
    quotedAuthorUri: row.quotedAuthor.uri,
    quotedIsLocal: row.quoted.isLocal,
    quotedVisibility: row.quoted.visibility,
    staysHere: staysHere(row.status) || staysHere(row.quoted),
  }
}
