/**
 * Emoji reactions. An account's reactions to a status imply one favourite, for clients and servers without reactions. `react-here.ts` has
 * the rules for local accounts.
 */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { receiveEmojis } from '../../media/emojis/receive.ts'
import { emit } from '../../outbox/emit.ts'
import { arrayOf } from '../../platform/db/arrays.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { customEmojis } from '../../platform/db/schema/instance.ts'
import { reactions, statusReactions } from '../../platform/db/schema/interactions.ts'
import { type AccountId, type EmojiId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { rulesAbout } from '../../rules/servers/current.ts'
import { ruleHost, takesFile, effectiveRule, strictest } from '../../rules/servers/rulebook.ts'
import { type ReactionName, writeReaction } from '../../text/reaction.ts'
import { permissionFor } from '../access/interaction-policy.ts'
import { actionTarget, type StatusHead, undoTarget } from '../find.ts'
import { addFavourite, favourite, type RemoteLike, unfavouriteUnreacted } from './favourite.ts'

/** The emoji of a reaction. */
export type ReactionEmoji =
  | { type: 'unicode'; name: string }
  /**
   * `domain`: the emoji's server; null: this one; undefined: the reactor's. `url`: the image that the reactor's server
   * names.
   */
  | { type: 'custom'; name: string; domain?: string | null; url: string | null }

const { maxPerAccount, maxEmojis } = limits.reactions

/**
 * Adds a reaction of a remote account to a status; an account's first one adds its favourite, too. Repeating it changes nothing. An
 * unknown local emoji, or one beyond the limits, adds only the favourite. So does a reaction that the author has to accept first.
 *
 * @throws Refusal `not_found` when the account may not see the status, `not_permitted` when its author does not allow favourites
 */
export async function react(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  emoji: ReactionEmoji,
  like: RemoteLike = {},
): Promise<void> {
  const status = await actionTarget(tx, accountId, statusId)
  if ((await permissionFor(tx, accountId, status, 'like', like.approvalUri)) === 'wait')
    return void (await favourite(tx, accountId, status.id, like))
  const kind = await kindOf(tx, accountId, emoji)
  const kindId = kind && (await findKind(tx, status.id, kind))
  if (!kind || (await roomFor(tx, accountId, status.id, kindId)) !== 'enough')
    return void (await favourite(tx, accountId, status.id, like))
  await addReaction(tx, accountId, status, kind, like)
}

/** Adds a reaction for which there is room, with the favourite that it implies. */
export async function addReaction(
  tx: Tx,
  accountId: AccountId,
  status: StatusHead,
  kind: Kind,
  like: RemoteLike = {},
): Promise<void> {
  const { uri = null } = like
  await addFavourite(tx, accountId, status, { ...like, uri: null, isImplied: true })
  // Only now that the favourite is locked: the same reaction may have been added at the same time.
  const kindId = await findKind(tx, status.id, kind)
  const before = kindId && (await findReaction(tx, accountId, kindId))
  // A repeated activity may have another id, by which it is undone later.
  if (before) return void (uri !== null && (await tx.update(reactions).set({ uri }).where(eq(reactions.id, before.id))))
  const [counted] = await tx
    .insert(statusReactions)
    .values({ id: newId<RelationId>(), statusId: status.id, ...kind })
    .onConflictDoUpdate({
      target: [statusReactions.statusId, statusReactions.name, statusReactions.domain],
      set: {
        count: sql`${statusReactions.count} + 1`,
        emojiId: sql`coalesce(excluded.emoji_id, ${statusReactions.emojiId})`,
      },
    })
    .returning({ id: statusReactions.id })
  if (!counted) return
  const reactionId = newId<RelationId>()
  await tx.insert(reactions).values({ id: reactionId, accountId, statusId: status.id, reactionId: counted.id, uri })
  await emit(tx, { type: 'reaction.created', accountId, statusId: status.id, reactionId })
}

/**
 * Undoes a reaction, and with an account's last one the implied favourite.
 *
 * @returns whether there was such a reaction
 */
export async function unreact(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  emoji: ReactionEmoji,
): Promise<boolean> {
  const status = await undoTarget(tx, statusId)
  const kind = await namedKind(tx, accountId, emoji)
  const kindId = await findKind(tx, status.id, kind)
  const own = kindId && (await findReaction(tx, accountId, kindId))
  if (own) await remove(tx, own)
  return own !== null
}

/** Undoes a reaction by the id of its activity. */
export async function unreactByUri(tx: Tx, accountId: AccountId, uri: string): Promise<boolean> {
  const [own] = await tx
    .select(reaction)
    .from(reactions)
    .where(and(eq(reactions.uri, uri), eq(reactions.accountId, accountId)))
  if (own) await remove(tx, own)
  return own !== undefined
}

/** Removes all reactions of an account to a status whose favourite is gone: the author of the status took the consent back. */
export async function removeReactions(tx: Tx, accountId: AccountId, statusId: StatusId): Promise<void> {
  const removed = await tx
    .delete(reactions)
    .where(and(eq(reactions.accountId, accountId), eq(reactions.statusId, statusId)))
    .returning({ kind: reactions.reactionId })
  if (removed.length === 0) return
  const kinds = sql`${arrayOf(removed.map(({ kind }) => kind))}::bigint[]`
  await tx.execute(sql`select from status_reactions where id = any(${kinds}) order by id for update`)
  await tx.execute(sql`delete from status_reactions where id = any(${kinds}) and count <= 1`)
  await tx.execute(sql`update status_reactions set count = count - 1 where id = any(${kinds})`)
}

type Reaction = { id: RelationId; accountId: AccountId; statusId: StatusId; reactionId: RelationId }
const reaction = {
  id: reactions.id,
  accountId: reactions.accountId,
  statusId: reactions.statusId,
  reactionId: reactions.reactionId,
}

/** An emoji as it is counted. */
export type Kind = ReactionName & { emojiId: EmojiId | null; remoteUrl: string | null }

async function namedKind(tx: Tx, accountId: AccountId, emoji: ReactionEmoji): Promise<ReactionName> {
  if (emoji.type === 'unicode') return { name: emoji.name, domain: null }
  return { name: emoji.name, domain: emoji.domain === undefined ? await domainOf(tx, accountId) : emoji.domain }
}

async function domainOf(tx: Tx, accountId: AccountId): Promise<string | null> {
  const [row] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  return row?.domain ?? null
}

/**
 * The emoji with its image; null for an unknown local emoji. The image of a server's own emoji is stored as that server
 * sends it.
 */
export async function kindOf(tx: Tx, accountId: AccountId, emoji: ReactionEmoji): Promise<Kind | null> {
  const kind = await namedKind(tx, accountId, emoji)
  if (emoji.type === 'unicode') return { ...kind, emojiId: null, remoteUrl: null }
  const isOfReactor = kind.domain !== null && kind.domain === (await domainOf(tx, accountId))
  const image = await acceptedImage(tx, accountId, kind.domain, emoji.url)
  if (isOfReactor && kind.domain !== null && image !== null)
    await receiveEmojis(tx, kind.domain, [{ shortcode: kind.name, url: image }])
  const [row] = await tx
    .select({ id: customEmojis.id })
    .from(customEmojis)
    .where(
      and(
        eq(customEmojis.shortcode, kind.name),
        sql`coalesce(${customEmojis.domain}, '') = ${kind.domain ?? ''}`,
        isNull(customEmojis.disabledAt),
      ),
    )
  if (!row && kind.domain === null) return null
  return { ...kind, emojiId: row?.id ?? null, remoteUrl: row || isOfReactor ? null : image }
}

/**
 * The URL of an emoji's image; null when rules reject files of its host, of the emoji's server or of the reactor's
 * server.
 */
async function acceptedImage(
  tx: Tx,
  accountId: AccountId,
  domain: string | null,
  url: string | null,
): Promise<string | null> {
  if (domain === null || url === null) return null
  const [reactor] = await tx
    .select({ domain: accounts.domain, uri: accounts.uri })
    .from(accounts)
    .where(eq(accounts.id, accountId))
  const servers = [domain, reactor?.domain ?? null, ruleHost(reactor?.uri ?? '')]
  const book = await rulesAbout(tx, [...servers, ruleHost(url)])
  return strictest(servers.map((host) => effectiveRule(book, host))).rejectsMedia || !takesFile(book, url) ? null : url
}

/** The counted emoji of a status, if anybody reacted with it. */
export async function findKind(tx: Tx, statusId: StatusId, { name, domain }: ReactionName): Promise<RelationId | null> {
  const [row] = await tx
    .select({ id: statusReactions.id })
    .from(statusReactions)
    .where(
      and(
        eq(statusReactions.statusId, statusId),
        eq(statusReactions.name, name),
        domain === null ? isNull(statusReactions.domain) : eq(statusReactions.domain, domain),
      ),
    )
  return row?.id ?? null
}

async function findReaction(tx: Tx, accountId: AccountId, kind: RelationId): Promise<Reaction | null> {
  const [row] = await tx
    .select(reaction)
    .from(reactions)
    .where(and(eq(reactions.accountId, accountId), eq(reactions.reactionId, kind)))
  return row ?? null
}

/** Whether a reaction is within the limits for an account and for a status. */
export async function roomFor(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  kindId: RelationId | null,
): Promise<'enough' | 'too many of account' | 'too many emojis'> {
  const { rows } = await tx.execute<{ own: number; all: number }>(sql`
    select (select count(*)::int from reactions where account_id = ${accountId} and status_id = ${statusId} and reaction_id is distinct from ${kindId}) as own,
      (select count(*)::int from status_reactions where status_id = ${statusId}) as all`)
  const [{ own, all } = { own: 0, all: 0 }] = rows
  if (own >= maxPerAccount) return 'too many of account'
  return kindId !== null || all < maxEmojis ? 'enough' : 'too many emojis'
}

async function remove(tx: Tx, { id, accountId, statusId, reactionId }: Reaction): Promise<void> {
  const status = await undoTarget(tx, statusId)
  const removed = await tx.delete(reactions).where(eq(reactions.id, id)).returning({ id: reactions.id })
  if (removed.length === 0) return
  // The favourite first, as in `addReaction`: two transactions would deadlock otherwise.
  const favouriteStays = await unfavouriteUnreacted(tx, accountId, status)
  const [kind] = await tx
    .select({ name: statusReactions.name, domain: statusReactions.domain, count: statusReactions.count })
    .from(statusReactions)
    .where(eq(statusReactions.id, reactionId))
    .for('update')
  if (!kind) return
  if (kind.count > 1)
    await tx
      .update(statusReactions)
      .set({ count: kind.count - 1 })
      .where(eq(statusReactions.id, reactionId))
  else await tx.delete(statusReactions).where(eq(statusReactions.id, reactionId))
  const content = writeReaction(kind)
  await emit(tx, { type: 'reaction.removed', accountId, statusId, reactionId: id, content, favouriteStays })
}
