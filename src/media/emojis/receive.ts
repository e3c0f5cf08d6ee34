import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { type EmojiId, newId } from '../../platform/ids.ts'

/** A custom emoji of another server: the picture of a shortcode in texts of its accounts. */
export type RemoteEmoji = { shortcode: string; url: string }

/** Stores the emojis of a server, which arrive with each text that uses them: mostly none is new. */
export async function receiveEmojis(tx: Tx, domain: string, emojis: readonly RemoteEmoji[] = []): Promise<void> {
  const rows = [...new Map(emojis.map((emoji) => [emoji.shortcode, emoji])).values()].map((emoji) => ({
    ...emoji,
    id: newId<EmojiId>(),
  }))
  if (rows.length === 0) return
  // In a fixed order, so that two texts with the same emojis don't deadlock.
  await tx.execute(sql`
    insert into custom_emojis (id, shortcode, domain, remote_url, is_listed)
    select id, shortcode, ${domain}, url, false from json_to_recordset(${JSON.stringify(rows)}::json) as given(id bigint, shortcode text, url text) order by shortcode
    on conflict (shortcode, coalesce(domain, '')) do update set remote_url = excluded.remote_url, updated_at = now()
    where custom_emojis.remote_url is distinct from excluded.remote_url`)
}
