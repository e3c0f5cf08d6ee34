import type { RelationshipView } from '#src/relationships/views.ts'
import { toDateTime } from './dates.ts'

/** @see https://docs.joinmastodon.org/entities/Relationship/ */
export const toRelationship = (view: RelationshipView) => ({
  id: view.id,
  following: view.following,
  showing_reblogs: view.showsReblogs,
  notifying: view.notifies,
  languages: view.languages,
  followed_by: view.followedBy,
  blocking: view.blocking,
  blocked_by: view.blockedBy,
  muting: view.muting,
  muting_notifications: view.mutingNotifications,
  muting_expires_at: view.mutingExpiresAt === null ? null : toDateTime(new Date(view.mutingExpiresAt)),
  requested: view.requested,
  requested_by: view.requestedBy,
  domain_blocking: view.domainBlocking,
  endorsed: view.endorsed,
  note: view.note,
})
