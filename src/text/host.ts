/** Host names in running text, before IDNA. */
const labels = /[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)*/uy

/** The Latin beginning of a label that continues in another script. */
const latinBeginning = /^\p{Script=Latin}[\p{Script=Latin}\p{M}\p{N}_-]*(?=(?!\p{Script=Latin})\p{L})/u

const port = /:\d{1,5}(?!\d)/y

/**
 * The end of the host name that starts at `start`, without port; `start` itself when there is none.
 * No top-level domain goes from Latin to another script, so the host in `example.comさん` ends before the kana.
 */
export function hostEnd(text: string, start: number): number {
  labels.lastIndex = start
  const host = labels.exec(text)?.[0] ?? ''
  const lastLabel = host.lastIndexOf('.') + 1
  const latin = latinBeginning.exec(host.slice(lastLabel))
  let end = start + (latin ? lastLabel + latin[0].length : host.length)
  while (end > start && /[-_]/.test(text.charAt(end - 1))) end -= 1
  return end
}

/** The end of the `:port` at `start`; `start` itself when there is none. */
export function portEnd(text: string, start: number): number {
  port.lastIndex = start
  return start + (port.exec(text)?.[0].length ?? 0)
}

/** The character (code point) that ends right before `index`, or '' at the start. */
export function charBefore(text: string, index: number): string {
  const unit = text.charAt(index - 1)
  return /[\uDC00-\uDFFF]/.test(unit) ? text.slice(Math.max(index - 2, 0), index) : unit
}
