import type { HashtagToken } from './hashtag.ts'
import { escapeAttribute, escapeText } from './html/escape.ts'
import { type LinkToken, linkParts } from './link.ts'
import type { MentionToken } from './mention.ts'
import type { EntityToken, Token } from './scan.ts'

/** An account that a text names. `acct` is `username` for local, `username@domain` for remote ones. */
export type MentionTarget = { url: string; username: string; acct: string }

/** The targets of the entities in a text. */
export type Resolved = {
  /** By the `acct` of `mentionsIn`. A mention that is missing here stays text. */
  mentions: ReadonlyMap<string, MentionTarget>
  /** Page of a hashtag, by its key; null for one that stays text. */
  tagUrl(name: string): string | null
}

export type LinkOptions = { linkRel: string }

export const statusLinkRel = 'nofollow noopener noreferrer'

/** Links of a profile claim to belong to the same person; other sites verify that by `me`. */
export const profileLinkRel = `me ${statusLinkRel}`

/** Turns tokens of one text into HTML, in the forms by which apps recognise mentions, hashtags and links. Line feeds stay as they are. */
export function tokensToHtml(tokens: readonly Token[], resolved: Resolved, options: LinkOptions): string {
  const names = namesakes(tokens, resolved)
  return tokens
    .map((token) => (token.type === 'text' ? escapeText(token.text) : entityToHtml(token, resolved, names, options)))
    .join('')
}

export function entityToHtml(
  token: EntityToken,
  resolved: Resolved,
  ambiguous: ReadonlySet<string>,
  options: LinkOptions,
): string {
  switch (token.type) {
    case 'mention':
      return mentionToHtml(token, resolved, ambiguous)
    case 'hashtag':
      return hashtagToHtml(token, resolved)
    case 'link':
      return linkToHtml(token, options)
  }
}

/** User names that stand for more than one account in a text: these are shown with their servers. */
export function namesakes(tokens: readonly Token[], resolved: Resolved): ReadonlySet<string> {
  const seen = new Map<string, string>()
  const ambiguous = new Set<string>()
  for (const token of tokens) {
    const target = token.type === 'mention' ? resolved.mentions.get(token.acct) : undefined
    if (!target) continue
    const name = target.username.toLowerCase()
    const other = seen.get(name)
    if (other !== undefined && other !== target.acct) ambiguous.add(name)
    seen.set(name, target.acct)
  }
  return ambiguous
}

function mentionToHtml(token: MentionToken, resolved: Resolved, ambiguous: ReadonlySet<string>): string {
  const target = resolved.mentions.get(token.acct)
  if (!target) return escapeText(token.text)
  const shown = ambiguous.has(target.username.toLowerCase()) ? target.acct : target.username
  return `<span class="h-card"><a href="${escapeAttribute(target.url)}" class="u-url mention">@<span>${escapeText(shown)}</span></a></span>`
}

function hashtagToHtml({ text, name, displayName }: HashtagToken, resolved: Resolved): string {
  const url = resolved.tagUrl(name)
  if (url === null) return escapeText(text)
  return `<a href="${escapeAttribute(url)}" class="mention hashtag" rel="tag">#<span>${escapeText(displayName)}</span></a>`
}

const linkToHtml = ({ text, url }: LinkToken, { linkRel }: LinkOptions): string => linkHtml(text, linkRel, url)

/** A link. The scheme and the end of a long URL are hidden by style, so that copying gives the whole URL. */
export function linkHtml(text: string, linkRel: string, url = text): string {
  const { before, shown, after } = linkParts(text)
  const middle = after === '' ? '<span>' : '<span class="ellipsis">'
  return (
    `<a href="${escapeAttribute(url)}" target="_blank" rel="${linkRel}"><span class="invisible">${escapeText(before)}</span>` +
    `${middle}${escapeText(shown)}</span><span class="invisible">${escapeText(after)}</span></a>`
  )
}
