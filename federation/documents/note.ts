import { mediaTypeOf } from '#src/platform/storage/names.ts'
import type { Uris } from '#src/platform/uris.ts'
import { noSurroundings, type Surroundings } from '#src/statuses/threads/surroundings.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { addressFor, type Audience, withGroup } from './addressing.ts'
import { toEmojiTags } from './emoji.ts'
import { toHashtag } from './hashtag.ts'
import { approvalTerms } from './interactions.ts'
import type { JsonObject } from './json.ts'
import { questionTerms } from './polls.ts'
import { interactionPolicy, quoteTerms } from './quote.ts'

/** The addresses of a status: by its visibility, its mentions, or the author that it boosts. */
export function audienceOf(
  status: Pick<StatusView, 'visibility' | 'mentions' | 'accountId' | 'audienceUri'> & { reblog?: StatusView | null },
  uris: Uris,
): Audience {
  const named = status.reblog
    ? [status.reblog.account.uri]
    : withGroup(
        status.mentions.map((mention) => mention.uri),
        status.audienceUri,
      )
  return addressFor(status.visibility, uris.followers(status.accountId), named)
}

/** A local status as an object, without context, to be sent alone or within an activity. */
export const toNote = (status: StatusView, uris: Uris, around?: Surroundings): JsonObject => ({
  ...toUncountedNote(status, uris, around),
  ...toCounts(status),
})

/** The numbers of favourites and boosts. The accounts behind them are not published. */
export const toCounts = ({
  uri,
  favouritesCount,
  reblogsCount,
}: {
  uri: string
  favouritesCount: number
  reblogsCount: number
}): JsonObject => ({ likes: toCount(`${uri}/likes`, favouritesCount), shares: toCount(`${uri}/shares`, reblogsCount) })

export const toCount = (id: string, totalItems: number): JsonObject => ({ id, type: 'Collection', totalItems })

/** The same without the counts, which change with every favourite and boost. */
export function toUncountedNote(
  status: StatusView,
  uris: Uris,
  { thread, context, ownReplies }: Surroundings = noSurroundings,
): JsonObject {
  const quote = quoteTerms(status)
  return {
    id: status.uri,
    type: 'Note',
    attributedTo: status.account.uri,
    ...audienceOf(status, uris),
    ...(status.audienceUri ? { audience: status.audienceUri } : {}),
    content: status.content,
    ...(status.language ? { contentMap: { [status.language]: status.content } } : {}),
    ...(status.spoilerText ? { summary: status.spoilerText } : {}),
    sensitive: status.isSensitive || status.account.sensitizedAt !== null,
    inReplyTo: status.inReplyToUri,
    ...approvalTerms('reply', status.approvalUri),
    // A thread that began here has our own context; any other keeps the context of its origin.
    ...(thread ? { context: uris.thread(thread) } : context && !uris.isOwn(context) ? { context } : {}),
    published: status.createdAt.toISOString(),
    ...(status.editedAt ? { updated: status.editedAt.toISOString() } : {}),
    url: status.url,
    ...questionTerms(status.poll),
    ...quote.terms,
    ...interactionPolicy(status, uris),
    tag: [
      ...status.mentions.map((mention) => ({
        type: 'Mention',
        href: mention.uri,
        name: `@${mention.username}@${mention.domain ?? uris.handleHost}`,
      })),
      ...status.tags.map((tag) => toHashtag(tag.displayName, uris)),
      ...toEmojiTags(status.emojis, uris),
      ...quote.tags,
    ],
    attachment: status.media.flatMap((media) => toAttachment(media, uris)),
    replies: toReplies(`${status.uri}/replies`, ownReplies),
  }
}

/** The author's own replies are enclosed; the next page lists all replies, including those. */
const toReplies = (id: string, items: readonly string[]): JsonObject => ({
  id,
  type: 'Collection',
  first: { type: 'CollectionPage', partOf: id, next: `${id}?page=true`, items },
})

function toAttachment(media: MediaView, uris: Uris): JsonObject[] {
  if (!media.file || media.state !== 'ready') return []
  return [
    {
      type: 'Document',
      mediaType: media.mediaType,
      url: uris.file(media.file),
      // Some servers read the description from `name`, some from `summary`.
      name: media.description || null,
      summary: media.description || null,
      width: media.width,
      height: media.height,
      blurhash: media.blurhash,
      focalPoint: [media.focusX, media.focusY],
      ...(media.durationSeconds ? { duration: `PT${media.durationSeconds}S` } : {}),
      // The still of a film until it is played.
      ...(media.previewFile && media.kind !== 'image'
        ? { icon: { type: 'Image', mediaType: mediaTypeOf(media.previewFile), url: uris.file(media.previewFile) } }
        : {}),
    },
  ]
}
