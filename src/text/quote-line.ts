import { linkHtml, statusLinkRel } from './entity-html.ts'
import { escapeAttribute } from './html/escape.ts'

/**
 * The HTML of a status that quotes another one: a line above links the quoted page, for apps and servers without quotes; others hide it
 * by its class. A text that links the quoted page already gets no line.
 */
export function withQuoteLine(content: string, quotedPage: string): string {
  if (content.includes(`href="${escapeAttribute(quotedPage)}"`)) return content
  return lineOf(quotedPage) + content
}

/** Takes away the line that `withQuoteLine` added, if it did. */
export function withoutQuoteLine(content: string, quotedPage: string): string {
  const line = lineOf(quotedPage)
  return content.startsWith(line) ? content.slice(line.length) : content
}

const lineOf = (quotedPage: string): string => `<p class="quote-inline">RE: ${linkHtml(quotedPage, statusLinkRel)}</p>`
