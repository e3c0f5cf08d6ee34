import { asList, isObject, type JsonObject, typesOf } from '../documents/json.ts'

/** Rewrites a podcast episode as an Audio: Castopod has its text and its file each in an object of its own. */
export function flattenEpisode(json: JsonObject): JsonObject {
  if (!typesOf(json).includes('PodcastEpisode')) return json
  const audio = isObject(json['audio']) ? json['audio'] : {}
  const description = isObject(json['description']) ? json['description'] : {}
  return {
    ...json,
    type: 'Audio',
    name: json['name'] ?? audio['name'],
    content: description['content'],
    contentMap: description['contentMap'],
    mediaType: description['mediaType'],
    duration: audio['duration'],
    url: [...asList(audio['url']), { type: 'Link', mediaType: 'text/html', href: json['id'] }],
  }
}
