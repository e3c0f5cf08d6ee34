import { plainText } from '#src/text/clean.ts'
import { asList, isObject, type JsonObject, linkOf, textOf } from '../documents/json.ts'

const maxSizes = 16
/** Pixels; what is larger was not made for the web. */
const maxWidth = 4_096
const maxText = 1_500

/** A picture that is given once, or in several sizes, the largest of which counts; as an object, or by its URL alone. */
export function imageOf(value: unknown): { url: string; description: string } | null {
  const found = asList(value)
    .slice(0, maxSizes)
    .flatMap((image) => {
      const url = isObject(image) ? linkOf(image['url'] ?? image['href']) : linkOf(image)
      return url === null
        ? []
        : [{ url, width: widthOf(image), description: isObject(image) ? descriptionOf(image) : '' }]
    })
  const largest = Math.max(...found.map(({ width }) => width))
  const image = found.find(({ width }) => width === largest)
  return image ? { url: image.url, description: image.description } : null
}

/** What a picture, film or sound shows, for those who don't see or hear it. Each server has its own place for that. */
export function descriptionOf(file: JsonObject, places: readonly string[] = ['summary', 'name']): string {
  const said = places.map((place) => textOf(file, place) ?? '').find((each) => each.trim() !== '') ?? ''
  return plainText(said.slice(0, maxText))
}

function widthOf(image: unknown): number {
  const width = isObject(image) ? image['width'] : 0
  return typeof width === 'number' && width > 0 && width <= maxWidth ? width : 0
}
