/** Compares the counters with the counted rows, in batches by primary key, and repairs wrong ones. */
import { type SQL, sql } from 'drizzle-orm'
import type { Finding } from '../platform/db/check/finding.ts'
import { type Db, type Reader, sqlState } from '../platform/db/index.ts'
import { isReleased, isPublicOrUnlisted } from '../statuses/access/visibility.ts'

type Counter = {
  table: string
  key: readonly string[]
  /** Joins of the rows that are counted; the table itself is `c`. */
  joins: SQL
  columns: Record<string, SQL>
  /** It may be larger than the number of rows, since rows were deleted with their account. */
  keepsMore?: boolean
  /** A row with the count 0 is deleted. */
  deletesEmpty?: boolean
}

/** A local-only status counts among those of the local-only status that it replies to, boosts or quotes. */
const countsFor = (name: 'r' | 'b' | 'w') => sql`(s.is_local_only or not ${sql.identifier(name)}.is_local_only)`
const isPublic = (name: string) => sql`${sql.identifier(name)}.deleted_at is null and ${isPublicOrUnlisted(name)}`
const ofPolls = sql`join statuses s on s.id = c.status_id and s.is_local and s.deleted_at is null`

const counters: Counter[] = [
  {
    table: 'status_stats',
    key: ['status_id'],
    joins: sql`join statuses s on s.id = c.status_id and s.deleted_at is null`,
    columns: {
      replies_count: sql`(select count(*) from statuses r where r.in_reply_to_id = c.status_id and ${isPublic('r')} and ${isReleased('r')} and ${countsFor('r')})`,
      reblogs_count: sql`(select count(*) from statuses b where b.reblog_of_id = c.status_id and ${isPublic('b')} and b.consent is null and ${countsFor('b')})`,
      favourites_count: sql`(select count(*) from favourites f where f.status_id = c.status_id and not f.is_pending)`,
      quotes_count: sql`(select count(*) from quotes q join statuses w on w.id = q.status_id where q.quoted_status_id = c.status_id and q.state = 'accepted' and ${isPublic('w')} and ${countsFor('w')})`,
    },
  },
  {
    table: 'account_stats',
    key: ['account_id'],
    joins: sql`join accounts a on a.id = c.account_id and a.deleted_at is null`,
    columns: {
      statuses_count: sql`(select count(*) from statuses s where s.account_id = c.account_id and ${isPublic('s')} and ${isReleased('s')} and not s.is_local_only)`,
      followers_count: sql`(select count(*) from follows f where f.target_id = c.account_id)`,
      following_count: sql`(select count(*) from follows f where f.follower_id = c.account_id)`,
    },
  },
  {
    table: 'featured_tags',
    key: ['id'],
    joins: sql``,
    columns: {
      statuses_count: sql`(select count(*) from statuses s join status_tags t on t.status_id = s.id where s.account_id = c.account_id and t.tag_id = c.tag_id and ${isPublic('s')} and ${isReleased('s')} and not s.is_local_only)`,
    },
  },
  {
    table: 'status_reactions',
    key: ['id'],
    joins: sql``,
    columns: { count: sql`(select count(*) from reactions r where r.reaction_id = c.id)` },
    deletesEmpty: true,
  },
  // Other servers count the votes of their polls themselves.
  {
    table: 'polls',
    key: ['status_id'],
    joins: ofPolls,
    columns: {
      voters_count: sql`(select count(distinct v.account_id) from poll_votes v where v.status_id = c.status_id)`,
    },
    keepsMore: true,
  },
  {
    table: 'poll_options',
    key: ['status_id', 'position'],
    joins: ofPolls,
    columns: {
      votes_count: sql`(select count(*) from poll_votes v where v.status_id = c.status_id and v.position = c.position)`,
    },
    keepsMore: true,
  },
]

const batchSize = 1_000
/** A batch that was aborted for its time or a lock. The next batch may still succeed. */
const abortStates = new Set(['57014', '55P03', '40P01'])
/** After this many aborted batches a table is skipped. */
const maxAborted = 10
/** More findings are counted, but not listed. */
const maxListed = 100

export type Recount = { findings: Finding[]; wrong: number; repaired: number }
type Key = string[]
type Range = { after: Key | null; to: Key | null }
type Wrong = { key: Key; problem: string }

/**
 * Checks all counters.
 *
 * @param options `repairs`: corrects wrong ones; `onProgress`: called after each batch, with the number of rows so far
 * @returns the wrong rows; the first 100 of each table are listed one by one
 */
export async function recount(
  db: Db,
  {
    repairs = false,
    onProgress = () => {},
  }: { repairs?: boolean; onProgress?: (table: string, rows: number) => void } = {},
): Promise<Recount> {
  const result: Recount = { findings: [], wrong: 0, repaired: 0 }
  for (const counter of counters) await recountTable(db, counter, repairs, result, onProgress)
  return result
}

async function recountTable(
  db: Db,
  counter: Counter,
  repairs: boolean,
  result: Recount,
  onProgress: (table: string, rows: number) => void,
): Promise<void> {
  const { table } = counter
  let listed = 0
  let unlisted = 0
  let broken = 0
  for (let after: Key | null = null, batch = 1; ; batch++) {
    const to: Key | null = await endOfBatch(db, counter, after)
    const range = { after, to }
    try {
      const wrong = await findWrong(db, counter, range)
      if (repairs && wrong.length > 0) {
        await repair(db, counter, wrong)
        result.repaired += wrong.length
      }
      result.wrong += wrong.length
      const shown = wrong.slice(0, maxListed - listed)
      listed += shown.length
      unlisted += wrong.length - shown.length
      result.findings.push(
        ...shown.map(({ key, problem }): Finding => ({
          kind: 'counter',
          what: `${table} ${key.join(' ')}`,
          problem,
          advice: repairs ? null : 'npx pipit db check --repair',
        })),
      )
    } catch (error) {
      if (!abortStates.has(sqlState(error) ?? '')) throw error
      result.findings.push({
        kind: 'unchecked',
        what: table,
        problem: `the rows after ${after?.join(' ') ?? 'the first'} up to ${to?.join(' ') ?? 'the last'} took too long`,
        advice: 'try again when less is going on',
      })
      if (++broken === maxAborted) break
    }
    onProgress(table, batch * batchSize)
    if (to === null) break
    after = to
  }
  if (unlisted > 0)
    result.findings.push({
      kind: 'counter',
      what: table,
      problem: `${unlisted} more counters are wrong`,
      advice: repairs ? null : 'npx pipit db check --repair',
    })
}

const keyOf = ({ key }: Counter): SQL =>
  sql.join(
    key.map((column) => sql`c.${sql.identifier(column)}`),
    sql`, `,
  )
const valuesOf = (key: Key): SQL =>
  sql`(${sql.join(
    key.map((value) => sql`${value}::bigint`),
    sql`, `,
  )})`
const within = (counter: Counter, { after, to }: Range): SQL =>
  sql`${after ? sql`(${keyOf(counter)}) > ${valuesOf(after)}` : sql`true`} and ${to ? sql`(${keyOf(counter)}) <= ${valuesOf(to)}` : sql`true`}`

/** The key of the last row of a full batch; null when the rest is one batch or less. */
async function endOfBatch(db: Reader, counter: Counter, after: Key | null): Promise<Key | null> {
  const { rows } = await db.execute<{ key: Key }>(sql`
    select array[${keyOf(counter)}]::text[] as key from ${sql.identifier(counter.table)} c where ${within(counter, { after, to: null })} order by ${keyOf(counter)} offset ${batchSize - 1} limit 1`)
  return rows[0]?.key ?? null
}

/** Finds wrong counters. One statement reads both numbers, so that concurrent changes don't look wrong. */
async function findWrong(db: Reader, counter: Counter, range: Range): Promise<Wrong[]> {
  const columns = Object.entries(counter.columns)
  const { rows } = await db.execute<{ key: Key; says: number[]; counted: number[] }>(sql`
    select key, says, counted from (
      select array[${keyOf(counter)}]::text[] as key, array[${sql.join(
        columns.map(([name]) => sql`c.${sql.identifier(name)}`),
        sql`, `,
      )}]::int[] as says,
        array[${sql.join(
          columns.map(([, counted]) => counted),
          sql`, `,
        )}]::int[] as counted
      from ${sql.identifier(counter.table)} c ${counter.joins} where ${within(counter, range)} order by ${keyOf(counter)}) found
    where ${counter.keepsMore ? sql`says[1] < counted[1]` : sql`says <> counted`}`)
  return rows.map(({ key, says, counted }) => ({
    key,
    problem: columns
      .flatMap(([name], i) => (says[i] === counted[i] ? [] : [`${name} says ${says[i]}, and there are ${counted[i]}`]))
      .join('; '),
  }))
}

/** Corrects counters. It locks the rows first: later changes wait, and earlier ones are counted. */
async function repair(db: Db, counter: Counter, wrong: Wrong[]): Promise<void> {
  const table = sql.identifier(counter.table)
  const these = sql`(${keyOf(counter)}) in (${sql.join(
    wrong.map(({ key }) => valuesOf(key)),
    sql`, `,
  )})`
  const names = Object.keys(counter.columns).map((name) => sql.identifier(name))
  const counted = Object.entries(counter.columns).map(([name, count]) => sql`${count} as ${sql.identifier(name)}`)
  const set = names.map(
    (name) => sql`${name} = ${counter.keepsMore ? sql`greatest(c.${name}, counted.${name})` : sql`counted.${name}`}`,
  )
  await db.transaction(async (tx) => {
    await tx.execute(sql`select from ${table} c where ${these} order by ${keyOf(counter)} for update`)
    if (counter.deletesEmpty)
      await tx.execute(
        sql`delete from ${table} c where ${these} and ${sql.join(Object.values(counter.columns), sql` + `)} = 0`,
      )
    // The rows are locked, so each stays in its place meanwhile.
    await tx.execute(sql`
      update ${table} c set ${sql.join(set, sql`, `)}
      from (select c.ctid as place, ${sql.join(counted, sql`, `)} from ${table} c ${counter.joins} where ${these}) counted
      where c.ctid = counted.place`)
  })
}
