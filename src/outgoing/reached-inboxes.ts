/** The inboxes that have a status, even if no account there follows its author any more. */
import { type SQL, sql } from 'drizzle-orm'

/**
 * Rows of `inbox`: inboxes that got local statuses or boosts, or will get them, or whose delivery failed, as they may
 * have them all the same. Leaves out inboxes that are gone.
 *
 * @param statusIds query for the ids
 */
export const reachedInboxes = (statusIds: SQL): SQL => sql`
  select i.url as inbox from inboxes i
  where i.id in (select unnest(o.inbox_ids) from delivery_outcomes o where o.status_id in (${statusIds})) and not exists (select from accounts gone where gone.inbox_url = i.url and gone.inbox_gone_at is not null)
  union select d.inbox_url from activities a join deliveries d on d.activity_id = a.id where a.status_id in (${statusIds})`
