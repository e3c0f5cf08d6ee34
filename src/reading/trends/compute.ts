/**
 * Computes trends: hashtags, links and statuses that more people use today than yesterday; they fade again. A job does
 * so every few minutes from counts by the day, so that reading trends costs nothing, and their order stays for a while.
 */
import { sql } from 'drizzle-orm'
import type { Db, Tx } from '../../platform/db/index.ts'
import { jobParts } from '../../platform/queue/parts.ts'
import { addDays, dayOf } from '../../platform/time.ts'
import { loadSettings } from '../../rules/settings.ts'
import { countAuthors, countUses, scoreStatuses } from '../../statuses/counts/trends.ts'
import { aboutCandidates, isAllowed } from './allowed.ts'
import { recordPublishers } from './publishers.ts'

const kinds = {
  tags: {
    trends: sql.identifier('trending_tags'),
    days: sql.identifier('tag_days'),
    column: sql.identifier('tag_id'),
    halfLifeHours: 8,
  },
  links: {
    trends: sql.identifier('trending_cards'),
    days: sql.identifier('card_days'),
    column: sql.identifier('card_id'),
    halfLifeHours: 12,
  },
}

/** A score below this is forgotten. */
const faded = 0.1
const kept = 200

/**
 * Counts today, and yesterday until 2:00 UTC; then scores hashtags, links and statuses.
 *
 * @param daysBack further days before today to count
 * @throws Error naming the parts that failed, after all others were done
 */
export async function computeTrends(db: Db, daysBack = 0): Promise<void> {
  const today = dayOf(new Date())
  const first = Math.max(daysBack, new Date().getUTCHours() < 2 ? 1 : 0)
  const parts = jobParts()
  const names = Object.keys(kinds) as (keyof typeof kinds)[]
  for (let ago = first; ago >= 0; ago--) {
    const day = addDays(today, -ago)
    for (const kind of names)
      await parts.run(`${kind} of ${day}`, () => db.transaction((tx) => countUses(tx, kind, day)))
  }

  const { trendsNeedReview } = await loadSettings(db)
  const threshold = await parts.run('authors', () => db.transaction(thresholdFor))
  if (threshold !== undefined) {
    for (const kind of names)
      await parts.run(`trending ${kind}`, () =>
        db.transaction((tx) => score(tx, kind, today, threshold, trendsNeedReview)),
      )
    await parts.run('publishers', () => db.transaction(recordPublishers))
    await parts.run('trending posts', () => db.transaction((tx) => scoreStatuses(tx, threshold, trendsNeedReview)))
  }
  parts.end()
}

/** People that a trend needs: 2 on a small instance, up to 5 where many people write. */
const thresholdFor = async (tx: Tx): Promise<number> =>
  Math.min(5, Math.max(2, Math.floor((await countAuthors(tx)) / 20)))

/**
 * The more people use something than yesterday, the higher its score, `(today - yesterday)² / yesterday`. From its peak
 * on the score halves every few hours.
 */
async function score(
  tx: Tx,
  kind: keyof typeof kinds,
  today: string,
  threshold: number,
  needReview: boolean,
): Promise<void> {
  const { trends, days, column, halfLifeHours } = kinds[kind]
  await tx.execute(sql`
    with fresh as (
      select now.${column} as id, power(now.accounts - greatest(coalesce(before.accounts, 0), 1), 2)::float8 / greatest(coalesce(before.accounts, 0), 1) as score
      from ${days} now left join ${days} before on before.${column} = now.${column} and before.day = ${today}::date - 1
      where now.day = ${today}::date and now.accounts >= ${threshold} and now.accounts > coalesce(before.accounts, 0)
    ), old as (
      select ${column} as id, score * power(0.5, greatest(extract(epoch from now() - computed_at), 0) / 3600 / ${halfLifeHours}::float8) as score from ${trends}
    ), scored as (
      select id, max(score) as score from (select * from fresh union all select * from old) both_of_them group by id
    )
    insert into ${trends} (${column}, score, language, is_allowed)
    select about.id, scored.score, about.language, ${isAllowed(needReview)}
    from scored join ${aboutCandidates(kind)} on about.id = scored.id where scored.score >= ${faded} order by scored.score desc limit ${kept}
    on conflict (${column}) do update set score = excluded.score, language = excluded.language, is_allowed = excluded.is_allowed, computed_at = now()`)
  // Rows that were not written just now have faded, or are not used any more.
  await tx.execute(
    sql`delete from ${trends} where computed_at < now() - interval '1 second' or not exists (select from ${days} used where used.${column} = ${trends}.${column} and used.day >= ${today}::date - 2)`,
  )
}
