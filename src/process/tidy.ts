/**
 * Collects all garbage once, after everything is loaded: reading and compiling a thousand modules leaves 30 to 50 MB of it, which an idle
 * process would keep for hours. Takes a tenth of a second. Does nothing without `--expose-gc`, which the npm scripts set.
 */
export function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
