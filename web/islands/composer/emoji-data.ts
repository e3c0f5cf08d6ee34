/** The emojis of the picker, loaded once, when they are first needed. */

/** The text that it stands for, its name, further words to find it by, and its picture. */
export type Emoji = [text: string, name: string, words: string, picture?: string]
export type EmojiGroup = { name: string; emojis: Emoji[] }

let loaded: Promise<EmojiGroup[]> | undefined

export const loadEmojis = (): Promise<EmojiGroup[]> =>
  (loaded ??= fetch('/compose/emojis.json')
    .then((answer) => (answer.ok ? (answer.json() as Promise<EmojiGroup[]>) : []))
    .catch(() => {
      loaded = undefined
      return []
    }))

/** The emojis whose name or words contain a text; first those with it as a whole word, then those whose name begins with it. */
export function findEmojis(groups: readonly EmojiGroup[], wanted: string, max: number): Emoji[] {
  const text = wanted.toLowerCase().replaceAll('_', ' ')
  const all = groups.flatMap(({ emojis }) => emojis)
  const rank = ([, name, words]: Emoji): number => {
    const plain = name.toLowerCase().replaceAll('_', ' ')
    const others = words.toLowerCase().replaceAll('_', ' ')
    const place = plain.startsWith(text)
      ? plain.length
      : plain.includes(text)
        ? 200
        : others.includes(text)
          ? 300
          : Infinity
    return ` ${plain} ${others} `.includes(` ${text} `) ? place - 300 : place
  }
  return all
    .map((emoji) => [rank(emoji), emoji] as const)
    .filter(([place]) => place < Infinity)
    .toSorted(([a], [b]) => a - b)
    .slice(0, max)
    .map(([, emoji]) => emoji)
}

/** The emoji itself, or its picture. */
export function faceOf([text, , , picture]: Emoji): Node {
  if (!picture) return document.createTextNode(text)
  const image = document.createElement('img')
  Object.assign(image, { src: picture, alt: '', width: 24, height: 24, loading: 'lazy' })
  return image
}
