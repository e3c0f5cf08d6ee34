import { asc, eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { mentions, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { staysHere } from '../held.ts'

/** The data about a status, possibly deleted, that federating it and its Delete needs. */
export type OutgoingStatus = {
  accountId: AccountId
  authorUri: string
  isLocal: boolean
  uri: string
  visibility: Visibility
  deletedAt: Date | null
  /** The boosted status, if it is a boost. */
  boosted: { uri: string; author: string } | null
  mentionedUris: string[]
  /** The author whose consent it waits for: it was sent to this account only. Null when it was published. */
  askedId: AccountId | null
  /** The group that it was written in. */
  audienceUri: string | null
  /** Whether no other server has it, or may get it yet. */
  staysHere: boolean
}

/** A present or deleted status, without a visibility check: for internal use only. Null when there never was one. */
export async function loadOutgoingStatus(db: Reader, id: StatusId): Promise<OutgoingStatus | null> {
  const boosted = alias(statuses, 'boosted')
  const booster = alias(accounts, 'boosted_author')
  const [row] = await db
    .select({
      status: statuses,
      author: accounts,
      boostedUri: boosted.uri,
      boostedAuthor: booster.uri,
      boostedAuthorId: booster.id,
    })
    .from(statuses)
    .innerJoin(accounts, eq(accounts.id, statuses.accountId))
    .leftJoin(boosted, eq(boosted.id, statuses.reblogOfId))
    .leftJoin(booster, eq(booster.id, boosted.accountId))
    .where(eq(statuses.id, id))
  if (!row) return null
  const mentioned = await db
    .select({ uri: accounts.uri })
    .from(mentions)
    .innerJoin(accounts, eq(accounts.id, mentions.accountId))
    .where(eq(mentions.statusId, id))
    .orderBy(asc(mentions.position))
  const { status, author, boostedUri, boostedAuthor, boostedAuthorId } = row
  return {
    accountId: status.accountId,
    authorUri: author.uri,
    isLocal: author.domain === null,
    uri: status.uri,
    visibility: status.visibility,
    deletedAt: status.deletedAt,
    boosted: boostedUri && boostedAuthor ? { uri: boostedUri, author: boostedAuthor } : null,
    mentionedUris: mentioned.map(({ uri }) => uri),
    // With a consent, even a revoked one, other servers have it, too.
    askedId:
      (status.consent === 'asked' || status.consent === 'refused') && status.approvalUri === null
        ? (boostedAuthorId ?? status.inReplyToAccountId)
        : null,
    audienceUri: status.audienceUri,
    staysHere: staysHere(status),
  }
}
