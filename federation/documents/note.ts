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

/** Whom a status is addressed to: by its visibility, and who is named in it or boosted by it. */
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

/** A local status as an object, without context: it stands alone or within an activity. */
export const toNote = (status: StatusView, uris: Uris, around?: Surroundings): JsonObject => ({
  ...toUncountedNote(status, uris, around),
  ...toCounts(status),
})

/** How often it was favourited and boosted; who did stays between them and the author. */
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

/** The same without what changes as often as somebody favourites it. */
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
    sensitive: status.isSensitive,
    inReplyTo: status.inReplyToUri,
    ...approvalTerms('reply', status.approvalUri),
    // Which posts a thread of ours has is for us to say.
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

/** What the author added comes along; all others, and these once more, are on the next page. */
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
      // Some servers read the description from one, some from the other.
      name: media.description || null,
      summary: media.description || null,
      width: media.width,
      height: media.height,
      blurhash: media.blurhash,
      focalPoint: [media.focusX, media.focusY],
      ...(media.durationSeconds ? { duration: `PT${media.durationSeconds}S` } : {}),
      // What stands for a film until it is played.
      ...(media.previewFile && media.kind !== 'image'
        ? { icon: { type: 'Image', mediaType: mediaTypeOf(media.previewFile), url: uris.file(media.previewFile) } }
        : {}),
    },
  ]
}
