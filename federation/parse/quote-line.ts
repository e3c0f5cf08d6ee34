/**
 * Older servers end the text of a status with a link to the quoted one (`RE: https://…`), for servers that know no quotes. A page that
 * shows the quote hides that line, by the class that newer servers give it.
 */
import { isSameOrigin } from '../documents/json.ts'

/** UTF-16 units at the end of a text that are searched for the line. */
const maxLine = 5_000
const maxBreaks = 200

const line =
  /^RE:(<\/bdi>)?\s*(?:<br\s*\/?>\s*)?(?:(<\/span>)\s*)?(<a\s[^<>]*>(?:[^<]|<\/?(?:span|wbr)\b[^<>]*>)*<\/a>)((?:\s*<\/(?:span|p|div)>)*\s*)$/i

/** The HTML of a status with that line marked, if there is one. */
export function withQuoteLineMarked(html: string, quoted: string): string {
  const start = html.lastIndexOf('RE:')
  if (start < 0 || html.length - start > maxLine || html.includes('quote-inline')) return html
  const [matched, , spanEnd = '', link = '', rest = ''] = line.exec(html.slice(start)) ?? []
  const [, href = ''] = /\shref\s*=\s*["']([^"']*)["']/i.exec(link) ?? []
  if (matched === undefined || !isSameOrigin(href.replaceAll('&amp;', '&'), quoted)) return html

  const { lead, paragraph, breaks, spanStart } = leadOf(html.slice(Math.max(0, start - maxBreaks), start))
  const kept = html.slice(0, start - lead.length)
  const closed = spanStart && !spanEnd ? rest.replace(/<\/span>/i, '') : rest
  if (paragraph) return `${kept}<p class="quote-inline">${breaks}RE: ${link}${closed}`
  // The element around the preceding text ends before the line, not within it.
  return `${kept}${spanStart ? '' : spanEnd}<span class="quote-inline">${breaks}RE: ${link}</span>${closed}`
}

/** Breaks and opening tags before the line that belong to it. */
function leadOf(html: string): { lead: string; paragraph: string; breaks: string; spanStart: string } {
  let rest = html
  const take = (ending: RegExp): string => {
    const taken = ending.exec(rest)?.[0] ?? ''
    rest = rest.slice(0, rest.length - taken.length)
    return taken
  }
  take(/<bdi>$/i)
  const spanStart = take(/<span>\s*$/i)
  let breaks = ''
  for (let one = take(breakAtEnd); one !== ''; one = take(breakAtEnd)) breaks = one + breaks
  const paragraph = take(/<p>\s*$/i)
  return { lead: html.slice(rest.length), paragraph, breaks, spanStart }
}

const breakAtEnd = /<br\s*\/?>\s*$/i
