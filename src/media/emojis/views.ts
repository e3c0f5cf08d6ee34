/** The pictures of the `:shortcodes:` in texts. A shortcode stands for the emoji of that name on its author's server. */
import { and, isNull, sql } from 'drizzle-orm'
import { isOneOf } from '../../platform/db/arrays.ts'
import type { Reader } from '../../platform/db/index.ts'
import { customEmojis } from '../../platform/db/schema/instance.ts'
import { shortcodesIn } from '../../text/shortcodes.ts'

export type EmojiView = Pick<
  typeof customEmojis.$inferSelect,
  'shortcode' | 'domain' | 'file' | 'staticFile' | 'remoteUrl' | 'category' | 'isListed' | 'updatedAt'
>

export const emojiColumns = {
  shortcode: customEmojis.shortcode,
  domain: customEmojis.domain,
  file: customEmojis.file,
  staticFile: customEmojis.staticFile,
  remoteUrl: customEmojis.remoteUrl,
  category: customEmojis.category,
  isListed: customEmojis.isListed,
  updatedAt: customEmojis.updatedAt,
}

/** Texts of one server (null: ours), plain or HTML. */
export type EmojiTexts = { domain: string | null; texts: readonly (string | null)[] }

/** Finds the emojis in texts of a server, in the order of their first use. */
export type EmojisIn = (domain: string | null, texts: readonly (string | null)[]) => EmojiView[]

/**
 * Loads the emojis of all texts of a page in one query, or in none where no text has a shortcode. The result finds those of each
 * status or account: `const emojisIn = await loadEmojiViews(db, all)`, then `emojisIn(author.domain, [content, spoilerText])`.
 */
export async function loadEmojiViews(db: Reader, all: readonly EmojiTexts[]): Promise<EmojisIn> {
  const wanted = new Map<string, [shortcode: string, domain: string]>()
  for (const { domain, texts } of all) {
    for (const shortcode of namedIn(texts)) wanted.set(keyOf(shortcode, domain), [shortcode, domain ?? ''])
  }
  const found = wanted.size === 0 ? new Map<string, EmojiView>() : await find(db, [...wanted.values()])
  return (domain, texts) =>
    found.size === 0 ? [] : namedIn(texts).flatMap((shortcode) => found.get(keyOf(shortcode, domain)) ?? [])
}

async function find(db: Reader, wanted: [shortcode: string, domain: string][]): Promise<Map<string, EmojiView>> {
  // Two lists rather than pairs, for which PostgreSQL would read all emojis of all servers. A few rows too many don't hurt.
  const [shortcodes, domains] = [wanted.map(([shortcode]) => shortcode), wanted.map(([, domain]) => domain)]
  const rows = await db
    .select(emojiColumns)
    .from(customEmojis)
    .where(
      and(
        isNull(customEmojis.disabledAt),
        isOneOf(customEmojis.shortcode, shortcodes),
        isOneOf(sql`coalesce(${customEmojis.domain}, '')`, domains),
      ),
    )
  return new Map(rows.map((row) => [keyOf(row.shortcode, row.domain), row]))
}

/** The emojis of a server with these shortcodes, which are without colons, as in reactions. */
export async function emojisNamed(
  db: Reader,
  domain: string | null,
  shortcodes: readonly string[],
): Promise<EmojiView[]> {
  const emojisIn = await loadEmojiViews(db, [{ domain, texts: shortcodes.map((shortcode) => `:${shortcode}:`) }])
  return emojisIn(
    domain,
    shortcodes.map((shortcode) => `:${shortcode}:`),
  )
}

/** The emojis, out of a list, that texts use. */
export function emojisOf(texts: readonly string[], emojis: readonly EmojiView[]): EmojiView[] {
  const named = new Set(emojis.length === 0 ? [] : namedIn(texts))
  return emojis.filter(({ shortcode }) => named.has(shortcode))
}

const namedIn = (texts: readonly (string | null)[]): string[] => [
  ...new Set(texts.flatMap((text) => (text?.includes(':') ? shortcodesIn(text) : []))),
]

const keyOf = (shortcode: string, domain: string | null): string => `${shortcode} ${domain ?? ''}`
