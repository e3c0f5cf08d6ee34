import { plainText } from '#src/text/clean.ts'
import { asList, isObject, type JsonObject, linkOf, textOf } from '../documents/json.ts'

const maxSizes = 16
/** Pixels; larger pictures were not made for the web. */
const maxWidth = 4_096
const maxText = 1_500

/** A picture as an object or URL, or a list of several sizes, of which the largest counts. */
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

/** The alternative text of a picture, film or sound. Servers put it into different properties. */
export function descriptionOf(file: JsonObject, places: readonly string[] = ['summary', 'name']): string {
  const description = places.map((place) => textOf(file, place) ?? '').find((each) => each.trim() !== '') ?? ''
  return plainText(description.slice(0, maxText))
}

function widthOf(image: unknown): number {
  const width = isObject(image) ? image['width'] : 0
  return typeof width === 'number' && width > 0 && width <= maxWidth ? width : 0
}
