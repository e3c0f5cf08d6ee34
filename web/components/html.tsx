/** HTML of statuses and profiles, made safe once more where it is shown, its links led to pages of ours. */
import type { FC } from 'hono/jsx'
import { raw } from 'hono/html'
import { LRUCache } from 'lru-cache'
import { escapeAttribute } from '#src/html/escape.ts'
import { sanitizeHtml, sanitizeOwnHtml } from '#src/html/sanitize.ts'
import type { MentionView, TagView } from '#src/statuses/views.ts'

type Props = {
  html: string
  /** Whether this server made it, from the text of one of its accounts. */
  isOwn: boolean
  language?: string | null
  mentions?: MentionView[]
  tags?: TagView[]
  class?: string
}

export const Html: FC<Props> = ({ html, isOwn, language, mentions = [], tags = [], class: className = 'prose' }) => {
  return (
    <div class={className} dir="auto" {...(language ? { lang: language } : {})}>
      {raw(ledHome(safe(html, isOwn), mentions, tags))}
    </div>
  )
}

/** The same for what stands within a line. */
export const InlineHtml: FC<Pick<Props, 'html' | 'isOwn'>> = ({ html, isOwn }) => <span dir="auto">{raw(safe(html, isOwn))}</span>

/** Sanitising takes about 0.2 ms a post, and the same posts are shown again and again. Sizes are in UTF-16 units. */
const known = new LRUCache<string, string>({ maxSize: 8_000_000, sizeCalculation: (value, key) => value.length + key.length + 1 })

function safe(html: string, isOwn: boolean): string {
  const key = `${isOwn ? 'own' : 'foreign'} ${html}`
  const before = known.get(key)
  if (before !== undefined) return before
  const after = isOwn ? sanitizeOwnHtml(html) : sanitizeHtml(html)
  known.set(key, after)
  return after
}

/** Mentions and hashtags lead to their pages here, where people can act on them, rather than to other servers. */
function ledHome(html: string, mentions: MentionView[], tags: TagView[]): string {
  if (mentions.length === 0 && tags.length === 0) return html
  const pages = new Map(mentions.flatMap(({ acct, url, uri }) => [url, uri].map((target) => [target, `/@${acct}`] as const)))
  const names = new Map(tags.flatMap(({ name, displayName }) => [name, displayName.toLowerCase()].map((key) => [key, name] as const)))
  // After sanitising, every link starts with its `href`, in double quotes.
  return html.replace(/<a href="([^"]*)"([^>]*)>/g, (link, href: string, others: string) => {
    const target = href.replaceAll('&amp;', '&')
    const page = pages.get(target) ?? (/class="[^"]*\bhashtag\b/.test(others) || /rel="tag/.test(others) ? tagPage(target, names) : undefined)
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
