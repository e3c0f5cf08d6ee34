import type { Uris } from '#src/platform/uris.ts'
import { type ModeratedTag, needsReview } from '#src/reading/tags/moderate.ts'
import type { TagDetails } from '#src/reading/tags/views.ts'
import type { Publisher } from '#src/reading/trends/publishers.ts'
import type { TrendingLink } from '#src/reading/trends/read.ts'
import { toDateTime } from './dates.ts'
import { toTag } from './tag.ts'
import { toTrendsLink } from './trends-link.ts'

/**
 * A hashtag as moderators see it. Without a decision, `trendable` says whether it trends by the settings.
 *
 * @see https://docs.joinmastodon.org/entities/Tag/#admin
 */
export const toAdminTag = (
  details: TagDetails,
  tag: ModeratedTag,
  uris: Uris,
  { needReview }: { needReview: boolean },
) => ({
  ...toTag(details, uris, null),
  trendable: tag.isTrendable ?? !needReview,
  usable: tag.isUsable,
  listable: tag.isListable,
  requires_review: needsReview(tag),
})

/** @see https://docs.joinmastodon.org/entities/PreviewCard/#trends-link */
export const toAdminLink = (link: TrendingLink, uris: Uris, requiresReview: boolean) => ({
  ...toTrendsLink(link, uris),
  id: link.id,
  requires_review: requiresReview,
})

/** @see https://docs.joinmastodon.org/methods/admin/trends/#links-publishers */
export const toPublisher = ({ id, domain, isTrendable, reviewedAt, requestedReviewAt }: Publisher) => ({
  id,
  domain,
  trendable: isTrendable,
  reviewed_at: reviewedAt && toDateTime(reviewedAt),
  requested_review_at: requestedReviewAt && toDateTime(requestedReviewAt),
  requires_review: isTrendable === null,
})
