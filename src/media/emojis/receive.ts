import { sql } from 'drizzle-orm'
import type { Tx } from '../../platform/db/index.ts'
import { type EmojiId, newId } from '../../platform/ids.ts'

/** A custom emoji as another server describes it: what a shortcode stands for in texts of its accounts. */
export type RemoteEmoji = { shortcode: string; url: string }

/** Remembers the emojis of a server, which texts from there name. They come with every text: mostly nothing is new. */
export async function receiveEmojis(tx: Tx, domain: string, emojis: readonly RemoteEmoji[] = []): Promise<void> {
  const rows = [...new Map(emojis.map((emoji) => [emoji.shortcode, emoji])).values()].map((emoji) => ({
    ...emoji,
    id: newId<EmojiId>(),
  }))
  if (rows.length === 0) return
  // In one order for all, so that two texts with the same ones don't wait for each other.
  await tx.execute(sql`
    insert into custom_emojis (id, shortcode, domain, remote_url, is_listed)
    select id, shortcode, ${domain}, url, false from json_to_recordset(${JSON.stringify(rows)}::json) as given(id bigint, shortcode text, url text) order by shortcode
    on conflict (shortcode, coalesce(domain, '')) do update set remote_url = excluded.remote_url, updated_at = now()
    where custom_emojis.remote_url is distinct from excluded.remote_url`)
}
