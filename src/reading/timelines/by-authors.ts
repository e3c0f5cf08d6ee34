/**
 * Reads the entries of timelines that are made of authors: home and lists.
 *
 * PostgreSQL can't be left to choose the plan: it plans for the ids that it sees, and planning for thousands of them
 * takes longer than reading; for few authors on a large instance it fetches and sorts all that they ever wrote. So each
 * statement here has one sensible plan, kept under the statement's name, and the number of authors decides which
 * statement runs:
 *
 * - Up to about 100 authors: the newest ids of each, from the index by author, and the newest of those. The timeline's
 *   rule then checks only these.
 * - More authors: mostly, the newest 10,000 statuses of the instance hold a page. If they don't, the authors are read
 *   as above, but within a span of time, whose length follows from the number of statuses in the span before.
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

/** The parameters of a timeline's statements. Statements are made once for each `name`. */
export type AuthorsTimeline<Values> = {
  /** Unique among timelines, at most 40 characters. */
  name: string
  /** Which of the authors' statuses belong on the timeline: a condition on `statuses`, with placeholders. */
  rule: (values: Values) => SQL
  /**
   * The part of the rule that a row alone, `s`, decides, so that 1,000 hidden boosts of one person don't displace other
   * people's statuses. Undefined if there is no such part.
   */
  candidates?: ((values: Values) => SQL) | undefined
}

export type Sizes = {
  /** Up to this number of authors, the newest ids of each are read. */
  few: number
  /** The newest statuses of the instance that are searched first. */
  scanned: number
}
// Most people follow no more accounts than this.
const usual: Sizes = { few: 120, scanned: 10_000 }

/** Candidates per wanted entry, as replies to strangers and muted statuses drop out. */
const spare = 2
/** Limits a page to a few thousand candidates. The page is shorter then. */
const maxReads = 12
const maxCandidates = 2_000
/** Largest growth of a span after an empty one. */
const maxGrowth = 64n

/**
 * Reads a page of the authors' statuses and boosts, newest first.
 *
 * @param authors ids, as the text of a PostgreSQL array
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
  // The bound of the next candidates: everything on the near side of it was read.
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

/** Bounds are exclusive: a status on the border of one span belongs to the next. */
const beyond = (far: string, isUpwards: boolean): string => String(BigInt(far) + (isUpwards ? -1n : 1n))

/** Part of a timeline, between two ids. */
type Span = { near: string; far: string; isLast: boolean; isScanned: boolean }
type Spans = {
  first(near: string, end: string): Promise<Span>
  /** The span after `before`, in which `found` of the `wanted` candidates were found. */
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
    // "is true" keeps this a condition, a look-up in a hash of the authors. Without it PostgreSQL would make it a
    // join, and begin with the authors.
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
