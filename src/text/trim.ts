/** The end of a text without its last characters that match a pattern of one character. Linear, unlike a pattern with `+$`. */
export function endWithout(character: RegExp, text: string, start = 0): number {
  let end = text.length
  while (end > start && character.test(text.charAt(end - 1))) end -= 1
  return end
}
