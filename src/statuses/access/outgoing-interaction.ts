import { and, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { favourites } from '../../platform/db/schema/interactions.ts'
import { statuses, type Visibility } from '../../platform/db/schema/statuses.ts'
import type { AccountId, Id, StatusId } from '../../platform/ids.ts'
import type { InteractionKind } from '../../platform/interaction-kind.ts'

/** A favourite, reply or boost as it is federated: its actor, its target, and the target's author. */
export type OutgoingInteraction = {
  /** ActivityPub id; null for a local favourite, and for a remote one without an id. */
  uri: string | null
  accountId: AccountId
  actorUri: string
  /** Its visibility; for a favourite, the target's. */
  visibility: Visibility
  /** ActivityPub id of the consent; null when none was needed, and for replies to and boosts of local statuses. */
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

/** An interaction by its id, without a visibility check: for internal use only. Null when it or its target was deleted. */
export async function loadOutgoingInteraction(
  db: Reader,
  kind: InteractionKind,
  id: Id<string>,
): Promise<OutgoingInteraction | null> {
  const target = alias(statuses, 'target')
  const [actor, author] = [alias(accounts, 'actor'), alias(accounts, 'author')]
  const columns = {
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
  const targetExists = sql`${target.deletedAt} is null`
  if (kind === 'like') {
    const [row] = await db
      .select({
        ...columns,
        uri: favourites.uri,
        approvalUri: favourites.approvalUri,
        isPending: favourites.isPending,
        visibility: target.visibility,
      })
      .from(favourites)
      .innerJoin(actor, eq(actor.id, favourites.accountId))
      .innerJoin(target, eq(target.id, favourites.statusId))
      .innerJoin(author, eq(author.id, target.accountId))
      .where(and(sql`${favourites.id} = ${id}`, targetExists))
    return row ?? null
  }
  const targetId = kind === 'reply' ? statuses.inReplyToId : statuses.reblogOfId
  const [row] = await db
    .select({
      ...columns,
      uri: statuses.uri,
      approvalUri: statuses.approvalUri,
      visibility: statuses.visibility,
      isPending: sql<boolean>`${statuses.consent} is not null`,
    })
    .from(statuses)
    .innerJoin(actor, eq(actor.id, statuses.accountId))
    .innerJoin(target, eq(target.id, targetId))
    .innerJoin(author, eq(author.id, target.accountId))
    .where(and(sql`${statuses.id} = ${id}`, sql`${statuses.deletedAt} is null`, targetExists))
  return row ?? null
}
