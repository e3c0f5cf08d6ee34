import type { Uris } from '#src/platform/uris.ts'
import type { ScheduledView } from '#src/statuses/scheduled.ts'
import { toDateTime } from './dates.ts'
import { toMediaAttachment } from './media.ts'

/**
 * A scheduled status. `params` are the app's parameters; ids are strings.
 *
 * @see https://docs.joinmastodon.org/entities/ScheduledStatus/
 */
export function toScheduledStatus({ id, scheduledAt, params, media }: ScheduledView, uris: Uris) {
  const { poll } = params
  return {
    id,
    scheduled_at: toDateTime(scheduledAt),
    params: {
      text: params.text,
      poll: poll
        ? {
            options: poll.options,
            expires_in: poll.expiresInSeconds,
            multiple: poll.isMultiple ?? false,
            hide_totals: poll.hidesTotals ?? false,
          }
        : null,
      media_ids: params.mediaIds && params.mediaIds.length > 0 ? params.mediaIds : null,
      sensitive: params.isSensitive ?? null,
      spoiler_text: params.spoilerText ?? null,
      visibility: params.visibility ?? null,
      in_reply_to_id: params.inReplyToId ?? null,
      language: params.language ?? null,
      application_id: params.applicationId ?? null,
      scheduled_at: null,
      idempotency: params.idempotencyKey ?? null,
      with_rate_limit: false,
      quoted_status_id: params.quotedStatusId ?? null,
      quote_approval_policy: params.quotePolicy ?? null,
      local_only: params.isLocalOnly ?? false,
    },
    media_attachments: media.map((file) => toMediaAttachment(file, uris)),
  }
}
