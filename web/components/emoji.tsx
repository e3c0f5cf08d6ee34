/** Replaces shortcodes of custom emojis by pictures, in text only: not in tags, nor in code. */
import { raw } from 'hono/html'
import type { FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { escapeAttribute, escapeText } from '#src/text/html/escape.ts'
import { replaceShortcodes } from '#src/text/shortcodes.ts'
import { type PageContext, usePage } from './page-context.ts'

const pixels = 20

/** The fields of an emoji that showing it needs. */
type Picture = Pick<EmojiView, 'shortcode' | 'file' | 'remoteUrl'>

/** Plain text with its emojis. */
export const EmojiText: FC<{ text: string; emojis: readonly Picture[] }> = ({ text, emojis }) => {
  const { remoteFile } = usePage()
  return emojis.length === 0 ? <>{text}</> : raw(withEmojis(escapeText(text), emojis, remoteFile))
}

/** @param html sanitised: `<` and `>` only delimit tags, and elements are closed */
export function withEmojis(html: string, emojis: readonly Picture[], remoteFile: PageContext['remoteFile']): string {
  if (emojis.length === 0) return html
  const pictures = new Map(emojis.flatMap((emoji) => picture(emoji, remoteFile) ?? []))
  let code = 0
  return html
    .split(/(<[^<>]*>)/)
    .map((part) => {
      if (part.startsWith('<')) {
        if (/^<(?:code|pre)\b/.test(part)) code += 1
        else if (/^<\/(?:code|pre)>/.test(part)) code -= 1
        return part
      }
      return code > 0 ? part : replaceShortcodes(part, (shortcode) => pictures.get(shortcode))
    })
    .join('')
}

function picture(
  { shortcode, file, remoteUrl }: Picture,
  remoteFile: PageContext['remoteFile'],
): [[string, string]] | null {
  const remote = remoteUrl && webUrl(remoteUrl)
  const url = file ? `/media/${file}` : remote && remoteFile(remote, 'emoji')
  if (!url) return null
  return [
    [
      shortcode,
      `<img class="emoji" src="${escapeAttribute(url)}" alt=":${shortcode}:" title=":${shortcode}:" ` +
        `width="${pixels}" height="${pixels}" loading="lazy" decoding="async">`,
    ],
  ]
}
