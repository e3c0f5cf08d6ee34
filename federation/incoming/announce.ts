import { isFollowedHere } from '#src/accounts/followed-here.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { addressesOf, dateOf } from '../documents/json.ts'
import { fetchDocument } from '../fetching/fetch-document.ts'
import { findStatus, storeNote } from '../fetching/lookup.ts'
import { provenConsent } from '../fetching/verify-consents.ts'
import { isNote, parseNote } from '../parse/note.ts'
import { isActivity, onPassedOn } from './group-announce.ts'
import { orRefuse } from './interaction-request.ts'
import { embedded, type Listener, objectId, type Received } from './received.ts'

/** A boost: of a status that is stored here, or of any status if a local account follows the booster. Groups pass on activities as well. */
export const onAnnounce: Listener = async (received) => {
  const { app, actor, id, activity, budget, arrivedAt } = received
  const inside = embedded(received)
  if (inside && isActivity(inside)) return onPassedOn(received, inside)
  const object = objectId(received)
  if (id === null || object === null) return
  const visibility = visibilityOf(
    { to: addressesOf(activity['to']), cc: addressesOf(activity['cc']) },
    actor.followersUrl,
  )
  if (visibility === 'direct') return

  const known = await statusByUri(app.db, object)
  if (known?.deletedAt) return
  const statusId =
    known?.id ?? ((await isFollowedHere(app.db, actor.id)) ? await unknownStatus(received, object) : null)
  if (!statusId) return
  const publishedAt = dateOf(activity['published']) ?? new Date()
  const approvalUri = await provenConsent(app, 'announce', actor.id, statusId, activity, budget)
  await orRefuse(received, { id: statusId, isLocal: known?.isLocal ?? false }, 'announce', (tx) =>
    reblog(tx, app.uris, actor.id, statusId, {
      uri: id,
      visibility,
      publishedAt,
      approvalUri,
      ...(arrivedAt === undefined ? {} : { arrivedAt }),
    }),
  )
}

/** Fetches a status from its own server. A group may name an activity instead, which is then handled as one. */
async function unknownStatus(received: Received, uri: string): Promise<StatusId | null> {
  const { app, actor, budget } = received
  if (actor.actorType !== 'Group') return findStatus(app, uri, budget)
  const { json } = await fetchDocument(app, uri, budget)
  if (isActivity(json)) await onPassedOn(received, json)
  const note = isNote(json) ? parseNote(json) : null
  return note && storeNote(app, note, budget)
}
