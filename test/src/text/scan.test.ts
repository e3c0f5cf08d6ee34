import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scan } from '#src/text/scan.ts'
import { hostile } from './hostile.ts'

/** Entities in short: `@acct`, `#key`, and URLs as they are. */
function found(text: string): string[] {
  return scan(text).flatMap((token) => {
    if (token.type === 'mention') return [`@${token.acct}`]
    if (token.type === 'hashtag') return [`#${token.name}`]
    return token.type === 'link' ? [token.url] : []
  })
}

describe('mentions', () => {
  test.each([
    ['Hello @alice!', ['@alice']],
    ['@Alice and @BOB@Social.Example.', ['@alice', '@bob@social.example']],
    ['(@alice)', ['@alice']],
    ['@alice_b: see', ['@alice_b']],
    ['@first.last@b.example', ['@first.last@b.example']],
    ['@a-b@b.example,', ['@a-b@b.example']],
    ['@bob@localhost:3001 here', ['@bob@localhost:3001']],
    ['@bob@b.example:443', ['@bob@b.example']],
    ['@bob@b.example: hello', ['@bob@b.example']],
    ['@bob@例え.jp', ['@bob@xn--r8jz45g.jp']],
    ['@bob@MÜNCHEN.example', ['@bob@xn--mnchen-3ya.example']],
    ['@bob@b.exampleさん、こんにちは', ['@bob@b.example']],
    ['@bob@b.example에게', ['@bob@b.example']],
    ['@aliceさん @alice님 @aliceを', ['@alice', '@alice', '@alice']],
    ['مرحبا @alice كيف الحال', ['@alice']],
    ['שלום @alice, מה שלומך', ['@alice']],
    ['नमस्ते @alice जी', ['@alice']],
    ['สวัสดี @alice', ['@alice']],
    ['Привет, @alice!', ['@alice']],
    ['👩‍👩‍👧@alice', ['@alice']],
    ['@alice-san', ['@alice']],
    ['@@alice', ['@alice']],
    ['.@alice', ['@alice']],
    ['@alice\n@carol', ['@alice', '@carol']],
    ['@alice@b.example@c.example', ['@alice@b.example']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test.each([
    ['an e-mail address', 'alice@b.example'],
    ['one with a plus', 'alice+@b.example'],
    ['one in Japanese', '電子@b.example'],
    ['a handle of another network', '@alice.other.example'],
    ['a name with an accent', '@josé'],
    ['a name that goes on in Cyrillic', '@aliсe'],
    ['a handle without its host', '@alice@ b.example'],
    ['a host that is none', '@alice@-.example'],
    ['a port out of range', '@alice@b.example:99999'],
    ['a path', 'b.example/@alice'],
    ['a very long name', `@${'a'.repeat(65)}`],
    ['a very long host', `@a@${'b.'.repeat(200)}example`],
    ['an at sign by itself', 'a @ b'],
  ])('%s is no mention', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

describe('hashtags', () => {
  test.each([
    ['#Tag, #tag2. (#third)', ['#tag', '#tag2', '#third']],
    ['＃日本語 #日本語です。', ['#日本語', '#日本語です']],
    ['#中文标签，后面', ['#中文标签']],
    ['#한국어!', ['#한국어']],
    ['#हिन्दी।', ['#हिन्दी']],
    ['#ภาษาไทย', ['#ภาษาไทย']],
    ['#العربية؟', ['#العربية']],
    ['#עברית', ['#עברית']],
    ['#می\u200Cخواهم', ['#می\u200Cخواهم']],
    ['#ශ්\u200Dරීලංකා', ['#ශ්\u200Dරීලංකා']],
    ['#Paral·lel · x', ['#paral·lel']],
    ['#スター・ウォーズ・', ['#スター・ウォーズ']],
    ['#ＡＢＣ #Straße #ÉTÉ', ['#abc', '#straße', '#été']],
    ['#ИЮНЬ', ['#июнь']],
    ['#2024wahl #snake_case_', ['#2024wahl', '#snake_case_']],
    ['#cat😺 #dog❤️', ['#cat', '#dog']],
    ['##double', ['#double']],
    ['#ﷺ', ['#صلىاللهعليهوسلم']],
    ['日本。#東京', ['#東京']],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test.each([
    ['a number', '#2024'],
    ['digits and underscores', '#1_2'],
    ['underscores', '#___'],
    ['a keycap', '#️⃣ 1️⃣'],
    ['part of a word', 'a#b C#sharp 日本#東京'],
    ['a character reference', '&#39; &#x27;'],
    ['a fragment', '/page#top =#x'],
    ['a very long one', `#${'a'.repeat(101)}`],
  ])('%s is no hashtag', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

describe('links', () => {
  test.each([
    ['https://a.example', ['https://a.example']],
    ['See http://a.example/x.', ['http://a.example/x']],
    ['HTTPS://A.example/X!?', ['HTTPS://A.example/X']],
    ['(https://a.example/wiki/X_(y))', ['https://a.example/wiki/X_(y)']],
    ['[https://a.example/x]', ['https://a.example/x']],
    ['"https://a.example/x"', ['https://a.example/x']],
    ['<https://a.example/x>', ['https://a.example/x']],
    ['https://a.example/?q=1&r=@alice#b', ['https://a.example/?q=1&r=@alice#b']],
    ['https://a.example/@alice', ['https://a.example/@alice']],
    ['https://a.example/#top', ['https://a.example/#top']],
    ['https://a.example:8080/x', ['https://a.example:8080/x']],
    ['http://localhost:3000/@alice', ['http://localhost:3000/@alice']],
    ['https://a.example, https://b.example;', ['https://a.example', 'https://b.example']],
    ['見てhttps://a.example/xを', ['https://a.example/x%E3%82%92']],
    ['見てhttps://a.exampleを見て', ['https://a.example']],
    ['（https://a.example/x）', ['https://a.example/x']],
    ['「https://a.example/日本」', ['https://a.example/%E6%97%A5%E6%9C%AC']],
    ['https://例え.jp/パス？', ['https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9']],
    ['https://ar.example/مرحبا،', ['https://ar.example/%D9%85%D8%B1%D8%AD%D8%A8%D8%A7']],
    ['https://hi.example/हिन्दी।', ['https://hi.example/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80']],
    ['https://a.example/x\u202Egpj.exe', ['https://a.example/x']],
    ['https://a.example/x\u3000y', ['https://a.example/x']],
    ["https://a.example/it's", ["https://a.example/it's"]],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test.each([
    ['another scheme', 'javascript://a.example ftp://a.example'],
    ['part of a word', 'xhttps://a.example'],
    ['a host by itself', 'a.example www.a.example'],
    ['a word after a scheme', 'https://intranet/x'],
    ['nothing after a scheme', 'https:// http://'],
    ['a host that only seems to be one', 'https://bank.example@evil.example/ https://bank.example:80@evil.example/'],
    ['a very long URL', `https://a.example/${'x'.repeat(2048)}`],
    ['a bad host', 'https://-.example/ https://a..example/'],
    ['a number for a top-level domain', 'https://1.2.3.999/'],
  ])('%s is no link', (_, text) => {
    expect(found(text)).toEqual([])
  })
})

test('nothing is lost or changed by scanning', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(
        scan(text)
          .map((token) => token.text)
          .join(''),
      ).toBe(text)
    }),
    { numRuns: 500 },
  )
})

test.each([
  '@a',
  '@a@b',
  '@a@b.c ',
  '#a',
  ' #a',
  'http://',
  'http://a.b/',
  'http://a.b ',
  'h',
  'http',
  '@a.',
  'a@',
  '(',
  'https://a.b/(',
  '@a@a-',
  '・',
  '#・',
  '\u0301',
  '👩‍👩‍👧',
])('500,000 characters of %j are scanned within the time limit', (piece) => {
  const text = piece.repeat(Math.ceil(500_000 / piece.length))
  const started = performance.now()
  scan(text)
  // A quadratic scan takes minutes. A quick machine needs a tenth of a second, or two where URLs grow to their limit again and again.
  expect(performance.now() - started).toBeLessThan(10_000)
})

describe('links of other protocols', () => {
  test.each([
    ['my capsule is gemini://ann.example/log.gmi', ['gemini://ann.example/log.gmi']],
    ['(gopher://a.example/1), IPFS://bafy/x.', ['gopher://a.example/1', 'IPFS://bafy/x']],
    [
      'xmpp:ann@chat.example, magnet:?xt=urn:btih:c12fe1&dn=film!',
      ['xmpp:ann@chat.example', 'magnet:?xt=urn:btih:c12fe1&dn=film'],
    ],
    ['dat://x dweb://y ipns://z ssb://w', ['dat://x', 'dweb://y', 'ipns://z', 'ssb://w']],
    [
      'xmpp: is nice, magnet:? too, gemini:// and a-gemini://x, foogemini://a.example javascript:alert(1) data:text/html,x',
      ['gemini://x'],
    ],
  ])('%s', (text, expected) => expect(found(text)).toEqual(expected))
})
