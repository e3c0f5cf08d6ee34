/**
 * Older servers end the text of a status with a link to what it quotes (`RE: https://…`), for those that know no quotes. Who shows the quote
 * hides that line, by the class that newer ones give it.
 */
import { isSameOrigin } from '../json.ts'

/** UTF-16 units at the end of a text in which the line is looked for. */
const maxLine = 5_000
const maxBreaks = 200

/** What may stand before it on its line: breaks, and the beginnings of elements. */
const before = /(<p>\s*)?((?:<br\s*\/?>\s*)*)(<span>\s*)?(<bdi>)?$/i
const line = /^RE:(<\/bdi>)?\s*(?:<br\s*\/?>)?\s*(<\/span>)?\s*(<a\s[^<>]*>(?:[^<]|<\/?(?:span|wbr)\b[^<>]*>)*<\/a>)((?:\s*<\/(?:span|p|div)>)*\s*)$/i

/** The HTML of a status with that line marked, where there is one. */
export function withQuoteLineMarked(html: string, quoted: string): string {
  const start = html.lastIndexOf('RE:')
  if (start < 0 || html.length - start > maxLine || html.includes('quote-inline')) return html
  const [matched, , spanEnd = '', link = '', rest = ''] = line.exec(html.slice(start)) ?? []
  const [, href = ''] = /\shref\s*=\s*["']([^"']*)["']/i.exec(link) ?? []
  if (matched === undefined || !isSameOrigin(href.replaceAll('&amp;', '&'), quoted)) return html

  const [lead = '', paragraph, breaks = '', spanStart] = before.exec(html.slice(Math.max(0, start - maxBreaks), start)) ?? []
  const kept = html.slice(0, start - lead.length)
  if (paragraph) return `${kept}<p class="quote-inline">${breaks}RE: ${link}${spanStart && !spanEnd ? rest.replace(/<\/span>/i, '') : rest}`
  // The element that the text before it stands in ends before, not within, the line.
  return `${kept}${spanStart ? '' : spanEnd}<span class="quote-inline">${breaks}RE: ${link}</span>${spanStart && !spanEnd ? rest.replace(/<\/span>/i, '') : rest}`
}
