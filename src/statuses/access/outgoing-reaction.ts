import { and, eq, isNull, sql } from 'drizzle-orm'
import { emojiColumns, type EmojiView } from '../../media/emojis/views.ts'
import type { Reader } from '../../platform/db/index.ts'
import { customEmojis } from '../../platform/db/schema/instance.ts'
import { reactions, statusReactions } from '../../platform/db/schema/interactions.ts'
import type { RelationId } from '../../platform/ids.ts'
import type { ReactionName } from '../../text/reaction.ts'

/** The emoji of a reaction as it is federated. */
export type OutgoingReaction = ReactionName & {
  /** A custom emoji that this server knows. */
  emoji: EmojiView | null
  /** The picture of a custom emoji of another server. */
  remoteUrl: string | null
}

/** The emoji of a reaction, for internal use only. Null when the reaction was undone. */
export async function loadOutgoingReaction(db: Reader, reactionId: RelationId): Promise<OutgoingReaction | null> {
  const [row] = await db
    .select({
      name: statusReactions.name,
      domain: statusReactions.domain,
      emoji: emojiColumns,
      remoteUrl: sql<string | null>`coalesce(${customEmojis.remoteUrl}, ${statusReactions.remoteUrl})`,
    })
    .from(reactions)
    .innerJoin(statusReactions, eq(statusReactions.id, reactions.reactionId))
    .leftJoin(customEmojis, and(eq(customEmojis.id, statusReactions.emojiId), isNull(customEmojis.disabledAt)))
    .where(eq(reactions.id, reactionId))
  return row ?? null
}
