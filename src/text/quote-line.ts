import { linkHtml, statusLinkRel } from './entity-html.ts'
import { escapeAttribute } from './html/escape.ts'

/**
 * The HTML of a status that quotes another one: a line above says so to those whose apps or servers don't know quotes; the others hide it by
 * its class. A text that links the quoted page has said it already.
 */
export function withQuoteLine(content: string, quotedPage: string): string {
  if (content.includes(`href="${escapeAttribute(quotedPage)}"`)) return content
  return `<p class="quote-inline">RE: ${linkHtml(quotedPage, statusLinkRel)}</p>${content}`
}
