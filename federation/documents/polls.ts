/** Local polls as Questions, and votes in remote polls. */
import type { PollView } from '#src/statuses/views/polls.ts'
import { context } from './context.ts'
import type { JsonObject } from './json.ts'

/**
 * The properties that make a Note a Question. Counts that are still hidden are sent as 0.
 *
 * @see https://docs.joinmastodon.org/spec/activitypub/#Question
 */
export function questionTerms(poll: PollView | null): JsonObject {
  if (!poll) return {}
  const options = poll.options.map(({ title, votesCount }) => ({
    type: 'Note',
    name: title,
    replies: { type: 'Collection', totalItems: poll.hidesTotals ? 0 : votesCount },
  }))
  const end = poll.expiresAt?.toISOString()
  return {
    type: 'Question',
    [poll.isMultiple ? 'anyOf' : 'oneOf']: options,
    ...(end ? { endTime: end } : {}),
    ...(end && poll.isExpired ? { closed: end } : {}),
    votersCount: poll.votersCount,
  }
}

/** A vote for one option: a Note with a name instead of content, to the author of the poll alone. */
export function toVote(
  id: string,
  vote: { actor: string; poll: string; author: string; option: string; at: Date },
): JsonObject {
  const { actor, poll, author, option, at } = vote
  const note = {
    id,
    type: 'Note',
    attributedTo: actor,
    to: [author],
    inReplyTo: poll,
    name: option,
    published: at.toISOString(),
  }
  return {
    '@context': context,
    id: `${id}#create`,
    type: 'Create',
    actor,
    to: [author],
    published: at.toISOString(),
    object: note,
  }
}
