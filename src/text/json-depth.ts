/**
 * Whether JSON is nested at most `maxDepth` levels deep. Checked before parsing, since a megabyte of brackets makes a million objects.
 * Linear, and true for some texts that are no JSON.
 */
export function isJsonWithin(maxDepth: number, text: string): boolean {
  let depth = 0
  let isInString = false
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i)
    if (character === quote) isInString = !isInString
    else if (isInString && character === backslash) i += 1
    else if (!isInString && (character === bracket || character === brace) && ++depth > maxDepth) return false
    else if (!isInString && (character === closingBracket || character === closingBrace)) depth -= 1
  }
  return true
}

const [quote, backslash, bracket, closingBracket, brace, closingBrace] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d]
