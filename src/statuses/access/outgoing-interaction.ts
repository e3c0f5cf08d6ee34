import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, Id, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'

/** A favourite, reply or boost as other servers are told of it: who did it to what of whom. */
export type OutgoingInteraction = {
  /** ActivityPub id; null for a favourite of ours, and for one whose server gave it none. */
  uri: string | null
  accountId: AccountId
  actorUri: string
  /** Who may see it; of a favourite, whoever sees the target. */
  visibility: Visibility
  /** ActivityPub id of the consent that was given; null where none was needed, and for replies and boosts of our own posts. */
  approvalUri: string | null
  /** Whether the author of the target was asked and has not answered. */
  isPending: boolean
  target: {
    id: StatusId
    uri: string
    accountId: AccountId
    authorUri: string
    isLocal: boolean
    visibility: Visibility
  }
}

/** An interaction by its id, whoever asks: it is for our own use. Null when it, or what it is about, is gone. */
export async function loadOutgoingInteraction(
  db: Reader,
  kind: InteractionKind,
  id: Id<string>,
): Promise<OutgoingInteraction | null> {
  const target = alias(statuses, 'target')
  const [actor, author] = [alias(accounts, 'actor'), alias(accounts, 'author')]
  const shown = {
    accountId: actor.id,
    actorUri: actor.uri,
    target: {
      id: target.id,
      uri: target.uri,
      accountId: author.id,
      authorUri: author.uri,
      isLocal: target.isLocal,
      visibility: target.visibility,
    },
  }
  const stands = sql`${target.deletedAt} is null`
  if (kind === 'like') {
    const [found] = await db
      .select({
        ...shown,
        uri: favourites.uri,
        approvalUri: favourites.approvalUri,
        isPending: favourites.isPending,
        visibility: target.visibility,
      })
      .from(favourites)
      .innerJoin(actor, eq(actor.id, favourites.accountId))
      .innerJoin(target, eq(target.id, favourites.statusId))
      .innerJoin(author, eq(author.id, target.accountId))
      .where(and(sql`${favourites.id} = ${id}`, stands))
    return found ?? null
  }
  const to = kind === 'reply' ? statuses.inReplyToId : statuses.reblogOfId
  const [found] = await db
    .select({
      ...shown,
      uri: statuses.uri,
      approvalUri: statuses.approvalUri,
      visibility: statuses.visibility,
      isPending: sql<boolean>`${statuses.consent} is not null`,
    })
    .from(statuses)
    .innerJoin(actor, eq(actor.id, statuses.accountId))
    .innerJoin(target, eq(target.id, to))
    .innerJoin(author, eq(author.id, target.accountId))
    .where(and(sql`${statuses.id} = ${id}`, sql`${statuses.deletedAt} is null`, stands))
  return found ?? null
}
