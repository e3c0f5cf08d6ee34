const form = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/

/**
 * Parses a language tag (BCP 47) from an app, a form or another server, and returns its canonical form, so that tags can be
 * compared: `EN` and `eng` are `en`, `pt_br` is `pt-BR`. Null for a text that is no tag, and for `und`, the unknown language.
 */
export function languageTag(written: string): string | null {
  const tag = written.trim().replaceAll('_', '-')
  if (!form.test(tag)) return null
  const canonicalTag = canonical(tag)
  return canonicalTag === null || /^und\b/.test(canonicalTag) ? null : canonicalTag
}

function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

const names = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/** As `languageTag`, but null for unknown languages, too, since apps may send guesses. */
export function knownLanguage(written: string): string | null {
  const tag = languageTag(written)
  return tag !== null && names.of(tag) !== undefined ? tag : null
}
