import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeDomain, parseHandle } from '#src/platform/handle.ts'
import { hashtagName, parseHashtag } from '#src/text/hashtag.ts'
import { hostile } from '../text/hostile.ts'

test.each([
  ['alice', { username: 'alice', domain: null }],
  ['@alice', { username: 'alice', domain: null }],
  [' @alice@Social.Example ', { username: 'alice', domain: 'social.example' }],
  ['acct:Alice@social.example', { username: 'Alice', domain: 'social.example' }],
  ['ACCT:@alice@social.example', { username: 'alice', domain: 'social.example' }],
  ['alice@localhost:3001', { username: 'alice', domain: 'localhost:3001' }],
  ['@alice@例え.jp', { username: 'alice', domain: 'xn--r8jz45g.jp' }],
  ['first.last-x@social.example', { username: 'first.last-x', domain: 'social.example' }],
])('%j is a handle', (text, handle) => {
  expect(parseHandle(text)).toEqual(handle)
})

test.each([
  '',
  '@',
  '@@alice',
  'alice@',
  'alice@b@c',
  'al ice',
  'alice@b c',
  'alice@b/c',
  'álice@b.example',
  `${'a'.repeat(65)}`,
  'https://a.example/@alice',
  'alice@b.example:0',
  '@alice@..',
])('%j is no handle', (text) => {
  expect(parseHandle(text)).toBeNull()
})

test.each([
  ['Social.Example', 'social.example'],
  ['social.example.', 'social.example'],
  ['ＳＯＣＩＡＬ。example', 'social.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
  ['a.example:443', 'a.example'],
  ['a.example:8443', 'a.example:8443'],
  ['a.example:08443', 'a.example:8443'],
  ['localhost:3000', 'localhost:3000'],
  ['127.0.0.1:3000', '127.0.0.1:3000'],
])('the host %j is stored as %j', (host, domain) => {
  expect(normalizeDomain(host)).toBe(domain)
})

test.each([
  '',
  '.',
  'a..b',
  '-a.example',
  'a-.example',
  'a b',
  'a/b',
  'a@b',
  'a%2eb',
  'a:b',
  'a:',
  'a:65536',
  '[::1]',
  `${'a'.repeat(64)}.example`,
  `${'abcd.'.repeat(60)}example`,
  'xn--a.\u0000',
])('%j is no host', (host) => {
  expect(normalizeDomain(host)).toBeNull()
})

test('normalising a normalised host changes nothing', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, fc.domain(), fc.string({ unit: 'grapheme' })), (host) => {
      const domain = normalizeDomain(host)
      expect(domain === null ? null : normalizeDomain(domain)).toBe(domain)
    }),
    { numRuns: 500 },
  )
})

test('a single hashtag is read with or without its #', () => {
  expect(parseHashtag('#Über')).toEqual({ name: 'über', displayName: 'Über' })
  expect(parseHashtag(' 日本語 ')).toEqual({ name: '日本語', displayName: '日本語' })
  for (const none of ['', '#', '2024', 'two words', 'a#b', '<b>', 'x・']) expect(parseHashtag(none)).toBeNull()
})

test('the key of a hashtag’s key is the same key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(hashtagName(hashtagName(text))).toBe(hashtagName(text))
    }),
    { numRuns: 500 },
  )
})
