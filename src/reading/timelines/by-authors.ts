/**
 * Entries of timelines that are made of authors: home and lists.
 *
 * PostgreSQL can't be left to choose how: it plans for the ids that it sees, and planning for thousands of them takes longer
 * than reading; for few on a large instance it fetches and sorts all that they ever wrote. So each statement here has one
 * sensible plan, which its name keeps, and the number of authors decides which one is asked:
 *
 * - Up to about a hundred authors: the newest ids of each, from the index by author; of those the newest. What belongs on the
 *   timeline is then asked of these alone.
 * - More of them: mostly, the newest ten thousand statuses of all hold a page. Where they don't, the authors are asked as
 *   above, but within a span of time that is chosen by how many the last span had.
 */
import { asc, desc, type SQL, sql } from 'drizzle-orm'
import type { Reader } from '../../platform/db/index.ts'
import { maxBigint, type Page, settle } from '../../platform/db/page.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { statement } from '../../platform/db/statement.ts'
import type { StatusId } from '../../platform/ids.ts'
import type { Entry } from './repeats.ts'

type Bounds = { authors: string; olderThan: string; newerThan: string; limit: number }
type Candidate = Entry & { isShown: boolean }
type Find = (db: Reader, values: Bounds & Record<string, string | number | boolean | null>) => Promise<Candidate[]>

/** A timeline of authors, as far as its statements depend on it: made once for each `name`. */
export type AuthorsTimeline<Values> = {
  /** Unique among timelines, at most 40 characters. */
  name: string
  /** What of the authors' statuses belongs on it; a condition on `statuses`, of placeholders. */
  rule: (values: Values) => SQL
  /**
   * What of it can be told from a row alone, `s`: so that a thousand hidden boosts of one person don't fill the places of
   * what others wrote. Nothing for none.
   */
  candidates?: ((values: Values) => SQL) | undefined
}

export type Sizes = {
  /** Authors that are all asked for their newest. */
  few: number
  /** Statuses of everybody that are looked through first. */
  scanned: number
}
// Most people follow no more, themselves among them.
const usual: Sizes = { few: 120, scanned: 10_000 }

/** Candidates for each entry that is wanted: replies to strangers and muted ones don't belong. */
const spare = 2
/** A page looks at no more than some thousand candidates; it is shorter then. */
const maxReads = 12
const maxCandidates = 2_000
/** How much longer a span of time gets at most after one that had nothing. */
const maxGrowth = 64n

/**
 * Reads a page of what authors wrote and boosted, newest first.
 *
 * @param authors ids as a text of an array of PostgreSQL
 */
export async function readByAuthors<Values extends Record<string, string | number | boolean | null>>(
  db: Reader,
  timeline: AuthorsTimeline<Values>,
  authors: string,
  values: Values,
  { maxId = maxBigint, minId, sinceId = '0', limit }: Page,
  sizes: Sizes = usual,
): Promise<Entry[]> {
  const isUpwards = minId !== undefined
  const { ofAuthors, ofAll } = statementsOf(timeline, isUpwards)
  const spans = authors.split(',').length <= sizes.few ? wholeSpan() : growingSpans(db, isUpwards, sizes.scanned)
  const end = { olderThan: maxId, newerThan: minId ?? sinceId }
  const entries: Entry[] = []
  let wanted = Math.min(limit * spare, maxCandidates)
  // Where the next candidates begin: everything on the near side of it was looked at.
  let next = isUpwards ? end.newerThan : end.olderThan
  let inSpan = 0
  let span = await spans.first(next, isUpwards ? end.olderThan : end.newerThan)

  for (let reads = 0; reads < maxReads; reads++) {
    const bounds = isUpwards ? { newerThan: next, olderThan: span.far } : { olderThan: next, newerThan: span.far }
    const found = await (span.isScanned ? ofAll : ofAuthors)(db, { ...values, ...bounds, authors, limit: wanted })
    for (const { id, reblogOfId, isShown } of found) {
      if (isShown) entries.push({ id, reblogOfId })
      if (entries.length === limit) return settle({ ...(minId ? { minId } : {}), limit }, entries)
    }
    const last = found.at(-1)
    inSpan += found.length
    if (last && found.length === wanted) next = last.id
    else if (span.isLast) break
    else {
      span = spans.next(span, inSpan, limit * spare)
      next = span.near
      inSpan = 0
    }
    wanted = Math.min(wanted * spare, maxCandidates)
  }
  return settle({ ...(minId ? { minId } : {}), limit }, entries)
}

/** Bounds are exclusive: what lies on the border of one span belongs to the next. */
const beyond = (far: string, isUpwards: boolean): string => String(BigInt(far) + (isUpwards ? -1n : 1n))

/** Part of a timeline, between two ids. */
type Span = { near: string; far: string; isLast: boolean; isScanned: boolean }
type Spans = {
  first(near: string, end: string): Promise<Span>
  /** The one behind another, in which so many candidates of those that were wanted were found. */
  next(before: Span, found: number, wanted: number): Span
}

const wholeSpan = (): Spans => ({
  first: async (near, far) => ({ near, far, isLast: true, isScanned: false }),
  next: (before) => before,
})

function growingSpans(db: Reader, isUpwards: boolean, scanned: number): Spans {
  let end: bigint
  const within = (near: string, far: bigint, isScanned: boolean): Span => {
    const isLast = isUpwards ? far >= end : far <= end
    return { near, far: String(isLast ? end : far), isLast, isScanned }
  }
  return {
    async first(near, last) {
      end = BigInt(last)
      const [border] = await (isUpwards ? findAbove : findBelow)(db, { near, steps: scanned })
      return border ? within(near, BigInt(border.id), true) : { near, far: last, isLast: true, isScanned: true }
    },
    next(before, found, wanted) {
      const length = BigInt(before.far) - BigInt(before.near)
      const growth =
        found === 0 ? maxGrowth : BigInt(Math.min(Number(maxGrowth), Math.max(2, Math.ceil(wanted / found))))
      return within(beyond(before.far, isUpwards), BigInt(before.far) + length * growth, false)
    },
  }
}

const findBelow = statement<{ near: string; steps: number }, { id: StatusId }>(
  'statuses_below',
  ({ near, steps }) =>
    sql`select id from statuses where id < ${near}::bigint order by id desc offset ${steps}::int limit 1`,
)
const findAbove = statement<{ near: string; steps: number }, { id: StatusId }>(
  'statuses_above',
  ({ near, steps }) => sql`select id from statuses where id > ${near}::bigint order by id offset ${steps}::int limit 1`,
)

const built = new Map<string, { ofAuthors: Find; ofAll: Find }>()

function statementsOf<Values>(
  { name, rule, candidates }: AuthorsTimeline<Values>,
  isUpwards: boolean,
): { ofAuthors: Find; ofAll: Find } {
  const key = `${name} ${isUpwards ? 'up' : 'down'}`
  const known = built.get(key)
  if (known) return known
  const direction = isUpwards ? sql`asc` : sql`desc`
  const shown = (v: Parameters<Find>[1], candidates: SQL): SQL => sql`
    with candidate as materialized (${candidates})
    select ${statuses.id}, ${statuses.reblogOfId} as "reblogOfId", coalesce(${rule(v as Values)}, false) as "isShown"
    from candidate join statuses on ${statuses.id} = candidate.id order by ${isUpwards ? asc(statuses.id) : desc(statuses.id)}`
  const within = (v: Parameters<Find>[1]): SQL =>
    sql`s.id < ${v.olderThan}::bigint and s.id > ${v.newerThan}::bigint ${candidates ? sql`and ${candidates(v as Values)}` : sql``}`
  const made: { ofAuthors: Find; ofAll: Find } = {
    ofAuthors: statement(`${key} by author`, (v) =>
      shown(
        v,
        sql`
        select newest.id from unnest(${v.authors}::bigint[]) author(id) cross join lateral (
          select s.id from statuses s where s.account_id = author.id and ${within(v)} order by s.id ${direction} limit ${v.limit}::int) newest
        order by newest.id ${direction} limit ${v.limit}::int`,
      ),
    ),
    // With "is true" the condition stays one, a look-up in a hash of the authors: PostgreSQL would make a join of it, and begin with the authors.
    ofAll: statement(`${key} of all`, (v) =>
      shown(
        v,
        sql`
        select s.id from statuses s where ${within(v)} and (s.account_id in (select unnest(${v.authors}::bigint[]))) is true
        order by s.id ${direction} limit ${v.limit}::int`,
      ),
    ),
  }
  built.set(key, made)
  return made
}
