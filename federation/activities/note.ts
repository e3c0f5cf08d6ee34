import { mediaTypeOf } from '#src/media/names.ts'
import type { MediaView, StatusView } from '#src/statuses/views.ts'
import type { Uris } from '#src/uris.ts'
import { addressFor, type Audience, withGroup } from '../addressing.ts'
import type { JsonObject } from '../json.ts'
import { toHashtag } from './hashtag.ts'
import { toEmojiTags } from './emoji.ts'
import { approvalTerms } from './interactions.ts'
import { questionTerms } from './polls.ts'
import { interactionPolicy, quoteTerms } from './quote.ts'

/** Whom a status is addressed to: by its visibility, and who is named in it or boosted by it. */
export function audienceOf(status: Pick<StatusView, 'visibility' | 'mentions' | 'accountId' | 'audienceUri'> & { reblog?: StatusView | null }, uris: Uris): Audience {
  const named = status.reblog ? [status.reblog.account.uri] : withGroup(status.mentions.map((mention) => mention.uri), status.audienceUri)
  return addressFor(status.visibility, uris.followers(status.accountId), named)
}

/** A local status as an object, without context: it stands alone or within an activity. */
export function toNote(status: StatusView, uris: Uris): JsonObject {
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
    published: status.createdAt.toISOString(),
    ...(status.editedAt ? { updated: status.editedAt.toISOString() } : {}),
    url: status.url,
    ...questionTerms(status.poll),
    ...quote.terms,
    ...interactionPolicy(status, uris),
    tag: [
      ...status.mentions.map((mention) => ({ type: 'Mention', href: mention.uri, name: `@${mention.username}@${mention.domain ?? uris.handleHost}` })),
      ...status.tags.map((tag) => toHashtag(tag.displayName, uris)),
      ...toEmojiTags(status.emojis, uris),
      ...quote.tags,
    ],
    attachment: status.media.flatMap((media) => toAttachment(media, uris)),
  }
}

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
      ...(media.previewFile && media.kind !== 'image' ? { icon: { type: 'Image', mediaType: mediaTypeOf(media.previewFile), url: uris.file(media.previewFile) } } : {}),
    },
  ]
}
