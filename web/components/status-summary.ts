import type { StatusView } from '#src/statuses/views/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'

/** The first words of a status, as plain text: the content warning, or the text. */
export const summaryOf = (status: Pick<StatusView, 'content' | 'spoilerText'>, maxLength = 200): string =>
  status.spoilerText || htmlToText(withoutQuoteLine(status.content)).slice(0, maxLength)

const [lineStart, lineEnd] = ['<p class="quote-inline">', '</p>']

/** A text without the line that stands for its quote on servers without quotes. */
function withoutQuoteLine(html: string): string {
  const start = html.indexOf(lineStart)
  const end = start < 0 ? -1 : html.indexOf(lineEnd, start)
  return end < 0 ? html : html.slice(0, start) + html.slice(end + lineEnd.length)
}
