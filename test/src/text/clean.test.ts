import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cleanName, countGraphemes, plainText } from '#src/text/clean.ts'
import { hostile } from './hostile.ts'

test.each([
  ['a\r\nb\rc', 'a\nb\nc'],
  ['a\u0000b\u0007c\u001B[31m\tz', 'abc[31m\tz'],
  ['\uD83D', '\uFFFD'],
  ['👩‍👩‍👧 नमस्ते', '👩‍👩‍👧 नमस्ते'],
])('%j becomes %j at the border', (text, expected) => {
  expect(plainText(text)).toBe(expected)
})

test.each([
  ['  Alice \n Liddell ', 'Alice Liddell'],
  ['evil\u202Egpj', 'evilgpj'],
  ['\u2066x\u2069', 'x'],
  ['\u200B\uFEFF \u2060', ''],
  ['a\u0000b', 'ab'],
  ['मेरा नाम 👩‍👩‍👧', 'मेरा नाम 👩‍👩‍👧'],
  ['می\u200Cخواهم', 'می\u200Cخواهم'],
])('the name %j becomes %j', (text, expected) => {
  expect(cleanName(text, 30)).toBe(expected)
})

test('names are cut between grapheme clusters', () => {
  expect(cleanName('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧👩‍👩‍👧')
  expect(cleanName('ab cd', 3)).toBe('ab')
})

test('a character with a thousand combining marks is no name', () => {
  expect(cleanName(`ab${'\u0301'.repeat(2000)}`, 30)).toBe('a')
})

test('C0 and C1 control characters are removed from names', () => {
  expect(cleanName('A\u0080li\u0007ce\u009F', 30)).toBe('Alice')
})

test('a cleaned name is one short, well-formed line, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 1, max: 100 }), (text, max) => {
      const name = cleanName(text, max)
      expect(name).not.toMatch(/[\p{Cc}\u2028-\u202E\u2066-\u2069]/u)
      expect(name.isWellFormed()).toBe(true)
      expect(countGraphemes(name)).toBeLessThanOrEqual(max)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(1024)
      expect(cleanName(name, max)).toBe(name)
    }),
    { numRuns: 500 },
  )
})
