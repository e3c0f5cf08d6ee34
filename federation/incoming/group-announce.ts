/**
 * Activities of its members that a group passes on, each in an Announce. The group's signature proves an activity only where the
 * activity is of the group's own server. Any other is confirmed with the server that it belongs to, or ignored.
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
import { fetchDocument, forgetDocument } from '../fetching/fetch-document.ts'
import { isFinalError } from '../fetching/final-error.ts'
import { findAccount, storeNote } from '../fetching/lookup.ts'
import { provenConsent } from '../fetching/verify-consents.ts'
import { isNote, isWhole, type ParsedNote, parseNote } from '../parse/note.ts'
import { isGone } from './is-gone.ts'
import { embedded, objectId, type Received, reception, takeEffect } from './received.ts'

/** Types of activities that groups announce. `onPassedOn` handles some of them; none of the others is a post. */
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

/** Applies a member's activity, as far as it is authentic. */
export async function onPassedOn(received: Received, activity: JsonObject): Promise<void> {
  if (received.actor.actorType !== 'Group') return
  const [type = ''] = typesOf(activity)
  // A refused actor does not get in by way of a group.
  if (await isRefused(received.app, type, { from: [idOf(activity['actor'])], about: [objectId({ activity })] })) return
  if (type === 'Create') return onPost(received, activity)
  if (type === 'Update') return onEdit(received, activity)
  if (type === 'Delete' || type === 'Remove') return onRemoval(received, activity)
  if (type === 'Like') return onVote(received, activity, activity)
  const undone = type === 'Undo' ? embedded({ activity }) : null
  if (undone && typesOf(undone).includes('Like')) await onVote(received, activity, undone)
}

/** A post in a group that is followed here counts as boosted by the group. A reply is stored if its parent is here. */
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

/** The post in an activity, if it is of the group's own server. Any other is fetched from its own server. */
async function postOf({ app, actor, budget }: Received, activity: JsonObject, uri: string): Promise<ParsedNote | null> {
  const inside = isSameOrigin(uri, actor.uri) ? embedded({ activity }) : null
  const isInside = inside !== null && isWhole(inside)
  const json = isInside ? inside : (await fetchDocument(app, uri, budget)).json
  return isNote(json) && idOf(json['id']) === uri ? parseNote(json, isInside ? { actor: activity['actor'] } : {}) : null
}

/** A group may stop showing a post. Only the post's own server can say that the post is gone. */
async function onRemoval(received: Received, activity: JsonObject): Promise<void> {
  const { app, actor, budget } = received
  const uri = objectId({ activity })
  const status = uri === null ? null : await statusByUri(app.db, uri)
  if (uri === null || !status || status.deletedAt || status.reblogOfId || !isOpen(status.visibility)) return
  const isGoneThere = !app.uris.isOwn(uri) && (await isGone(app, uri, budget).catch(falseIfSettled))
  await takeEffect(received, async (tx) => {
    await unreblog(tx, actor.id, status.id)
    if (isGoneThere) await deleteStatus(tx, status.accountId, status.id)
  })
}

/** A server that refuses the request, or answers with another document, does not say that the post is gone. */
function falseIfSettled(error: unknown): false {
  if (isFinalError(error)) return false
  throw error
}

/**
 * A vote for a post, or its Undo. Groups pass on thousands. Every vote for a local post counts, after a request to the voter's server
 * if that is another one than the group's. A vote for a remote post counts only if it costs no request.
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

/** Whether the actor's own server confirms an activity. */
async function isConfirmed({ app, budget }: Received, activity: JsonObject, actor: string): Promise<boolean> {
  const id = idOf(activity['id'])
  if (id === null || !isSameOrigin(id, actor)) return false
  const { json } = await fetchDocument(app, id, budget)
  return summaryOf(json) === summaryOf(activity)
}

/** Activity, inner activity, actor and post in one line, to compare two copies of an activity. */
function summaryOf(activity: JsonObject): string {
  const like = typesOf(activity).includes('Undo') ? (embedded({ activity }) ?? activity) : activity
  return [typesOf(activity)[0], typesOf(like)[0], idOf(activity['actor']), objectId({ activity: like })].join(' ')
}
