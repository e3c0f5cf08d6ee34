/** Fetches previews of linked pages, once for all statuses that link a page. */
import { eq, sql } from 'drizzle-orm'
import { processImage } from '../../media/images.ts'
import { type PendingFiles, pendingFiles } from '../../media/pending-files.ts'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { cards } from '../../platform/db/schema/cards.ts'
import { Refusal } from '../../platform/errors.ts'
import { HttpError, type HttpResponse } from '../../platform/http/client.ts'
import type { CardId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import { askHost, checkHostUp, hostKey, isTrouble, HostUnavailable, acquireHost } from '../../platform/queue/hosts.ts'
import { authorOf } from './attribution.ts'
import { decodePage } from './charset.ts'
import { type Embed, fetchEmbed } from './oembed.ts'
import { readPage } from './page.ts'

const log = getLogger('cards')

/** Enough for the head of a page. */
const maxPageBytes = 1_048_576
const maxImageBytes = 8_388_608
const timeoutMs = 10_000

type Card = typeof cards.$inferSelect
type Fresh = Pick<
  Card,
  | 'type'
  | 'title'
  | 'description'
  | 'language'
  | 'authorName'
  | 'authorUrl'
  | 'authorAccountId'
  | 'providerName'
  | 'providerUrl'
  | 'width'
  | 'height'
  | 'imageFile'
  | 'imageDescription'
  | 'blurhash'
  | 'publishedAt'
>

/** The `card` job: fetches a page and stores its preview. A failure is recorded; an earlier preview stays. */
export async function fetchCard(app: App, id: CardId): Promise<void> {
  const [card] = await app.db.select({ url: cards.url }).from(cards).where(eq(cards.id, id))
  if (!card) return
  using _host = acquireHost(app, 'fetch', card.url)
  await using stored = pendingFiles(app.storage)
  let fresh: Fresh | null = null
  try {
    fresh = app.uris.isOwn(card.url) ? null : await describe(app, card.url, stored)
  } catch (error) {
    if (!(error instanceof HttpError) || error instanceof HostUnavailable) throw error
    log.debug('No preview of {url}: {reason}', { url: card.url, reason: error.message })
  }
  if (await app.db.transaction((tx) => save(tx, id, fresh))) stored.keep()
}

async function describe(app: App, url: string, stored: PendingFiles): Promise<Fresh | null> {
  const host = hostKey(url)
  checkHostUp(app, host)
  const page = await askHost(
    app,
    host,
    () =>
      app.http.request(url, {
        purpose: 'media',
        headers: () => ({ accept: 'text/html, application/xhtml+xml;q=0.9' }),
        maxBytes: maxPageBytes,
        truncates: true,
        timeoutMs,
      }),
    { isTroubled: isTrouble },
  )
  if (page.status !== 200 || !isHtml(page)) return null
  const details = readPage(decodePage(page.body, page.headers.get('content-type') ?? ''), page.url)
  const isPoor = details.title === '' || details.imageUrl === null || details.authorName === ''
  const embed: Embed | null = isPoor && details.oembedUrl ? await fetchEmbed(app.http, details.oembedUrl) : null
  const title = details.title || embed?.title || ''
  if (title === '') return null

  const image = await storeImage(app, details.imageUrl ?? embed?.imageUrl ?? null, stored)
  const { hostname, origin } = new URL(page.url)
  return {
    type: embed?.isPhoto && image ? 'photo' : 'link',
    title,
    description: details.description,
    language: details.language,
    authorName: details.authorName || embed?.authorName || '',
    authorUrl: details.authorUrl || embed?.authorUrl || '',
    authorAccountId: details.creator === null ? null : await authorOf(app, details.creator, page.url),
    providerName: details.siteName || embed?.siteName || hostname.replace(/^www\./, ''),
    providerUrl: origin,
    width: image?.width ?? 0,
    height: image?.height ?? 0,
    imageFile: image?.file ?? null,
    imageDescription: image ? details.imageDescription : '',
    blurhash: image?.blurhash ?? null,
    publishedAt: details.publishedAt,
  }
}

const isHtml = ({ headers }: HttpResponse): boolean =>
  /^(text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type') ?? '')

/** Fetches an image, shrinks it and encodes it again. Null when it can't be fetched or read. */
async function storeImage(
  app: App,
  url: string | null,
  stored: PendingFiles,
): Promise<{ file: string; width: number; height: number; blurhash: string } | null> {
  if (url === null || app.uris.isOwn(url)) return null
  try {
    const { status, body } = await app.http.request(url, {
      purpose: 'media',
      headers: () => ({ accept: 'image/*, */*;q=0.5' }),
      maxBytes: maxImageBytes,
      timeoutMs,
    })
    if (status !== 200) return null
    const { preview, previewWidth, previewHeight, blurhash } = await processImage(body)
    return { file: await stored.put('webp', preview), width: previewWidth, height: previewHeight, blurhash }
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    return null
  }
}

/** @returns false when the card was deleted meanwhile */
async function save(tx: Tx, id: CardId, fresh: Fresh | null): Promise<boolean> {
  const [before] = await tx.select({ imageFile: cards.imageFile }).from(cards).where(eq(cards.id, id)).for('update')
  if (!before) return false
  await tx
    .update(cards)
    .set({ ...(fresh ? { ...fresh, isUsable: true } : {}), fetchedAt: sql`now()` })
    .where(eq(cards.id, id))
  if (fresh && before.imageFile) await emit(tx, { type: 'files.orphaned', files: [before.imageFile] })
  return true
}

/** Days that a preview stays after the last status that linked it. */
const unusedDays = 7

/** Deletes up to `limit` previews that no status links any more, with their images; returns their number. */
export async function removeUnusedCards(tx: Tx, limit: number): Promise<number> {
  const past = sql`now() - ${unusedDays} * interval '1 day'`
  // Two conditions rather than a `coalesce`, which could not use the index.
  const { rows } = await tx.execute<{ file: string | null }>(sql`
    delete from cards where id = any(array(
      select c.id from cards c
      where (c.fetched_at < ${past} or (c.fetched_at is null and c.created_at < ${past})) and not exists (select from status_cards s where s.card_id = c.id)
      limit ${limit} for update skip locked))
    returning image_file as file`)
  const files = rows.flatMap(({ file }) => file ?? [])
  for (let i = 0; i < files.length; i += 100) await emit(tx, { type: 'files.orphaned', files: files.slice(i, i + 100) })
  return rows.length
}
