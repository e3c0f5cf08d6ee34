const form = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$/

/**
 * The tag of BCP 47 that a text from an app, a form or another server means, in its one canonical form, so that tags can be
 * compared: `EN` and `eng` are `en`, `pt_br` is `pt-BR`. Null for what is none, and for `und`, which says no language.
 */
export function languageTag(written: string): string | null {
  const tag = written.trim().replaceAll('_', '-')
  if (!form.test(tag)) return null
  const known = canonical(tag)
  return known === null || /^und\b/.test(known) ? null : known
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

/** As `languageTag`, but null also for a tag of no language that is known, as what apps send may be a guess. */
export function knownLanguage(written: string): string | null {
  const tag = languageTag(written)
  return tag !== null && names.of(tag) !== undefined ? tag : null
}
