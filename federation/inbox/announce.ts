import { statusByUri } from '#src/statuses/find.ts'
import { reblog } from '#src/statuses/reblog.ts'
import { isFollowedHere } from '#src/statuses/wanted.ts'
import { visibilityOf } from '../addressing.ts'
import { provenConsent } from '../consents.ts'
import { addressesOf, dateOf } from '../json.ts'
import { findStatus } from '../lookup.ts'
import { type Listener, objectId, takeEffect } from './received.ts'

/** Somebody boosts a status: one that is here, or, if somebody here follows the booster, any. */
export const onAnnounce: Listener = async (received) => {
  const { app, actor, id, activity, budget } = received
  const object = objectId(received)
  if (id === null || object === null) return
  const visibility = visibilityOf({ to: addressesOf(activity['to']), cc: addressesOf(activity['cc']) }, actor.followersUrl)
  if (visibility === 'direct') return

  const known = await statusByUri(app.db, object)
  if (known?.deletedAt) return
  const statusId = known?.id ?? ((await isFollowedHere(app.db, actor.id)) ? await findStatus(app, object, budget) : null)
  if (!statusId) return
  const publishedAt = dateOf(activity['published']) ?? new Date()
  const approvalUri = await provenConsent(app, 'announce', actor.id, statusId, activity, budget)
  await takeEffect(received, (tx) => reblog(tx, app.uris, actor.id, statusId, { uri: id, visibility, publishedAt, approvalUri }))
}
