type Element = { start: number; isFilled: boolean; stays: boolean }

/**
 * Safe HTML without blank paragraphs, links and bare spans. Linear. The sanitiser could leave them out, too, but it copies its
 * whole output for each of them.
 */
export function withoutBlank(html: string): string {
  const parts: string[] = []
  const open: Element[] = []
  for (const part of html.split(/(<[^<>]*>)/)) {
    const current = open.at(-1)
    if (/^<(?:p|a|span)[ >]/.test(part))
      open.push({ start: parts.length, isFilled: false, stays: part.startsWith('<span ') })
    else if (current && (part === '</p>' || part === '</a>' || part === '</span>')) {
      open.pop()
      if (!current.isFilled && !current.stays) {
        parts.length = current.start
        continue
      }
      const outer = open.at(-1)
      if (outer && current.isFilled) outer.isFilled = true
    } else if (current && !part.startsWith('<') && part.trim() !== '') current.isFilled = true
    parts.push(part)
  }
  return parts.join('')
}
