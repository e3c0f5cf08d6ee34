import { expect, test } from 'vitest'
import { countCharacters } from '#src/rules/count.ts'

test.each([
  ['', 0],
  ['Hello', 5],
  ['Hällo\n\n', 7],
  ['cafe\u0301', 4],
  ['👩‍👩‍👧‍👦', 1],
  ['🏴󠁧󠁢󠁥󠁮󠁧󠁿🇩🇪', 2],
  ['हिन्दी', 2],
  ['สวัสดี', 4],
  ['日本語', 3],
  ['한국어', 3],
  ['각', 1],
  ['العربية', 7],
  ['https://a.example', 23],
  ['gemini://a.example', 18],
  [`see https://a.example/${'x'.repeat(500)} ok`, 4 + 23 + 3],
  ['https://a.example https://b.example/日本', 47],
  ['@alice', 6],
  ['Hi @alice@a-very-long-server-name.example!', 3 + 6 + 1],
  ['someone@b.example', 17],
])('%j counts %i', (text, count) => {
  expect(countCharacters(text)).toBe(count)
})

test('all characters of a content warning count', () => {
  expect(countCharacters('abc', 'https://a.example')).toBe(3 + 17)
  expect(countCharacters('', '👩‍👩‍👧x')).toBe(2)
})

test('500,000 characters are counted within the time limit', () => {
  const started = performance.now()
  expect(countCharacters('ä'.repeat(500_000))).toBe(500_000)
  expect(countCharacters(`x${'\u0301'.repeat(500_000)}`)).toBe(1)
  expect(performance.now() - started).toBeLessThan(10_000)
})
