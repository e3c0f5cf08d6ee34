import { sql } from 'drizzle-orm'
import type { Reader } from '../db/index.ts'
import type { AccountId, StatusId } from '../ids.ts'

/** A poll with its counts, and what the viewer chose. */
export type PollView = {
  /** Id of its status, which is its own. */
  id: StatusId
  /** Null: open for ever. */
  expiresAt: Date | null
  isExpired: boolean
  isMultiple: boolean
  /** Whether the counts are not to be shown yet. */
  hidesTotals: boolean
  votersCount: number
  options: { title: string; votesCount: number }[]
  /** Positions of the options that the viewer chose. */
  ownVotes: number[]
}

type Row = Omit<PollView, 'expiresAt' | 'hidesTotals'> & { expiresAt: Date | null; hidesTotals: boolean }

/** Polls of statuses, by the status, in one query. Whether the viewer may see those is asked elsewhere. */
export async function loadPollViews(db: Reader, viewer: AccountId | null, ids: StatusId[]): Promise<Map<StatusId, PollView>> {
  const { rows } = await db.execute<Row>(sql`
    select p.status_id as id, p.expires_at as "expiresAt", coalesce(p.expires_at <= now(), false) as "isExpired", p.kind = 'multiple' as "isMultiple",
      p.hides_totals and coalesce(p.expires_at > now(), true) as "hidesTotals", p.voters_count as "votersCount",
      coalesce((select json_agg(json_build_object('title', o.title, 'votesCount', o.votes_count) order by o.position) from poll_options o where o.status_id = p.status_id), '[]') as options,
      coalesce((select json_agg(v.position order by v.position) from poll_votes v where v.status_id = p.status_id and v.account_id = ${viewer}), '[]') as "ownVotes"
    from polls p where p.status_id = any(${`{${ids.join(',')}}`}::bigint[])`)
  return new Map(rows.map((row) => [row.id, { ...row, expiresAt: row.expiresAt && new Date(row.expiresAt) }]))
}
