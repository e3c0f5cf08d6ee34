import { eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { type QuoteState, quotes, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'

/** A quote as other servers are told of it: who quotes whom, by which words of theirs. */
export type OutgoingQuote = {
  state: QuoteState
  requestUri: string | null
  approvalUri: string | null
  /** What quotes. */
  uri: string
  accountId: AccountId
  authorUri: string
  isLocal: boolean
  /** What is quoted. */
  quotedId: StatusId
  quotedUri: string
  quotedAccountId: AccountId
  quotedAuthorUri: string
  quotedIsLocal: boolean
  quotedVisibility: Visibility
}

/** The quote of a status, whoever asks: it is for our own use. Null when it quotes nothing that is here, or one of the two was deleted. */
export async function loadOutgoingQuote(db: Reader, statusId: StatusId): Promise<OutgoingQuote | null> {
  const quoted = alias(statuses, 'quoted')
  const author = alias(accounts, 'author')
  const quotedAuthor = alias(accounts, 'quoted_author')
  const [found] = await db
    .select({ quote: quotes, status: statuses, quoted, author, quotedAuthor })
    .from(quotes)
    .innerJoin(statuses, eq(statuses.id, quotes.statusId))
    .innerJoin(quoted, eq(quoted.id, quotes.quotedStatusId))
    .innerJoin(author, eq(author.id, statuses.accountId))
    .innerJoin(quotedAuthor, eq(quotedAuthor.id, quoted.accountId))
    .where(eq(quotes.statusId, statusId))
  if (!found || found.status.deletedAt || found.quoted.deletedAt) return null
  return {
    state: found.quote.state,
    requestUri: found.quote.requestUri,
    approvalUri: found.quote.approvalUri,
    uri: found.status.uri,
    accountId: found.author.id,
    authorUri: found.author.uri,
    isLocal: found.status.isLocal,
    quotedId: found.quoted.id,
    quotedUri: found.quoted.uri,
    quotedAccountId: found.quotedAuthor.id,
    quotedAuthorUri: found.quotedAuthor.uri,
    quotedIsLocal: found.quoted.isLocal,
    quotedVisibility: found.quoted.visibility,
  }
}
