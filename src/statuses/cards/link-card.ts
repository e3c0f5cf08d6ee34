/** Chooses the page whose preview a status shows. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import { emit } from '../../outbox/emit.ts'
import type { Tx } from '../../platform/db/index.ts'
import { cards, statusCards } from '../../platform/db/schema/cards.ts'
import { statuses } from '../../platform/db/schema/statuses.ts'
import { type CardId, newId, type StatusId } from '../../platform/ids.ts'
import { htmlLinksIn } from '../../text/html/links.ts'

/** Links of one status that are considered. */
const maxLinks = 10
/** Bytes of a page's address: an index entry of PostgreSQL has room for 2,704. */
const maxUrlBytes = 2_048
/** When a status links a page again, a preview older than this is fetched again; sooner after a failure. */
const staleDays = 14
const failedDays = 1

/**
 * Gives a status the preview of the first page that it links, or removes its preview. A status with files has none, as files
 * take its room. Links to known accounts and statuses are skipped. A job fetches the page, once for all statuses that link it.
 */
export async function linkCard(tx: Tx, statusId: StatusId): Promise<void> {
  const [status] = await tx
    .select({
      content: statuses.content,
      hasMedia: statuses.hasMedia,
      isLocal: statuses.isLocal,
      before: statusCards.cardId,
    })
    .from(statuses)
    .leftJoin(statusCards, eq(statusCards.statusId, statuses.id))
    .where(and(eq(statuses.id, statusId), isNull(statuses.deletedAt)))
  if (!status) return
  const url = status.hasMedia ? null : await firstPage(tx, status.content)
  const cardId = url === null ? null : await cardOf(tx, url, status.isLocal)
  if (cardId === status.before) return
  if (cardId === null) await tx.delete(statusCards).where(eq(statusCards.statusId, statusId))
  else
    await tx
      .insert(statusCards)
      .values({ statusId, cardId })
      .onConflictDoUpdate({ target: statusCards.statusId, set: { cardId } })
}

/** Whether a text has a link that may get a preview. */
export const linksPage = (content: string): boolean => pagesIn(content).length > 0

const pagesIn = (content: string): string[] =>
  htmlLinksIn(content)
    .filter(
      ({ classes, rel }) => !classes.some((name) => name === 'mention' || name === 'hashtag') && !rel.includes('tag'),
    )
    .slice(0, maxLinks)
    .flatMap(({ href }) => pageUrl(href) ?? [])

async function firstPage(tx: Tx, content: string): Promise<string | null> {
  const urls = pagesIn(content)
  if (urls.length === 0) return null
  const { rows } = await tx.execute<{ url: string }>(sql`
    select l.url from unnest(array[${sql.join(
      urls.map((url) => sql`${url}::text`),
      sql`, `,
    )}]) with ordinality as l(url, position)
    where not exists (select from accounts a where a.url = l.url) and not exists (select from accounts a where a.uri = l.url)
      and not exists (select from statuses s where s.url = l.url) and not exists (select from statuses s where s.uri = l.url)
    order by l.position limit 1`)
  return rows[0]?.url ?? null
}

/** The URL of a link without its fragment; null for other schemes and for one that is too long. */
function pageUrl(href: string): string | null {
  const url = URL.parse(href)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null
  url.hash = ''
  return Buffer.byteLength(url.href) <= maxUrlBytes ? url.href : null
}

async function cardOf(tx: Tx, url: string, isLocal: boolean): Promise<CardId | null> {
  const [made] = await tx
    .insert(cards)
    .values({ id: newId<CardId>(), url })
    .onConflictDoNothing({ target: cards.url })
    .returning({ id: cards.id })
  if (made) {
    await emit(tx, { type: 'card.wanted', cardId: made.id, isLocal })
    return made.id
  }
  const [card] = await tx
    .select({
      id: cards.id,
      isStale: sql<boolean>`coalesce(${cards.fetchedAt}, ${cards.createdAt}) < now() - case when ${cards.isUsable} then ${staleDays}::int else ${failedDays}::int end * interval '1 day'`,
    })
    .from(cards)
    .where(eq(cards.url, url))
  // Jobs for one page share a key, so that many statuses cause one request.
  if (card?.isStale) await emit(tx, { type: 'card.wanted', cardId: card.id, isLocal })
  return card?.id ?? null
}
