import { sanitizeHtml } from './sanitize.ts'

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

/**
 * The text of HTML, for mails, notifications, search and titles: blank lines between paragraphs, `•` before list items, URLs in full.
 * The result is text, which HTML has to escape.
 */
export const htmlToText = (html: string): string => safeHtmlToText(sanitizeHtml(html))

/** The text of sanitised HTML, such as the content of stored statuses. */
export function safeHtmlToText(html: string): string {
  // Sanitised HTML has `<` and `>` in tags only, and no other than these four entities.
  const text = html
    .replace(/<br \/>/g, '\n')
    .replace(/<li[^<>]*>/g, '\n• ')
    .replace(/<rp>|<\/rp>|<\/li>/g, '')
    .replace(/<\/?(?:p|blockquote|pre|ul|ol|h[1-6])(?: [^<>]*)?>/g, '\n\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity)
  const lines = text.split('\n').map((line) => line.trimEnd())
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}
