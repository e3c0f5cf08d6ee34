import { asc, eq } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { mentions, statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'

/** What is left of a status when it was deleted, and enough to tell other servers so. */
export type OutgoingStatus = {
  accountId: AccountId
  authorUri: string
  isLocal: boolean
  uri: string
  visibility: Visibility
  deletedAt: Date | null
  /** What it boosts, if it is a boost. */
  boosted: { uri: string; author: string } | null
  mentionedUris: string[]
  /** Whom alone it went to, while it waits for their consent; null where it went out. */
  askedId: AccountId | null
  /** The group that it was written in. */
  audienceUri: string | null
}

/** The trace of a status, there or deleted, whoever asks: it is for our own use. Null when there never was one. */
export async function loadOutgoingStatus(db: Reader, id: StatusId): Promise<OutgoingStatus | null> {
  const boosted = alias(statuses, 'boosted')
  const booster = alias(accounts, 'boosted_author')
  const [found] = await db
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
  if (!found) return null
  const mentioned = await db
    .select({ uri: accounts.uri })
    .from(mentions)
    .innerJoin(accounts, eq(accounts.id, mentions.accountId))
    .where(eq(mentions.statusId, id))
    .orderBy(asc(mentions.position))
  const { status, author, boostedUri, boostedAuthor, boostedAuthorId } = found
  return {
    accountId: status.accountId,
    authorUri: author.uri,
    isLocal: author.domain === null,
    uri: status.uri,
    visibility: status.visibility,
    deletedAt: status.deletedAt,
    boosted: boostedUri && boostedAuthor ? { uri: boostedUri, author: boostedAuthor } : null,
    mentionedUris: mentioned.map(({ uri }) => uri),
    // With a consent, also one that was taken back, it went to others.
    askedId:
      (status.consent === 'asked' || status.consent === 'refused') && status.approvalUri === null
        ? (boostedAuthorId ?? status.inReplyToAccountId)
        : null,
    audienceUri: status.audienceUri,
  }
}
