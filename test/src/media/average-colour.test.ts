import { encode } from 'blurhash'
import { expect, test } from 'vitest'
import { averageColour } from '#src/media/average-colour.ts'

const hashOf = (red: number, green: number, blue: number) =>
  encode(new Uint8ClampedArray(Array.from({ length: 64 }, () => [red, green, blue, 255]).flat()), 8, 8, 4, 3)

test('the average colour of a picture is read from its blurhash, with whether white text is readable on it', () => {
  for (const [hex, isDark, red, green, blue] of [
    ['#000000', true, 0, 0, 0],
    ['#ffffff', false, 255, 255, 255],
    ['#1d6a5a', true, 29, 106, 90],
    ['#f2a66d', false, 242, 166, 109],
  ] as const)
    expect(averageColour(hashOf(red, green, blue))).toEqual({ hex, isDark })
})

test('texts of other servers that are no blurhash have no colour', () => {
  for (const text of ['', 'L', 'LEHV6', 'LE"><b', 'LE~~~~nWB2yk8pyo0adR*.7kCMdnj', 'LEéééénWB2'])
    expect([text, averageColour(text)]).toEqual([text, null])
})
