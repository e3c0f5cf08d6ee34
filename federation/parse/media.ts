/** Pictures, films and sounds: attachments of a post, and posts that are one file themselves. */
import type { RemoteMedia } from '#src/statuses/receive/remote-status.ts'
import { asList, isObject, type JsonObject, linkOf, text, typesOf, wholeNumber } from '../documents/json.ts'
import { descriptionOf, imageOf } from './image.ts'

const maxAttachments = 16
/** Attachments that are searched for files: some are links. */
const maxLooked = 100
/** Forms of one file, such as the sizes of a film. */
const maxForms = 100
/** Pixels; a film that is higher takes long to load. */
const goodHeight = 720
const maxSeconds = 10_000_000

/** @param type of the post: an Image, Audio or Video is a file itself; articles and events have a cover picture */
export function mediaOf(json: JsonObject, type: string): RemoteMedia[] {
  const own = type === 'Image' || type === 'Audio' || type === 'Video' ? ownFile(json) : []
  const files = [...own, ...asList(json['attachment']).slice(0, maxLooked).flatMap(attachedFile)]
  // A link post's picture is the linked page's, which its preview card shows.
  const hasCover =
    type === 'Article' || type === 'Event' || (type === 'Page' && asList(json['attachment']).length === 0)
  const shown = files.length === 0 && hasCover ? cover(json['image']) : files
  return [...new Map(shown.map((file) => [file.url, file])).values()].slice(0, maxAttachments)
}

function attachedFile(value: unknown): RemoteMedia[] {
  return isObject(value) ? fileOf(value, ['name', 'summary', 'content']) : []
}

/** Only links with a media type of a file: most links of such a post lead to pages. */
function ownFile(json: JsonObject): RemoteMedia[] {
  return fileOf(json, ['name']).filter(({ mediaType }) => /^(image|video|audio)\//.test(mediaType))
}

function cover(value: unknown): RemoteMedia[] {
  const [first] = asList(value)
  return fileOf(isObject(first) ? { type: 'Image', ...first } : { type: 'Image', url: first }, ['name', 'summary'])
}

function fileOf(file: JsonObject, descriptionPlaces: string[]): RemoteMedia[] {
  const form = bestForm(file)
  const url = linkOf(form ?? file['url'] ?? file['href'])
  if (url === null) return []
  const types = typesOf(file)
  const mediaType = mediaTypeOf(form?.['mediaType']) ?? mediaTypeOf(file['mediaType']) ?? mediaTypeByName(url)
  const kind = kindOf(types, mediaType)
  if (kind === null) return []
  const [x, y] = asList(file['focalPoint'])
  return [
    {
      kind,
      mediaType: mediaType ?? 'application/octet-stream',
      url,
      description: descriptionOf(file, descriptionPlaces),
      width: wholeNumber(form?.['width'] ?? file['width']),
      height: wholeNumber(form?.['height'] ?? file['height']),
      blurhash: blurhashOf(file['blurhash']),
      focus: { x: fraction(x), y: fraction(y) },
      durationSeconds: kind === 'image' ? null : secondsOf(file['duration']),
      previewUrl: kind === 'image' ? null : (imageOf(file['icon'] ?? file['image'])?.url ?? null),
    },
  ]
}

/** The best form of a file. Films come in many sizes; those of a stream are inside the stream's playlist link. */
function bestForm(file: JsonObject): JsonObject | null {
  const links = asList(file['url']).slice(0, maxForms).filter(isObject)
  const forms = [...links, ...links.flatMap((link) => asList(link['tag']).filter(isObject))]
    .slice(0, maxForms)
    .filter((link) => /^(video|audio|image)\/(?!.*mpegurl)/i.test(text(link['mediaType']) ?? ''))
  const whole = forms.filter((form) => isWhole(form, typesOf(file)))
  return (whole.length > 0 ? whole : forms).toSorted((one, other) => badness(one) - badness(other))[0] ?? null
}

/** Whether a form has both sound and picture: some films have separate tracks. */
function isWhole(form: JsonObject, types: string[]): boolean {
  const tracks = asList(form['attachment']).flatMap((each) =>
    isObject(each) && each['name'] === 'ffprobe_codec_type' ? (text(each['value']) ?? []) : [],
  )
  return tracks.length === 0 || (tracks.includes('audio') && (tracks.includes('video') || !types.includes('Video')))
}

function badness({ height }: JsonObject): number {
  if (typeof height !== 'number') return 0
  return height <= goodHeight ? goodHeight - height : height
}

function mediaTypeOf(value: unknown): string | null {
  const [found] = /^[a-z]{1,20}\/[a-z0-9.+-]{1,79}/i.exec(text(value) ?? '') ?? []
  return found?.toLowerCase() ?? null
}

const extensions: Record<string, string> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  avif: 'image/avif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
}

/** The media type by file name, if the server doesn't state it. */
function mediaTypeByName(url: string): string | null {
  const [, extension = ''] = /\.([a-z0-9]{3,4})$/i.exec(new URL(url).pathname) ?? []
  return extensions[extension.toLowerCase()] ?? null
}

function kindOf(types: string[], mediaType: string | null): RemoteMedia['kind'] | null {
  if (mediaType?.startsWith('image/')) return 'image'
  if (mediaType?.startsWith('video/')) return 'video'
  if (mediaType?.startsWith('audio/') && !mediaType.includes('mpegurl')) return 'audio'
  if (mediaType?.includes('mpegurl')) return 'unknown'
  if (types.includes('Image')) return 'image'
  if (types.includes('Video')) return 'video'
  if (types.includes('Audio')) return 'audio'
  // Some servers attach links to pages, too; those are in the text already.
  return types.includes('Document') ? 'unknown' : null
}

/** A duration as ISO 8601, or a number of seconds. */
function secondsOf(value: unknown): number | null {
  const [, days = '0', hours = '0', minutes = '0', seconds = '0'] =
    /^P(?:(\d{1,4})D)?T?(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?$/.exec(text(value) ?? '') ?? []
  const length =
    typeof value === 'number'
      ? value
      : ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
  return length > 0 && length <= maxSeconds ? Math.round(length * 1_000) / 1_000 : null
}

const blurhashOf = (value: unknown): string | null =>
  typeof value === 'string' && /^[\w#$%*+,\-.:;=?@[\]^{|}~]{6,100}$/.test(value) ? value : null
const fraction = (value: unknown): number => (typeof value === 'number' && Math.abs(value) <= 1 ? value : 0)
