/**
 * What a group passes on of its members: an Announce of their activities. The group's signature says nothing of these but where
 * they come from the group's own server; all else is asked of the server that it belongs to, or left.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/1b12/fep-1b12.md
 */
import { accountByUri, accountHead } from '#src/accounts/find.ts'
import { isFollowedHere } from '#src/accounts/followed-here.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { isRefused } from '#src/rules/servers/current.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, dateOf, idOf, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { provenConsent } from '../fetching/consents.ts'
import { fetchDocument, forgetDocument } from '../fetching/documents.ts'
import { findAccount, storeNote } from '../fetching/lookup.ts'
import { isSettled } from '../fetching/settled.ts'
import { isNote, isWhole, type ParsedNote, parseNote } from '../parse/note.ts'
import { isGone } from './gone.ts'
import { embedded, objectId, type Received, reception, takeEffect } from './received.ts'

/** Of these some do something; the rest is what groups do besides, and no post in any case. */
const types = new Set([
  'Create',
  'Update',
  'Delete',
  'Remove',
  'Like',
  'Undo',
  'Dislike',
  'Add',
  'Lock',
  'Block',
  'Flag',
  'Accept',
  'Reject',
  'Follow',
  'Announce',
  'Move',
  'EmojiReact',
  'ChooseAnswer',
  'Invite',
  'Join',
  'Leave',
])

export const isActivity = (json: JsonObject): boolean => typesOf(json).some((type) => types.has(type))

/** Lets a member's activity take effect, as far as it can be believed. */
export async function onPassedOn(received: Received, activity: JsonObject): Promise<void> {
  if (received.actor.actorType !== 'Group') return
  const [type = ''] = typesOf(activity)
  // Who may do nothing here gets in by no detour.
  if (await isRefused(received.app, type, { from: [idOf(activity['actor'])], about: [objectId({ activity })] })) return
  if (type === 'Create') return onPost(received, activity)
  if (type === 'Update') return onEdit(received, activity)
  if (type === 'Delete' || type === 'Remove') return onRemoval(received, activity)
  if (type === 'Like') return onVote(received, activity, activity)
  const undone = type === 'Undo' ? embedded({ activity }) : null
  if (undone && typesOf(undone).includes('Like')) await onVote(received, activity, undone)
}

/** A post of a group that is followed here is boosted by it. Of the replies, those are kept whose thread is here. */
async function onPost(received: Received, activity: JsonObject): Promise<void> {
  const { app, actor, id, budget } = received
  const uri = objectId({ activity })
  const visibility = visibilityOf(
    { to: addressesOf(received.activity['to']), cc: addressesOf(received.activity['cc']) },
    actor.followersUrl,
  )
  if (id === null || uri === null || visibility === 'direct') return
  const known = await statusByUri(app.db, uri)
  if (known?.deletedAt) return
  const isFollowed = await isFollowedHere(app.db, actor.id)
  if (known && !known.inReplyToUri && isFollowed) return boost(received, known.id, visibility)
  if (
    known ||
    app.uris.isOwn(uri) ||
    !(isFollowed || (await answersOurs(received, idOf(embedded({ activity })?.['inReplyTo']))))
  )
    return

  const note = await postOf(received, activity, uri)
  if (!note || (note.inReplyToUri !== null && !(await isHere(received, note.inReplyToUri)))) return
  const statusId = await storeNote(app, note, budget)
  if (statusId && isFollowed && note.inReplyToUri === null) await boost(received, statusId, visibility)
}

async function boost(
  received: Received,
  statusId: StatusId,
  visibility: 'public' | 'unlisted' | 'private',
): Promise<void> {
  const { app, actor, id, activity, budget } = received
  if (id === null) return
  const publishedAt = dateOf(activity['published']) ?? new Date()
  const approvalUri = await provenConsent(app, 'announce', actor.id, statusId, activity, budget)
  await takeEffect(received, (tx) =>
    reblog(tx, app.uris, actor.id, statusId, { uri: id, visibility, publishedAt, approvalUri }),
  )
}

async function isHere({ app }: Received, uri: string): Promise<boolean> {
  const status = await statusByUri(app.db, uri)
  return status !== null && status.deletedAt === null
}

const answersOurs = async (received: Received, uri: string | null): Promise<boolean> =>
  uri !== null && received.app.uris.isOwn(uri) && (await isHere(received, uri))

async function onEdit(received: Received, activity: JsonObject): Promise<void> {
  const { app, budget } = received
  const uri = objectId({ activity })
  if (uri === null || app.uris.isOwn(uri) || !(await isHere(received, uri))) return
  forgetDocument(app, uri)
  const note = await postOf(received, activity, uri)
  if (note) await storeNote(app, note, budget, { reception: (tx) => reception(tx, received) })
}

/** The post in an activity, if the group's server is its own; else from where it lives. */
async function postOf({ app, actor, budget }: Received, activity: JsonObject, uri: string): Promise<ParsedNote | null> {
  const inside = isSameOrigin(uri, actor.uri) ? embedded({ activity }) : null
  const isInside = inside !== null && isWhole(inside)
  const json = isInside ? inside : (await fetchDocument(app, uri, budget)).json
  return isNote(json) && idOf(json['id']) === uri ? parseNote(json, isInside ? { actor: activity['actor'] } : {}) : null
}

/** A group may stop showing a post. That the post is gone, only its own server knows. */
async function onRemoval(received: Received, activity: JsonObject): Promise<void> {
  const { app, actor, budget } = received
  const uri = objectId({ activity })
  const status = uri === null ? null : await statusByUri(app.db, uri)
  if (uri === null || !status || status.deletedAt || status.reblogOfId || !isOpen(status.visibility)) return
  const isGoneThere = !app.uris.isOwn(uri) && (await isGone(app, uri, budget).catch(orNot))
  await takeEffect(received, async (tx) => {
    await unreblog(tx, actor.id, status.id)
    if (isGoneThere) await deleteStatus(tx, status.accountId, status.id)
  })
}

/** A server that shows us something else, or nothing, does not say that it is gone. */
function orNot(error: unknown): false {
  if (isSettled(error)) return false
  throw error
}

/**
 * A vote for a post, or its end. Groups pass on thousands: of votes for posts of ours each counts, asked for where the voter's server
 * is another one; of those for others' posts only what costs nothing.
 */
async function onVote(received: Received, activity: JsonObject, like: JsonObject): Promise<void> {
  const { app, actor, budget } = received
  const uri = objectId({ activity: like })
  const voter = idOf(activity['actor'])
  const status = uri === null ? null : await statusByUri(app.db, uri)
  if (!status || status.deletedAt || voter === null || app.uris.isOwn(voter) || idOf(like['actor'] ?? voter) !== voter)
    return
  const isOurs = app.uris.isOwn(status.uri)
  if (!isSameOrigin(voter, actor.uri) && !(isOurs && (await isConfirmed(received, activity, voter)))) return

  const accountId: AccountId | null =
    isOurs && like === activity ? await findAccount(app, voter, budget) : await accountByUri(app.db, voter)
  const account = accountId && (await accountHead(app.db, accountId))
  if (!accountId || !account || account.suspendedAt || account.deletedAt) return
  const id = idOf(like['id'])
  await takeEffect(received, (tx) =>
    like === activity
      ? favourite(tx, accountId, status.id, { uri: id !== null && isSameOrigin(id, voter) ? id : null })
      : unfavourite(tx, accountId, status.id),
  )
}

/** Whether the server of who is said to have done something says the same. */
async function isConfirmed({ app, budget }: Received, activity: JsonObject, actor: string): Promise<boolean> {
  const id = idOf(activity['id'])
  if (id === null || !isSameOrigin(id, actor)) return false
  const { json } = await fetchDocument(app, id, budget)
  return deedOf(json) === deedOf(activity)
}

/** Who did, or took back, what to which post, in one line. */
function deedOf(activity: JsonObject): string {
  const like = typesOf(activity).includes('Undo') ? (embedded({ activity }) ?? activity) : activity
  return [typesOf(activity)[0], typesOf(like)[0], idOf(activity['actor']), objectId({ activity: like })].join(' ')
}
