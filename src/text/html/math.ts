/** A formula's source, which is read up to 5,000 UTF-16 units. */
const annotation = /<annotation\s([^<>]{0,200})>([^<]{0,5000})<\/annotation>/gi
const start = /<math(\s[^<>]*)?>/gi
const end = /<\/math\s*>/gi

/**
 * HTML with formulas replaced by their source (`$x^2$`), since without its elements MathML makes no sense.
 * Linear.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/dc88/fep-dc88.md
 */
export function mathAsSource(html: string): string {
  start.lastIndex = 0
  let result = ''
  let done = 0
  for (let found = start.exec(html); found; found = start.exec(html)) {
    end.lastIndex = start.lastIndex
    const close = end.exec(html)
    if (!close) break
    const source = sourceIn(
      html.slice(start.lastIndex, close.index),
      /\bdisplay\s*=\s*["']block["']/i.test(found[1] ?? ''),
    )
    result += html.slice(done, found.index) + (source ?? found[0])
    done = source === null ? start.lastIndex : end.lastIndex
    start.lastIndex = end.lastIndex
  }
  return result + html.slice(done)
}

function sourceIn(math: string, isBlock: boolean): string | null {
  for (const [, attributes = '', source = ''] of math.matchAll(annotation)) {
    if (/\bencoding\s*=\s*["']application\/x-tex["']/i.test(attributes))
      return isBlock ? `$$${source.trim()}$$` : `$${source.trim()}$`
    if (/\bencoding\s*=\s*["']text\/plain["']/i.test(attributes)) return source
  }
  return null
}
