/** Turns the text that local people type into the HTML that pages, apps and other servers get. */
import { type LinkOptions, profileLinkRel, type Resolved, statusLinkRel, tokensToHtml } from './entity-html.ts'
import { markdownToHtml } from './markdown.ts'
import { scan } from './scan.ts'

export type { MentionTarget, Resolved } from './entity-html.ts'

export type TextFormat = 'plain' | 'markdown'

/**
 * The content of a status: paragraphs, line breaks, mentions, hashtags, links. Safe, and not changed by `sanitizeOwnHtml`.
 * Empty for blank text.
 *
 * @see https://docs.joinmastodon.org/spec/activitypub/#sanitization
 */
export function render(text: string, format: TextFormat, resolved: Resolved): string {
  return format === 'markdown' ? markdownToHtml(text, resolved) : paragraphs(text, resolved, { linkRel: statusLinkRel })
}

/** A biography: as a status in plain text, but its links say `rel="me"`. */
export function renderProfileNote(text: string, resolved: Resolved): string {
  return paragraphs(text, resolved, { linkRel: profileLinkRel })
}

/** The value of a profile field: one line without a paragraph around it; its links say `rel="me"`. */
export function renderFieldValue(text: string, resolved: Resolved): string {
  return tokensToHtml(scan(text.trim().replace(/\s+/g, (blank) => (blank.includes('\n') ? ' ' : blank))), resolved, {
    linkRel: profileLinkRel,
  })
}

function paragraphs(text: string, resolved: Resolved, options: LinkOptions): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  // No entity has a line feed in its text or HTML, so the HTML can be cut at line feeds.
  const html = tokensToHtml(scan(trimmed), resolved, options)
  return html
    .split(/\n(?:[^\S\n]*\n)+/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br />')}</p>`)
    .join('')
}
