import { raw } from 'hono/html'
/** HTML of statuses and profiles, sanitised once more on output, with mentions and hashtags linked to local pages. */
import type { FC } from 'hono/jsx'
import type { EmojiView } from '#src/media/emojis/views.ts'
import type { MentionView, TagView } from '#src/statuses/views/views.ts'
import { escapeAttribute } from '#src/text/html/escape.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { profilePath } from './account.tsx'
import { withEmojis } from './emoji.tsx'
import { usePage } from './page-context.ts'

type Props = {
  html: string
  /** Whether this server made the HTML, from a local account's text. */
  isOwn: boolean
  language?: string | null
  mentions?: MentionView[]
  tags?: TagView[]
  emojis?: readonly EmojiView[]
  class?: string
}

export const Html: FC<Props> = ({
  html,
  isOwn,
  language,
  mentions = [],
  tags = [],
  emojis = [],
  class: className = 'prose',
}) => {
  const { remoteFile } = usePage()
  return (
    <div class={className} dir="auto" {...(language ? { lang: language } : {})}>
      {raw(withEmojis(linkLocalPages(shownHtml(html, isOwn), mentions, tags), emojis, remoteFile))}
    </div>
  )
}

/** The same for inline HTML. */
export const InlineHtml: FC<Pick<Props, 'html' | 'isOwn' | 'emojis'>> = ({ html, isOwn, emojis = [] }) => (
  <span dir="auto">{raw(withEmojis(shownHtml(html, isOwn), emojis, usePage().remoteFile))}</span>
)

/**
 * Links mentions and hashtags to their local pages, where people can interact with them, instead of to other servers.
 */
function linkLocalPages(html: string, mentions: MentionView[], tags: TagView[]): string {
  if (mentions.length === 0 && tags.length === 0) return html
  const pages = new Map(
    mentions.flatMap((account) => [account.url, account.uri].map((target) => [target, profilePath(account)] as const)),
  )
  const names = new Map(
    tags.flatMap(({ name, displayName }) => [name, displayName.toLowerCase()].map((key) => [key, name] as const)),
  )
  // After sanitising, every link starts with its `href`, in double quotes.
  return html.replace(/<a href="([^"<>]*)"([^<>]*)>/g, (link, href: string, others: string) => {
    const target = href.replaceAll('&amp;', '&')
    const page =
      pages.get(target) ??
      (/class="[^"]*\bhashtag\b/.test(others) || /rel="tag/.test(others) ? tagPage(target, names) : undefined)
    return page ? `<a href="${escapeAttribute(page)}"${others.replace(/ target="_blank"/, '')}>` : link
  })
}

function tagPage(target: string, names: Map<string, string>): string | undefined {
  const last = target.replace(/\/$/, '').split(/[/=]/).at(-1) ?? ''
  const name = names.get(decoded(last).toLowerCase())
  return name && `/tags/${encodeURIComponent(name)}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
