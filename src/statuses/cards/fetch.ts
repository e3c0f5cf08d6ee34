/** Previews of linked pages, fetched once for all who link them. */
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
import { askHost, checkUp, hostKey, isTrouble, PutOff, takeHost } from '../../platform/queue/hosts.ts'
import { authorOf } from './attribution.ts'
import { decodePage } from './charset.ts'
import { type Embed, fetchEmbed } from './oembed.ts'
import { readPage } from './page.ts'

const log = getLogger('cards')

/** A page's head stands at its beginning. */
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

/** The `card` job: asks a page what it is about. One that can't be had is remembered as such; what was known of it before stays. */
export async function fetchCard(app: App, id: CardId): Promise<void> {
  const [card] = await app.db.select({ url: cards.url }).from(cards).where(eq(cards.id, id))
  if (!card) return
  using _host = takeHost(app, 'fetch', card.url)
  await using stored = pendingFiles(app.storage)
  let fresh: Fresh | null = null
  try {
    fresh = app.uris.isOwn(card.url) ? null : await describe(app, card.url, stored)
  } catch (error) {
    if (!(error instanceof HttpError) || error instanceof PutOff) throw error
    log.debug('No preview of {url}: {reason}', { url: card.url, reason: error.message })
  }
  if (await app.db.transaction((tx) => save(tx, id, fresh))) stored.keep()
}

async function describe(app: App, url: string, stored: PendingFiles): Promise<Fresh | null> {
  const host = hostKey(url)
  checkUp(app, host)
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
  const facts = readPage(decodePage(page.body, page.headers.get('content-type') ?? ''), page.url)
  const isPoor = facts.title === '' || facts.imageUrl === null || facts.authorName === ''
  const embed: Embed | null = isPoor && facts.oembedUrl ? await fetchEmbed(app.http, facts.oembedUrl) : null
  const title = facts.title || embed?.title || ''
  if (title === '') return null

  const image = await storeImage(app, facts.imageUrl ?? embed?.imageUrl ?? null, stored)
  const { hostname, origin } = new URL(page.url)
  return {
    type: embed?.isPhoto && image ? 'photo' : 'link',
    title,
    description: facts.description,
    language: facts.language,
    authorName: facts.authorName || embed?.authorName || '',
    authorUrl: facts.authorUrl || embed?.authorUrl || '',
    authorAccountId: facts.creator === null ? null : await authorOf(app, facts.creator, page.url),
    providerName: facts.siteName || embed?.siteName || hostname.replace(/^www\./, ''),
    providerUrl: origin,
    width: image?.width ?? 0,
    height: image?.height ?? 0,
    imageFile: image?.file ?? null,
    imageDescription: image ? facts.imageDescription : '',
    blurhash: image?.blurhash ?? null,
    publishedAt: facts.publishedAt,
  }
}

const isHtml = ({ headers }: HttpResponse): boolean =>
  /^(text\/html|application\/xhtml\+xml)\b/i.test(headers.get('content-type') ?? '')

/** An image of another site, made small and written anew by us. Null where there is none to be had. */
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

/** @returns whether the card is still there */
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

/** Days that a preview stays after the last status that showed it. */
const unusedDays = 7

/** Removes up to a batch of previews that no status shows any more, with their images; returns how many there were. */
export async function removeUnusedCards(tx: Tx, limit: number): Promise<number> {
  const past = sql`now() - ${unusedDays} * interval '1 day'`
  // Two conditions rather than a `coalesce`, which no index knows.
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
