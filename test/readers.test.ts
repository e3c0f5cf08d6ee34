import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sanitizeHtml } from '#src/text/html/sanitize.ts'
import { markdownToHtml } from '#src/text/markdown.ts'
import { scan } from '#src/text/scan.ts'
import { digestFits, parseCavage } from '../federation/signatures/cavage.ts'
import { isSmallGraph } from '../federation/signatures/verify-linked-data.ts'
import { filled, readers } from './bench/readers.ts'

/** Far longer than any of these takes, and far shorter than quadratic growth would take. */
const hangMs = 2_000

/** Inputs that once made a reader hang. */
const slow: Record<string, string[]> = {
  'HTML as text': [' ', '\u00A0', '\t'],
  'safe HTML as text': [' ', '\t'],
  'HTML of posts, biographies, fields and translations': [
    '<p><',
    '<div>',
    '<',
    '&',
    '<p><h1>',
    '&</p>',
    '<</p>',
    '<p>x<p></p>',
  ],
  'lines of quotes': [' ', '<br />', '</span> '],
  'linked pages': ['<div>', '<table><tr>', '<svg><title>', '<link ', '<p>'],
  'pages that link back': ['<div>', '<table><tr>', '<svg><title>', '<link '],
  'other forms of pages': ['<link ', '<div>'],
  'posts in Markdown of people here': ['*_', '*', '~', '[', '\n', '```\n\n'],
  'posts in plain text of people here': ['https://a.example/', '漢https://a.example/'],
  'profile fields': [' ', '\n'],
  'names and titles': ['\u200B', ' '],
  'words for search': ['\u0301\u0316', '\uFF9E\u0301', 'ก', '漢'],
  'words of filters': ['\u0301\u0316', '\uFF9E\u0301'],
  hashtags: ['a\u200D', '\u0301\u0316'],
  'signatures of requests': ['a', 'A=', '"'],
  digests: ['sha-256=a,'],
  'digests of followers': ['a', '"'],
  'types of documents': ['profile=', 'application/ld+json'],
  'lists of servers': ['a,', ',\n', 'domain,'],
}

describe('no foreign input blocks the process:', () => {
  test.each(readers)('$name, up to $limit', async ({ name, limit, frames = [(x: string) => x], grammar, read }) => {
    const hard = slow[name] ?? []
    const inputs = frames
      .slice(0, 6)
      .flatMap((frame) => [...hard, grammar.slice(0, 12).join('')].map((unit) => filled([unit], frame, limit)))
    for (const input of inputs) {
      const before = process.cpuUsage()
      await read(input)
      const { user, system } = process.cpuUsage(before)
      expect((user + system) / 1_000, JSON.stringify(input.slice(0, 60))).toBeLessThan(hangMs)
    }
  })

  test('each input that was once slow belongs to a reader that exists', () => {
    expect(Object.keys(slow).filter((name) => !readers.some((reader) => reader.name === name))).toEqual([])
  })
})

test('a body is hashed once per algorithm, however often the Digest header names the algorithm', () => {
  const body = Buffer.alloc(1_048_576)
  const before = process.cpuUsage()
  expect(digestFits('sha-256=YQ==,'.repeat(1_200), body)).toBe(false)
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(500)
})

test('a Signature header of only letters is refused at once', () => {
  const before = process.cpuUsage()
  expect(parseCavage('A'.repeat(200_000))).toBeNull()
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(500)
})

test('a signature that covers hundreds of headers is refused', () => {
  expect(parseCavage(`keyId="https://a.example/k",signature="YQ==",headers="${'date '.repeat(500)}"`)).toBeNull()
  expect(
    parseCavage('keyId="https://a.example/k",signature="YQ==",headers="(request-target) host date digest"')?.covered,
  ).toHaveLength(4)
})

test('a linked data signature over thousands of nodes is not checked', () => {
  expect(isSmallGraph({ tag: Array.from({ length: 3_000 }, () => ({})) })).toBe(false)
  expect(isSmallGraph({ tag: Array.from({ length: 100 }, () => ({ type: 'Hashtag', name: '#a' })) })).toBe(true)
})

test('a URL that is too long stays plain text, all of it', () => {
  const long = `https://a.example/${'x/'.repeat(1_500)}?u=https://b.example/`
  expect(
    scan(`${long} https://c.example/`)
      .filter(({ type }) => type === 'link')
      .map((token) => token.text),
  ).toEqual(['https://c.example/'])
})

test('Markdown keeps its emphasis where a paragraph has hundreds of it', () => {
  const html = markdownToHtml('*a* '.repeat(150), { mentions: new Map(), tagUrl: (name) => name })
  expect(html.match(/<em>/g)).toHaveLength(150)
})

test('HTML that grows when it is sanitized is cut, and sanitizing it again changes nothing', () => {
  const once = sanitizeHtml('<p>a & b<a href="https://a.example/">c</a></p>'.repeat(4_000))
  expect(once.length).toBeLessThanOrEqual(200_000)
  expect(sanitizeHtml(once)).toBe(once)
})

/** Every reader of free text uses one of these. */
const marksOfReading =
  /\bnew (?:Parser|Tokenizer|MarkdownIt|Busboy)\b|\bJSON\.parse\(|\.matchAll\(|\.normalize\(|\.formData\(|\bgetCookie\(|\bcreatePublicKey\(|\.segment\(|html\/tags\.ts'|\bsanitize\(/

/** These read, but nothing that a stranger sends, or no more than the named reader does. */
const others: Record<string, string> = {
  'src/platform/log.ts': 'messages of ours',
  'src/process/quick-imports.ts': 'files of ours',
  'src/platform/version.ts': 'a file of ours',
  'src/platform/db/kv.ts': 'what we wrote',
  'src/platform/db/migrations/files.ts': 'files of ours',
  'src/platform/db/check/catalogue.ts': 'a file of ours',
  'src/platform/queue/lanes.ts': 'what we notified',
  'src/statuses/cards/oembed.ts': 'JSON.parse of at most 128 kB; its texts are names and titles',
  'src/text/translation/libretranslate.ts': 'the owner’s own translator',
  'src/accounts/sign-up/captcha-port.ts': 'JSON.parse of at most 2 kB',
  'src/accounts/sign-up/captcha-question.ts': 'at most 200 characters of an answer',
  'jobs/applicants-mail.ts': 'what we sealed',
  'src/accounts/security/states.ts': 'what we sealed',
  'src/accounts/factors/authenticator.ts': 'what we sealed',
  'src/accounts/providers/join.ts': 'what we sealed',
  'src/accounts/providers/person.ts': 'claims of at most 128 kB; a name is cut before it is folded',
  'src/accounts/providers/protocol.ts': 'JSON.parse of the head of a token of at most 128 kB',
  'web/pages/compose/emojis.ts': 'files of packages',
  'web/islands/captcha-worker.ts': 'challenges of ours, in the browser',
  'src/statuses/search/index-status.ts': 'safe HTML, by one expression that is proven linear',
  'src/instance/texts.ts': 'what admins write',
  'src/text/catalogue.ts': 'files of ours',
  'src/text/compare.ts': 'at most 5,000 characters of two texts, and 200 changes',
  'federation/serving/dispatchers.ts': 'documents of ours',
  'web/islands/field-counters.ts': 'what people type, in their browser',
  'web/islands/live.ts': 'addresses and ids of our own pages, in the browser',
  'web/islands/unread.ts': 'titles of our own pages, in the browser',
  'src/moderation/roles.ts': 'names that staff type, of a bounded length',
  'web/pages/first-steps.tsx': 'cookies, as web/session.ts does',
  'src/media/recording-thread.ts': 'in a thread of its own, with limits of time and memory',
  'federation/signatures/own-keys.ts': 'keys of ours',
  'api/streaming/socket.ts': 'JSON.parse of at most 16 kB',
}

test('every file that parses foreign input is among the readers', () => {
  const known = new Set([...readers.flatMap(({ files }) => files), ...Object.keys(others)])
  const reading = globSync('{src,federation,web,api,jobs}/**/*.{ts,tsx}').filter(
    (file) => !file.startsWith('src/demo/') && marksOfReading.test(readFileSync(file, 'utf8')),
  )
  expect(reading.filter((file) => !known.has(file))).toEqual([])
  expect([...known].filter((file) => !globSync(file).length)).toEqual([])
})
