import { emojisOf } from '#src/media/emojis/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { PollView } from '#src/statuses/views/polls.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { toDateTime } from './dates.ts'
import { toEmojis } from './emoji.ts'

/**
 * A poll. Counts are null while they are hidden; the author counts as having voted, since authors can't.
 *
 * @see https://docs.joinmastodon.org/entities/Poll/
 */
export function toPoll(
  view: PollView,
  { accountId, emojis }: Pick<StatusView, 'accountId' | 'emojis'>,
  uris: Uris,
  viewer: AccountId | null,
) {
  const votes = view.options.reduce((sum, { votesCount }) => sum + votesCount, 0)
  return {
    id: view.id,
    expires_at: view.expiresAt && toDateTime(view.expiresAt),
    expired: view.isExpired,
    multiple: view.isMultiple,
    votes_count: votes,
    voters_count: view.isMultiple ? view.votersCount : null,
    options: view.options.map(({ title, votesCount }) => ({
      title,
      votes_count: view.hidesTotals ? null : votesCount,
    })),
    emojis: toEmojis(
      emojisOf(
        view.options.map(({ title }) => title),
        emojis,
      ),
      uris,
    ),
    ...(viewer === null ? {} : { voted: viewer === accountId || view.ownVotes.length > 0, own_votes: view.ownVotes }),
  }
}
