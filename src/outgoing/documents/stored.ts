/** Stored documents: read along with their subjects, made if there is none, and stored for the next request. */
import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { emojisUri } from '../../outbox/forget-documents.ts'
import { whereThereIsRoom } from '../../platform/db/disk-full.ts'
import { type Db, sqlState } from '../../platform/db/index.ts'

/** The object, and its activity without the object, as JSON without context. One of them may be missing. */
export type Document = { body: string | null; envelope: string | null; etag: string }
/**
 * `isLasting`: it stays valid until its subject is marked as changed. Other documents are made again for each request.
 */
export type Made = Omit<Document, 'etag'> & { isLasting: boolean }

/** A document as columns of a row; all null when none is stored for the present fingerprint and emojis. */
export type DocumentColumns = Omit<Document, 'etag'> & { etag: string | null }

/**
 * Joins `documents d` to a statement. As columns, since large texts inside JSON would be encoded and decoded once
 * more.
 *
 * @param authorId of a status: while all its author's files are sensitive, its document is another one
 */
export const joinDocument = (uri: SQL, fingerprint: string, authorId?: SQL): SQL =>
  sql`left join documents d on d.uri = ${uri} and d.fingerprint = ${fullFingerprint(fingerprint)}${authorId ? sql` || ${sensitivity(authorId)}` : sql``}`

/** What a sensitive author adds to the fingerprint: so a moderator's decision outdates all documents of an account at once. */
const sensitivity = (authorId: SQL): SQL =>
  sql`coalesce((select '-sensitive' from accounts sensitive where sensitive.id = ${authorId} and sensitive.sensitized_at is not null), '')`
export const documentColumns = sql.raw('d.body, d.envelope, d.etag')

export const documentOf = ({ body, envelope, etag }: DocumentColumns): Document | null =>
  etag === null ? null : { body, envelope, etag }

/** Adds the version of the local emojis, as documents that show an emoji change with it. */
const fullFingerprint = (fingerprint: string): SQL =>
  sql`${fingerprint}::text || coalesce((select '-' || e.version from documents e where e.uri = ${sql.raw(`'${emojisUri}'`)}), '')`

/**
 * Makes documents, and stores the lasting ones.
 *
 * @param make reads the subjects and returns their documents by URI; it is called after the stored versions were read
 */
export async function makeDocuments(
  db: Db,
  fingerprint: string,
  uris: string[],
  make: () => Promise<Map<string, Made>>,
): Promise<Map<string, Document>> {
  if (uris.length === 0) return new Map()
  const { rows: noted } = await db.execute<{ uri: string; version: string | null; fingerprint: string }>(sql`
    select asked.uri, d.version::text, ${fullFingerprint(fingerprint)} || ${sensitivity(sql`(select s.account_id from statuses s where s.uri = asked.uri)`)} as fingerprint
    from json_array_elements_text(${JSON.stringify(uris)}::json) asked(uri) left join documents d on d.uri = asked.uri`)
  const made = [...(await make())].map(([uri, document]) => ({
    uri,
    ...document,
    etag: etagOf(document, fingerprint),
    ...noted.find((row) => row.uri === uri),
  }))
  const lasting = made.filter(({ isLasting }) => isLasting)
  if (lasting.length > 0) await whereThereIsRoom(() => keep(db, lasting))
  return new Map(made.map(({ uri, body, envelope, etag }) => [uri, { body, envelope, etag }]))
}

/** Does not wait for a transaction that changes a subject at this moment: then nothing is stored. */
async function keep(db: Db, made: object[]): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await tx.execute(sql`select set_config('lock_timeout', '100ms', true)`)
      // A stored document is replaced only if its version is unchanged; a new one is stored only if there is none yet.
      await tx.execute(sql`
        insert into documents (uri, version, fingerprint, body, envelope, etag)
        select uri, coalesce(version, nextval(pg_get_serial_sequence('documents', 'version'))), fingerprint, body, envelope, etag
        from json_to_recordset(${JSON.stringify(made)}::json) as m(uri text, version bigint, fingerprint text, body text, envelope text, etag text) order by uri
        on conflict (uri) do update set fingerprint = excluded.fingerprint, body = excluded.body, envelope = excluded.envelope, etag = excluded.etag, made_at = now()
        where documents.version = excluded.version`)
    })
  } catch (error) {
    if (sqlState(error) !== lockNotAvailable) throw error
  }
}

const lockNotAvailable = '55P03'

function etagOf({ body, envelope }: Omit<Document, 'etag'>, fingerprint: string): string {
  return createHash('sha256')
    .update(`${fingerprint}\n${body ?? ''}\n${envelope ?? ''}`)
    .digest('base64url')
    .slice(0, 22)
}
