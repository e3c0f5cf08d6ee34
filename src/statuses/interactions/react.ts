/** Emoji reactions of accounts elsewhere: to those who know none, each account's are one favourite. People here favourite. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { receiveEmojis } from '../../media/emojis/receive.ts'
import type { Tx } from '../../platform/db/index.ts'
import { accounts } from '../../platform/db/schema/accounts.ts'
import { customEmojis } from '../../platform/db/schema/instance.ts'
import { reactions, statusReactions } from '../../platform/db/schema/interactions.ts'
import { type AccountId, type EmojiId, newId, type RelationId, type StatusId } from '../../platform/ids.ts'
import { rulesAbout } from '../../rules/servers/current.ts'
import { ruleHost, takesFile, effectiveRule, strictest } from '../../rules/servers/rulebook.ts'
import { actedOn, undoneOn } from '../find.ts'
import { addFavourite, favourite, type RemoteLike, unfavouriteUnreacted } from './favourite.ts'

/** An emoji that somebody reacted with. */
export type ReactionEmoji =
  | { type: 'unicode'; name: string }
  /** `domain`: whose emoji it is; null: ours; undefined: of the server of who reacted. `url`: its picture, as that server says. */
  | { type: 'custom'; name: string; domain?: string | null; url: string | null }

/** Emojis of one account below one status. What is more counts as a favourite only. */
const maxOfAccount = 8
/** Different emojis below one status. */
const maxOfStatus = 100

/**
 * Marks a status with an emoji, and, with the first one of an account, as its favourite. Doing it again changes nothing. An emoji
 * of ours that isn't there, and one too many, make a favourite.
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
  const { uri = null } = like
  const status = await actedOn(tx, accountId, statusId)
  const kind = await kindOf(tx, accountId, emoji)
  const known = kind && (await findKind(tx, status.id, kind))
  if (!kind || !(await hasRoom(tx, accountId, status.id, known)))
    return void (await favourite(tx, accountId, status.id, like))

  await addFavourite(tx, accountId, status, { ...like, uri: null, isImplied: true })
  const before = known && (await findReaction(tx, accountId, known))
  // It was sent again, under an id by which it may be taken back.
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
  if (counted)
    await tx
      .insert(reactions)
      .values({ id: newId<RelationId>(), accountId, statusId: status.id, reactionId: counted.id, uri })
}

/**
 * Takes a reaction back, and with an account's last one the favourite.
 *
 * @returns whether there was such a reaction
 */
export async function unreact(
  tx: Tx,
  accountId: AccountId,
  statusId: StatusId,
  emoji: ReactionEmoji,
): Promise<boolean> {
  const status = await undoneOn(tx, statusId)
  const kind = await namedKind(tx, accountId, emoji)
  const known = await findKind(tx, status.id, kind)
  const own = known && (await findReaction(tx, accountId, known))
  if (own) await remove(tx, own)
  return own !== null
}

/** The same by the id of the activity that brought it. */
export async function unreactByUri(tx: Tx, accountId: AccountId, uri: string): Promise<boolean> {
  const [own] = await tx
    .select(reaction)
    .from(reactions)
    .where(and(eq(reactions.uri, uri), eq(reactions.accountId, accountId)))
  if (own) await remove(tx, own)
  return own !== undefined
}

type Reaction = { id: RelationId; accountId: AccountId; statusId: StatusId; reactionId: RelationId }
const reaction = {
  id: reactions.id,
  accountId: reactions.accountId,
  statusId: reactions.statusId,
  reactionId: reactions.reactionId,
}

/** What one emoji is called. */
type Name = { name: string; domain: string | null }
type Kind = Name & { emojiId: EmojiId | null; remoteUrl: string | null }

async function namedKind(tx: Tx, accountId: AccountId, emoji: ReactionEmoji): Promise<Name> {
  if (emoji.type === 'unicode') return { name: emoji.name, domain: null }
  return { name: emoji.name, domain: emoji.domain === undefined ? await domainOf(tx, accountId) : emoji.domain }
}

async function domainOf(tx: Tx, accountId: AccountId): Promise<string | null> {
  const [found] = await tx.select({ domain: accounts.domain }).from(accounts).where(eq(accounts.id, accountId))
  return found?.domain ?? null
}

/** The emoji with its picture. A server says what its own emojis look like; null for one that would be ours. */
async function kindOf(tx: Tx, accountId: AccountId, emoji: ReactionEmoji): Promise<Kind | null> {
  const kind = await namedKind(tx, accountId, emoji)
  if (emoji.type === 'unicode') return { ...kind, emojiId: null, remoteUrl: null }
  const isOfReactor = kind.domain !== null && kind.domain === (await domainOf(tx, accountId))
  const picture = await takenPicture(tx, accountId, kind.domain, emoji.url)
  if (isOfReactor && kind.domain !== null && picture !== null)
    await receiveEmojis(tx, kind.domain, [{ shortcode: kind.name, url: picture }])
  const [found] = await tx
    .select({ id: customEmojis.id })
    .from(customEmojis)
    .where(
      and(
        eq(customEmojis.shortcode, kind.name),
        sql`coalesce(${customEmojis.domain}, '') = ${kind.domain ?? ''}`,
        isNull(customEmojis.disabledAt),
      ),
    )
  if (!found && kind.domain === null) return null
  return { ...kind, emojiId: found?.id ?? null, remoteUrl: found || isOfReactor ? null : picture }
}

/** Where the picture of an emoji lies; null when no files are taken from there, from whose emoji it is or from who reacted. */
async function takenPicture(
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
  const homes = [domain, reactor?.domain ?? null, ruleHost(reactor?.uri ?? '')]
  const book = await rulesAbout(tx, [...homes, ruleHost(url)])
  return strictest(homes.map((host) => effectiveRule(book, host))).rejectsMedia || !takesFile(book, url) ? null : url
}

async function findKind(tx: Tx, statusId: StatusId, { name, domain }: Name): Promise<RelationId | null> {
  const [found] = await tx
    .select({ id: statusReactions.id })
    .from(statusReactions)
    .where(
      and(
        eq(statusReactions.statusId, statusId),
        eq(statusReactions.name, name),
        domain === null ? isNull(statusReactions.domain) : eq(statusReactions.domain, domain),
      ),
    )
  return found?.id ?? null
}

async function findReaction(tx: Tx, accountId: AccountId, kind: RelationId): Promise<Reaction | null> {
  const [found] = await tx
    .select(reaction)
    .from(reactions)
    .where(and(eq(reactions.accountId, accountId), eq(reactions.reactionId, kind)))
  return found ?? null
}

async function hasRoom(tx: Tx, accountId: AccountId, statusId: StatusId, known: RelationId | null): Promise<boolean> {
  const { rows } = await tx.execute<{ own: number; all: number }>(sql`
    select (select count(*)::int from reactions where account_id = ${accountId} and status_id = ${statusId} and reaction_id is distinct from ${known}) as own,
      (select count(*)::int from status_reactions where status_id = ${statusId}) as all`)
  const [{ own, all } = { own: 0, all: 0 }] = rows
  return own < maxOfAccount && (known !== null || all < maxOfStatus)
}

async function remove(tx: Tx, { id, accountId, statusId, reactionId }: Reaction): Promise<void> {
  const status = await undoneOn(tx, statusId)
  const removed = await tx.delete(reactions).where(eq(reactions.id, id)).returning({ id: reactions.id })
  if (removed.length === 0) return
  // The favourite first, as `react` does it: two at once would deadlock otherwise.
  await unfavouriteUnreacted(tx, accountId, status)
  const [kind] = await tx
    .select({ count: statusReactions.count })
    .from(statusReactions)
    .where(eq(statusReactions.id, reactionId))
    .for('update')
  if (kind && kind.count > 1)
    await tx
      .update(statusReactions)
      .set({ count: kind.count - 1 })
      .where(eq(statusReactions.id, reactionId))
  else await tx.delete(statusReactions).where(eq(statusReactions.id, reactionId))
}
