import type { RelationshipView } from '#src/relationships/views.ts'

/** @see https://docs.joinmastodon.org/entities/Relationship/ */
export const toRelationship = (view: RelationshipView) => ({
  id: view.id,
  following: view.following,
  showing_reblogs: view.showsReblogs,
  notifying: false,
  languages: null,
  followed_by: view.followedBy,
  blocking: view.blocking,
  blocked_by: view.blockedBy,
  muting: view.muting,
  muting_notifications: view.mutingNotifications,
  muting_expires_at: null,
  requested: view.requested,
  requested_by: view.requestedBy,
  domain_blocking: false,
  endorsed: false,
  note: '',
})
