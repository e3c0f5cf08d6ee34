import type { Uris } from '#src/platform/uris.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { CardView } from '#src/statuses/views/views.ts'
import { toAccount } from './account.ts'
import { toDateTime } from './dates.ts'

/**
 * The preview card of a linked page. No other site's content is ever embedded, so there is no HTML.
 *
 * @see https://docs.joinmastodon.org/entities/PreviewCard/
 */
export function toCard(view: CardView, uris: Uris) {
  const named = view.author
    ? [{ name: view.author.displayName || view.author.username, url: webUrl(view.author.url) ?? view.author.uri }]
    : []
  const written = view.authorName ? [{ name: view.authorName, url: webUrl(view.authorUrl) ?? '' }] : []
  const [first] = [...named, ...written]
  return {
    url: view.url,
    title: view.title,
    description: view.description,
    language: view.language,
    type: view.type,
    author_name: first?.name ?? '',
    author_url: first?.url ?? '',
    provider_name: view.providerName,
    provider_url: view.providerUrl,
    html: '',
    width: view.width,
    height: view.height,
    image: view.imageFile && uris.file(view.imageFile),
    image_description: view.imageDescription,
    embed_url: '',
    blurhash: view.blurhash,
    published_at: view.publishedAt && toDateTime(view.publishedAt),
    authors: first ? [{ ...first, account: view.author && toAccount(view.author, uris) }] : [],
  }
}
