/**
 * Safe HTML without the paragraphs and links in which there is nothing to read. Linear. What cleans the HTML could leave them out,
 * too, but it copies all that it has written for each of them.
 */
export function withoutBlank(html: string): string {
  const parts: string[] = []
  const open: { start: number; isFilled: boolean }[] = []
  for (const part of html.split(/(<[^<>]*>)/)) {
    const around = open.at(-1)
    if (/^<[pa][ >]/.test(part)) open.push({ start: parts.length, isFilled: false })
    else if (around && (part === '</p>' || part === '</a>')) {
      open.pop()
      if (!around.isFilled) {
        parts.length = around.start
        continue
      }
      const outer = open.at(-1)
      if (outer) outer.isFilled = true
    } else if (around && !part.startsWith('<') && part.trim() !== '') around.isFilled = true
    parts.push(part)
  }
  return parts.join('')
}
