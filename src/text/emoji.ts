const maxLength = 40
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })
/** Characters that are shown as text unless a variation selector follows. */
const needsSelector = /(?!\p{Emoji_Presentation})\p{Emoji}(?![\u{1F3FB}-\u{1F3FF}])/gu

/**
 * A text that is exactly one emoji of Unicode, in the form that is shown in colours everywhere: senders may omit or add variation
 * selectors. Null for any other text.
 */
export function knownEmoji(text: string): string | null {
  if (text.length > maxLength) return null
  const qualified = bareForm(text).replace(needsSelector, '$&\uFE0F')
  return /^\p{RGI_Emoji}$/v.test(qualified) ? qualified : null
}

/** As `knownEmoji`, but emojis newer than our Unicode tables count, too. */
export function unicodeEmoji(text: string): string | null {
  const known = knownEmoji(text)
  if (known !== null || text.length > maxLength) return known
  const bare = bareForm(text)
  const [first, ...others] = graphemes.segment(bare)
  return first && others.length === 0 && /^\p{Extended_Pictographic}/u.test(bare) ? bare : null
}

const bareForm = (text: string): string => text.trim().replaceAll('\uFE0F', '')
