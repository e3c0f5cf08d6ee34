type Element = { start: number; isFilled: boolean; stays: boolean }

/**
 * Safe HTML without the paragraphs, links and bare spans in which there is nothing to read. Linear. What cleans the HTML could
 * leave them out, too, but it copies all that it has written for each of them.
 */
export function withoutBlank(html: string): string {
  const parts: string[] = []
  const open: Element[] = []
  for (const part of html.split(/(<[^<>]*>)/)) {
    const around = open.at(-1)
    if (/^<(?:p|a|span)[ >]/.test(part))
      open.push({ start: parts.length, isFilled: false, stays: part.startsWith('<span ') })
    else if (around && (part === '</p>' || part === '</a>' || part === '</span>')) {
      open.pop()
      if (!around.isFilled && !around.stays) {
        parts.length = around.start
        continue
      }
      const outer = open.at(-1)
      if (outer && around.isFilled) outer.isFilled = true
    } else if (around && !part.startsWith('<') && part.trim() !== '') around.isFilled = true
    parts.push(part)
  }
  return parts.join('')
}
