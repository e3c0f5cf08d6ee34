/**
 * The full-text index of statuses, written in the transaction that writes the status. Boosts are not indexed; their
 * targets are.
 */
import { type SQL, sql } from 'drizzle-orm'
import { arrayOf } from '../../platform/db/arrays.ts'
import { type Db, isDatabaseAway, type Tx } from '../../platform/db/index.ts'
import { statement } from '../../platform/db/statement.ts'
import type { AccountId, StatusId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import { safeHtmlToText } from '../../text/html/to-text.ts'
import { searchDocument } from './document.ts'

const log = getLogger('search')

type Row = {
  id: StatusId
  accountId: AccountId
  /** Safe HTML. */
  content: string
  spoilerText: string
  isSensitive: boolean
  isReply: boolean
  isQuote: boolean
  language: string | null
  media: { kind: string; description: string }[]
  options: string[] | null
  tags: string[]
}

/** Indexes a new or changed status. */
export const indexStatus = (tx: Tx, id: StatusId): Promise<unknown> => index(tx, [id])

/** Removes a status from the index. */
export async function unindexStatus(tx: Tx, id: StatusId): Promise<void> {
  await tx.execute(sql`delete from status_search where status_id = ${id}`)
}

/**
 * Indexes up to `size` statuses, newest first.
 *
 * @param before the last status of the batch before, or null to begin with the newest
 * @returns the last status of this batch, and the number indexed; null when none was left
 */
export async function indexBatch(
  db: Db,
  before: StatusId | null,
  size = 500,
): Promise<{ last: StatusId; count: number } | null> {
  const { rows } = await db.execute<{ id: StatusId }>(sql`
    select id from statuses where reblog_of_id is null and deleted_at is null ${before ? sql`and id < ${before}` : sql``} order by id desc limit ${size}`)
  const ids = rows.map(({ id }) => id)
  const last = ids.at(-1)
  if (last === undefined) return null
  await db
    .transaction((tx) => index(tx, ids))
    .catch((error: unknown) => {
      if (isDatabaseAway(error)) throw error
      return indexEach(db, ids)
    })
  return { last, count: ids.length }
}

/** Indexes statuses one by one, so that one that can't be indexed does not affect the others. */
async function indexEach(db: Db, ids: StatusId[]): Promise<void> {
  for (const id of ids) {
    await db
      .transaction((tx) => index(tx, [id]))
      .catch((error: unknown) => {
        if (isDatabaseAway(error)) throw error
        log.error('Status {id} can’t be indexed, and will not be found: {error}', { id, error })
      })
  }
}

/** Indexes all statuses again, in batches; returns their number. */
export async function indexAll(db: Db): Promise<number> {
  let total = 0
  for (let batch = await indexBatch(db, null); batch; batch = await indexBatch(db, batch.last)) total += batch.count
  await db.execute(sql`analyze status_search`)
  // New entries wait in a pending list, which every search reads in whole.
  await db.execute(sql`select gin_clean_pending_list('status_search_words'::regclass)`)
  return total
}

/** Whether old statuses are not indexed yet. Indexing runs from the newest back, so the oldest 20 are checked. */
export async function isIndexIncomplete(db: Pick<Db, 'execute'>): Promise<boolean> {
  const { rows } = await db.execute<{ isMissing: boolean }>(sql`
    select exists (select from (select id from statuses where reblog_of_id is null and deleted_at is null order by id limit 20) oldest
      where not exists (select from status_search d where d.status_id = oldest.id)) as "isMissing"`)
  return rows[0]?.isMissing === true
}

// Locked, so that an edit and a batch of old statuses don't overwrite each other.
const rowsToIndex = (wanted: SQL): SQL => sql`
  select s.id, s.account_id as "accountId", s.content, s.spoiler_text as "spoilerText", s.is_sensitive as "isSensitive", s.language,
    s.in_reply_to_id is not null or s.in_reply_to_uri is not null as "isReply",
    exists (select from quotes q where q.status_id = s.id) as "isQuote",
    coalesce((select json_agg(json_build_object('kind', m.kind, 'description', m.description) order by m.position)
      from media m where m.status_id = s.id and m.position is not null), '[]') as media,
    (select array_agg(o.title order by o.position) from poll_options o where o.status_id = s.id) as options,
    array(select t.name from status_tags st join tags t on t.id = st.tag_id where st.status_id = s.id) as tags
  from statuses s where s.id ${wanted} and s.reblog_of_id is null and s.deleted_at is null order by s.id for no key update of s`

const findRows = statement<{ ids: string }, Row>('rows_to_index', ({ ids }) =>
  rowsToIndex(sql`= any(${ids}::bigint[])`),
)
// PostgreSQL expects 10 ids of a list that it can't see, and would plan a list of one anew each time.
const findRow = statement<{ id: StatusId }, Row>('row_to_index', ({ id }) => rowsToIndex(sql`= ${id}::bigint`))

async function index(tx: Tx, ids: StatusId[]): Promise<void> {
  const [first, ...others] = ids
  if (!first) return
  const rows = others.length === 0 ? await findRow(tx, { id: first }) : await findRows(tx, { ids: arrayOf(ids) })
  if (rows.length === 0) return
  const documents = rows.map((row) => ({ status_id: row.id, document: documentOf(row) }))
  await write(tx, { documents: JSON.stringify(documents) })
}

const write = statement<{ documents: string }, Record<string, never>>(
  'write_search_documents',
  ({ documents }) => sql`
    insert into status_search (status_id, document)
    select status_id, document::tsvector from json_to_recordset(${documents}::json) as d(status_id bigint, document text)
    on conflict (status_id) do update set document = excluded.document`,
)

const documentOf = (row: Row): string =>
  searchDocument({
    texts: [
      row.spoilerText,
      safeHtmlToText(row.content),
      ...(row.options ?? []),
      ...row.media.map(({ description }) => description),
    ],
    tags: row.tags,
    marks: marksOf(row),
  })

/** The marks for search operators: properties that only an edit can change. */
function marksOf({ accountId, content, isSensitive, isReply, isQuote, language, media, options }: Row): string[] {
  const marks = [`from:${accountId}`]
  if (media.length > 0) marks.push('media')
  for (const kind of new Set(media.map((file) => file.kind))) marks.push(kind === 'gifv' ? 'video' : kind)
  if (options) marks.push('poll')
  if (hasPlainLink(content)) marks.push('link')
  if (isReply) marks.push('reply')
  if (isSensitive) marks.push('sensitive')
  if (isQuote) marks.push('quote')
  if (language)
    marks.push(...new Set([`language:${language.toLowerCase()}`, `language:${language.toLowerCase().split('-')[0]}`]))
  return marks
}

/** Whether HTML has a link that is neither a mention nor a hashtag. */
const hasPlainLink = (html: string): boolean =>
  [...html.matchAll(/<a [^<>]*>/g)].some(([tag]) => !/class="[^"]*\b(?:mention|hashtag)\b/.test(tag))
