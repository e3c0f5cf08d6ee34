/** A status as it will look, while its author still writes it. Nothing is checked, and nothing is looked up on other servers. */
import { resolveMentions } from '../accounts/resolve-mentions.ts'
import { type EmojiView, loadEmojiViews } from '../media/emojis/views.ts'
import type { App } from '../platform/app.ts'
import { limits } from '../rules/limits.ts'
import { plainText } from '../text/clean.ts'
import { hashtagsIn, mentionsIn } from '../text/extract.ts'
import { render, type TextFormat } from '../text/render.ts'
import { tagPages, usableTags } from './tags.ts'

export type Preview = { content: string; emojis: EmojiView[] }

/** The HTML of a typed text, with the emojis in it and in the other texts. Unknown mentions stay text. */
export async function previewText(
  app: App,
  typed: string,
  format: TextFormat,
  others: readonly string[],
): Promise<Preview> {
  const text = plainText(typed.slice(0, limits.status.maxSourceLength)).trim()
  const onlyHere: App = { ...app, remote: { ...app.remote, account: async () => null } }
  const { links } = await resolveMentions(onlyHere, mentionsIn(text, format))
  const tags = await usableTags(app.db, hashtagsIn(text, format))
  const content = render(text, format, { mentions: links, tagUrl: tagPages(app.uris, tags) })
  const texts = [content, ...others]
  const emojisIn = await loadEmojiViews(app.db, [{ domain: null, texts }])
  return { content, emojis: emojisIn(null, texts) }
}
