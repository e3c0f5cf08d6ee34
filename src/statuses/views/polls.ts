import { type SQL, sql } from 'drizzle-orm'
import { statuses } from '../../platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'

/** A poll with its counts and the viewer's votes. */
export type PollView = {
  /** The id of its status; a poll has no other. */
  id: StatusId
  /** Null: open for ever. */
  expiresAt: Date | null
  isExpired: boolean
  isMultiple: boolean
  /** Whether the counts are hidden for now. */
  hidesTotals: boolean
  votersCount: number
  options: { title: string; votesCount: number }[]
  /** Positions of the options that the viewer chose. */
  ownVotes: number[]
}

/** SQL: the poll of a row of `statuses` as JSON, or null. Pass the result to `revivePoll`. */
export const pollJson = (viewer: AccountId | null): SQL => sql`(
  select json_build_object('id', p.status_id::text, 'expiresAt', p.expires_at, 'isExpired', coalesce(p.expires_at <= now(), false), 'isMultiple', p.kind = 'multiple',
    'hidesTotals', p.hides_totals and coalesce(p.expires_at > now(), true), 'votersCount', p.voters_count,
    'options', (select coalesce(json_agg(json_build_object('title', o.title, 'votesCount', o.votes_count) order by o.position), '[]') from poll_options o where o.status_id = p.status_id),
    'ownVotes', ${
      viewer === null
        ? sql`'[]'::json`
        : sql`(
      select coalesce(json_agg(v.position order by v.position), '[]') from poll_votes v where v.status_id = p.status_id and v.account_id = ${viewer})`
    })
  from polls p where p.status_id = ${statuses.id})`

/** Turns `expiresAt`, which is text in JSON, into a Date, in place. */
export function revivePoll(poll: PollView): void {
  if (poll.expiresAt !== null) poll.expiresAt = new Date(poll.expiresAt)
}
