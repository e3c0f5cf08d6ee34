/** Publishers: hosts of linked pages that trend. Moderators decide about all pages of one at once. */
import { eq, sql } from 'drizzle-orm'
import { requirePermission, type Staff } from '../../accounts/roles/staff.ts'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { type Page, settle, slice } from '../../platform/db/page.ts'
import { linkPublishers } from '../../platform/db/schema/cards.ts'
import { newId } from '../../platform/ids.ts'
import { hostOfPage } from './allowed.ts'

export type Publisher = typeof linkPublishers.$inferSelect
export type PublisherId = Publisher['id']

/** Records the hosts of links that trend for the first time, so that moderators are asked about them. */
export async function recordPublishers(tx: Tx): Promise<void> {
  const { rows } = await tx.execute<{ domain: string }>(sql`
    select distinct ${hostOfPage(sql`c.url`)} as domain from trending_cards trend join cards c on c.id = trend.card_id
    where not exists (select from link_publishers p where p.domain = ${hostOfPage(sql`c.url`)}) order by 1`)
  if (rows.length === 0) return
  await tx
    .insert(linkPublishers)
    .values(rows.map(({ domain }) => ({ id: newId<PublisherId>(), domain, requestedReviewAt: sql`now()` })))
    .onConflictDoNothing()
}

/** A page of all publishers, the latest first. @throws Refusal `not_permitted` */
export async function listPublishers(db: Reader, staff: Staff, page: Page): Promise<Publisher[]> {
  requirePermission(staff, 'manage_taxonomies')
  const { where, orderBy, limit } = slice(linkPublishers.id, page)
  return settle(page, await db.select().from(linkPublishers).where(where).orderBy(orderBy).limit(limit))
}

/** @throws Refusal `not_permitted` */
export async function publisherById(db: Reader, staff: Staff, id: PublisherId): Promise<Publisher | null> {
  requirePermission(staff, 'manage_taxonomies')
  const [found] = await db.select().from(linkPublishers).where(eq(linkPublishers.id, id))
  return found ?? null
}

/** The publishers with some hosts, those without a decision first. @throws Refusal `not_permitted` */
export async function publishersNamed(db: Reader, staff: Staff, domains: readonly string[]): Promise<Publisher[]> {
  requirePermission(staff, 'manage_taxonomies')
  if (domains.length === 0) return []
  return db
    .select()
    .from(linkPublishers)
    .where(isOneOf(linkPublishers.domain, domains))
    .orderBy(sql`${linkPublishers.isTrendable} nulls first`, linkPublishers.domain)
}
