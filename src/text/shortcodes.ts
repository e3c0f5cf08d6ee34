/**
 * The `:shortcodes:` of custom emojis in texts. Other servers allow dots, hyphens and plus signs in names, and emojis side by side
 * and behind words. So the text alone doesn't decide: a name between two colons is a shortcode if its emoji is known.
 */

/** Local and remote names; local ones have no dots, hyphens and plus signs. */
const shortcode = /^[A-Za-z0-9_.+-]{1,64}$/
const maxLength = 64
/** Emojis of one text that are looked up; further ones stay text. */
const maxShortcodes = 100

/** Whether a name may be a part of a time or an IPv6 address. */
const isNumber = (name: string): boolean =>
  /^[0-9]+$/.test(name) || (/^[0-9a-f]{1,4}$/i.test(name) && /[0-9]/.test(name))
const isShort = (name: string): boolean => name.length <= 2 || /^[a-f]{1,4}$/i.test(name)
const isWord = (character: string): boolean => /[A-Za-z0-9]/.test(character)

/** Whether a custom emoji can have a name. */
export const isShortcode = (name: string): boolean => shortcode.test(name)

/** The possible shortcodes of a text, each once. */
export function shortcodesIn(text: string): string[] {
  const found = new Set<string>()
  for (const { name } of candidates(text)) {
    found.add(name)
    if (found.size === maxShortcodes) break
  }
  return [...found]
}

/** A text with its shortcodes replaced; a shortcode without a replacement stays. */
export function replaceShortcodes(text: string, replacement: (shortcode: string) => string | undefined): string {
  let written = ''
  let end = 0
  for (const { name, from, to } of candidates(text)) {
    const replaced = from < end ? undefined : replacement(name)
    if (replaced === undefined) continue
    written += text.slice(end, from) + replaced
    end = to
  }
  return written + text.slice(end)
}

/** Possible shortcodes, with their colons: two neighbours may share one. Times and addresses have none. */
function* candidates(text: string): Generator<{ name: string; from: number; to: number }> {
  let isAddress = false
  for (let from = text.indexOf(':'), next = 0; from >= 0; from = next) {
    next = text.indexOf(':', from + 1)
    if (text.startsWith('//', from + 1)) isAddress = true
    const between = next < 0 ? '' : text.slice(from + 1, next)
    const isName =
      !isAddress &&
      between.length <= maxLength &&
      shortcode.test(between) &&
      isSeparate(between, text.charAt(from - 1), text.charAt(next + 1))
    if (isName) yield { name: between, from, to: next + 1 }
    if (/[\s<>"]/.test(between)) isAddress = false
  }
}

function isSeparate(name: string, before: string, after: string): boolean {
  if (isNumber(name)) return !isWord(before) && !isWord(after)
  return !(isShort(name) && isWord(before) && isWord(after))
}
