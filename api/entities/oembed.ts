import type { Uris } from '#src/platform/uris.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { escapeAttribute, escapeText } from '#src/text/html/escape.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { toDate } from './dates.ts'

const dayInSeconds = 86_400
const usualWidth = 400

export type Frame = { maxWidth?: number | undefined; maxHeight?: number | undefined }

/**
 * A status as other sites embed it: a quotation that needs no script and no frame.
 *
 * @see https://oembed.com
 */
export function toOEmbed(view: StatusView, uris: Uris, title: string, { maxWidth, maxHeight }: Frame) {
  const { account } = view
  const name = account.displayName || account.username
  return {
    type: 'rich',
    version: '1.0',
    title: `New post by ${name}`,
    author_name: name,
    author_url: account.url,
    provider_name: title,
    provider_url: uris.origin,
    cache_age: dayInSeconds,
    html: quotation(view, `${name} (@${account.username}@${uris.handleHost})`),
    width: maxWidth === undefined ? usualWidth : Math.min(Math.max(maxWidth, 0), usualWidth),
    height: maxHeight === undefined ? null : Math.max(maxHeight, 0),
  }
}

/** The text of a status with a content warning is left out. */
function quotation({ content, spoilerText, url, createdAt }: StatusView, author: string): string {
  const link = escapeAttribute(url)
  const text = spoilerText === '' ? shownHtml(content, true) : `<p>${escapeText(spoilerText)}</p>`
  return `<blockquote cite="${link}">${text}<footer>${escapeText(author)}, <a href="${link}">${toDate(createdAt)}</a></footer></blockquote>`
}
