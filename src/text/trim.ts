/** Where a text ends without the characters at its end that a pattern of one character matches. Linear, as a pattern with `+$` is not. */
export function endWithout(character: RegExp, text: string, start = 0): number {
  let end = text.length
  while (end > start && character.test(text.charAt(end - 1))) end -= 1
  return end
}
