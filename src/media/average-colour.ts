/** Digits of a blurhash, in base 83 (https://github.com/woltapp/blurhash/blob/master/Algorithm.md). */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~'

/** Lightness, by the formula of WCAG, below which white text reads better than black text. */
const darkBelow = 0.179

/**
 * The average colour of a picture, which its blurhash states in four digits, so that nothing is decoded. Null for a text that
 * is no blurhash.
 */
export function averageColour(blurhash: string): { hex: string; isDark: boolean } | null {
  if (blurhash.length < 6) return null
  let colour = 0
  for (const digit of blurhash.slice(2, 6)) {
    const value = digits.indexOf(digit)
    if (value < 0) return null
    colour = colour * 83 + value
  }
  if (colour > 0xff_ff_ff) return null
  const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255].map(linear) as [number, number, number]
  return {
    hex: `#${colour.toString(16).padStart(6, '0')}`,
    isDark: 0.2126 * red + 0.7152 * green + 0.0722 * blue < darkBelow,
  }
}

const linear = (part: number): number =>
  part / 255 <= 0.040_45 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
