import { asList, isObject, type JsonObject, typesOf } from '../documents/json.ts'

/** An episode of a podcast as other sounds are: Castopod has its words and its file each in an object of its own. */
export function withEpisodeLaidOpen(json: JsonObject): JsonObject {
  if (!typesOf(json).includes('PodcastEpisode')) return json
  const audio = isObject(json['audio']) ? json['audio'] : {}
  const words = isObject(json['description']) ? json['description'] : {}
  return {
    ...json,
    type: 'Audio',
    name: json['name'] ?? audio['name'],
    content: words['content'],
    contentMap: words['contentMap'],
    mediaType: words['mediaType'],
    duration: audio['duration'],
    url: [...asList(audio['url']), { type: 'Link', mediaType: 'text/html', href: json['id'] }],
  }
}
