/** Makes text from forms, apps and other servers fit to be stored and shown. */
import { endWithout } from './trim.ts'

/** C0 controls other than tab and line feed, DEL and C1 controls: PostgreSQL refuses NUL, XML (feeds) most, and none shows anything. */
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g

/** Embeddings, overrides and isolates: they reorder the text after a name. The marks U+200E, U+200F do no harm and stay. */
const bidiControls = /[\u202A-\u202E\u2066-\u2069]/g

/** Characters that look blank at the ends of a name. */
const blank = /[\s\u200B\u2060\uFEFF]/

const maxNameBytes = 1024

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** Well-formed Unicode without control characters, lines ended by LF. Every text from outside passes this once, at the border. */
export function plainText(text: string): string {
  return text.toWellFormed().replaceAll('\r\n', '\n').replaceAll('\r', '\n').replace(controls, '')
}

/**
 * A name or title on one line: no controls, no reordering of what follows, single spaces, at most `max` grapheme clusters and 1 kB.
 * Pages still put `<bdi>` around it.
 */
export function cleanName(text: string, max: number): string {
  const line = withoutBlankEdges(
    plainText(text.slice(0, 4 * maxNameBytes))
      .replace(bidiControls, '')
      .replace(/\s+/g, ' '),
  )
  return withoutBlankEdges(cutGraphemes(line, max, maxNameBytes))
}

function withoutBlankEdges(text: string): string {
  let start = 0
  while (start < text.length && blank.test(text.charAt(start))) start += 1
  return text.slice(start, endWithout(blank, text, start))
}

/** The first `max` grapheme clusters that fit in `maxBytes` of UTF-8. */
function cutGraphemes(text: string, max: number, maxBytes: number): string {
  let result = ''
  let count = 0
  let bytes = 0
  for (const { segment } of graphemes.segment(text)) {
    count += 1
    bytes += Buffer.byteLength(segment)
    if (count > max || bytes > maxBytes) break
    result += segment
  }
  return result
}

/** Number of grapheme clusters. Linear. */
export function countGraphemes(text: string): number {
  // Segmenting costs about a microsecond a character; in ASCII without CR each is a cluster of its own.
  if (/^[\n\u0020-\u007E]*$/.test(text)) return text.length
  let count = 0
  for (const _ of graphemes.segment(text)) count += 1
  return count
}
