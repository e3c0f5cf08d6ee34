/** Emoji reactions of local accounts: with any emoji of Unicode, a custom emoji of this server, or one that others reacted with. */
import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { knownEmoji } from '../../text/emoji.ts'
import { isCustomName, readReaction, type ReactionName } from '../../text/reaction.ts'
import { refuse } from '../../text/refusals.ts'
import { isHeld, permissionFor } from '../access/interaction-policy.ts'
import { actionTarget, undoTarget } from '../find.ts'
import { addReaction, findKind, kindOf, type ReactionEmoji, roomFor, unreact } from './react.ts'

/**
 * Adds a reaction of a local account to a status, and with the account's first one the favourite that it implies. Repeating it changes
 * nothing.
 *
 * @param written an emoji, `name` or `:name:` of this server, or `name@server` of another one
 * @returns the status: for a boost, the boosted one
 * @throws Refusal `not_found` when the account may not see the status; `not_permitted` when its author does not allow favourites at once;
 *   `invalid` for an emoji that can't be used, or beyond the limits
 */
export async function reactHere(tx: Tx, accountId: AccountId, statusId: StatusId, written: string): Promise<StatusId> {
  const status = await actionTarget(tx, accountId, statusId)
  const wanted = readReaction(written)
  if (!wanted) throw refuse('invalid', 'reactionUnknown')
  if (isHeld(await permissionFor(tx, accountId, status, 'like'))) throw refuse('not_permitted', 'reactionNeedsConsent')
  // Without it, reactions at the same moment would each see the same room.
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('reactions ' || ${status.id}, 0))`)
  const kindId = await findKind(tx, status.id, wanted)
  const kind = kindId !== null || isOffered(wanted) ? await kindOf(tx, accountId, toEmoji(wanted)) : null
  if (!kind) throw refuse('invalid', 'reactionUnknown')
  const room = await roomFor(tx, accountId, status.id, kindId)
  const { maxPerAccount, maxEmojis } = limits.reactions
  if (room === 'too many of account') throw refuse('invalid', 'reactionsFull', { max: maxPerAccount })
  if (room === 'too many emojis') throw refuse('invalid', 'reactionEmojisFull', { max: maxEmojis })
  await addReaction(tx, accountId, status, kind)
  return status.id
}

/**
 * Undoes a reaction of a local account. Without one, nothing happens.
 *
 * @param written see `reactHere`
 * @throws Refusal `not_found` when there is no such status, `invalid` for a text that is no emoji
 */
export async function unreactHere(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  written: string,
): Promise<StatusId> {
  const status = await undoTarget(tx, statusId)
  const emoji = readReaction(written)
  if (!emoji) throw refuse('invalid', 'reactionUnknown')
  await unreact(tx, accountId, status.id, toEmoji(emoji))
  return status.id
}

/** Whether an emoji can be the first of its kind below a post: emojis of other servers, and those that we don't know, can't. */
const isOffered = ({ name, domain }: ReactionName): boolean =>
  isCustomName(name) ? domain === null : knownEmoji(name) !== null

const toEmoji = ({ name, domain }: ReactionName): ReactionEmoji =>
  isCustomName(name) ? { type: 'custom', name, domain, url: null } : { type: 'unicode', name }
