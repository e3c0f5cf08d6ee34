/** For any input from other servers, the parsers return plain data within their limits, or nothing. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sanitizeHtml } from '#src/text/html/sanitize.ts'
import { visibilityOf } from '../../federation/documents/addressing.ts'
import { asList, idOf, isObject, isSameOrigin, type JsonObject, parseObject } from '../../federation/documents/json.ts'
import { type ParsedActor, parseActor } from '../../federation/parse/actor.ts'
import { type ParsedNote, parseNote } from '../../federation/parse/note.ts'
import { publicKeysOf } from '../../federation/parse/public-key.ts'
import { dangers, hostile } from '../src/text/hostile.ts'
import { examples } from './corpus/read.ts'

const note = (more: object = {}) => ({
  id: 'https://a.test/notes/1',
  type: 'Note',
  attributedTo: 'https://a.test/users/a',
  content: '<p>Hi</p>',
  published: '2026-01-02T03:04:05Z',
  to: 'as:Public',
  ...more,
})
const actor = (more: object = {}) => ({
  id: 'https://a.test/users/a',
  type: 'Person',
  preferredUsername: 'a',
  inbox: 'https://a.test/users/a/inbox',
  ...more,
})
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n))

const shown = new Map<string, string[]>()

/** The parts of a text that a browser would run. Most texts are checked many times here. */
function shownDangers(content: string): string[] {
  const found = shown.get(content) ?? dangers(sanitizeHtml(content))
  shown.set(content, found)
  return found
}

/** The faults of a parsed post. */
function faults(parsed: ParsedNote): string[] {
  const urls = [
    parsed.uri,
    parsed.url,
    ...parsed.authors,
    parsed.inReplyToUri,
    parsed.repliesUrl,
    parsed.contextUri,
    parsed.quote?.uri,
    parsed.quote?.approvalUri,
    parsed.approvalUri,
    ...Object.values(parsed.canInteract).flatMap(({ automatic, manual }) => [...automatic, ...manual]),
    ...parsed.to,
    ...parsed.cc,
    ...parsed.media.flatMap(({ url, previewUrl }) => [url, previewUrl]),
    ...(parsed.emojis ?? []).map(({ url }) => url),
    ...(parsed.canQuote?.automatic ?? []),
    ...(parsed.canQuote?.manual ?? []),
  ]
  const texts = [
    parsed.content,
    parsed.spoilerText,
    ...parsed.media.flatMap(({ description, mediaType }) => [description, mediaType]),
    ...(parsed.poll?.options ?? []).map(({ title }) => title),
  ]
  const dates = [parsed.publishedAt, parsed.editedAt]
  const counts = [
    parsed.reblogsCount ?? 0,
    parsed.favouritesCount ?? 0,
    parsed.poll?.votersCount,
    ...(parsed.poll?.options ?? []).map(({ votesCount }) => votesCount),
  ]
  const sizes = parsed.media.flatMap(({ width, height, durationSeconds }) => [width, height, durationSeconds])
  return [
    ...urls.filter((url) => url !== null && url !== undefined && !isCleanUrl(url)).map((url) => `URL ${url}`),
    ...parsed.mentioned
      .filter((each) => !isCleanUrl(each) && !/^@[\w.-]{1,64}@[a-z0-9.:_-]+$/.test(each))
      .map((each) => `mention ${each}`),
    ...texts.filter((text) => !isCleanText(text)).map((text) => `text ${JSON.stringify(text).slice(0, 100)}`),
    ...dates
      .filter((date) => date && !(date.getTime() <= Date.now() && date.getUTCFullYear() >= 1))
      .map((date) => `date ${date?.getTime()}`),
    ...counts
      .filter((count) => count !== undefined && !(Number.isInteger(count) && count >= 0 && count <= 2 ** 31))
      .map((count) => `count ${count}`),
    ...sizes
      .filter((size) => size !== null && size !== undefined && !(size > 0 && size <= 10_000_000))
      .map((size) => `size ${size}`),
    ...(isSameOrigin(parsed.url, parsed.uri) ? [] : ['a page elsewhere']),
    ...(parsed.content.length > 200_000 || Buffer.byteLength(parsed.spoilerText) > 1_024 ? ['too long a text'] : []),
    ...(parsed.tags.length > 50 ||
    parsed.mentioned.length > 50 ||
    parsed.media.length > 16 ||
    parsed.to.length > 100 ||
    parsed.cc.length > 200 ||
    (parsed.poll?.options.length ?? 0) > 20
      ? ['too long a list']
      : []),
    ...shownDangers(parsed.content),
  ]
}

function actorFaults(parsed: ParsedActor): string[] {
  const own = [
    parsed.url,
    parsed.inboxUrl,
    parsed.sharedInboxUrl,
    parsed.outboxUrl,
    parsed.followersUrl,
    parsed.followingUrl,
    parsed.featuredUrl,
  ]
  const urls = [
    parsed.uri,
    parsed.avatarUrl,
    parsed.headerUrl,
    parsed.movedToUri,
    ...(parsed.emojis ?? []).map(({ url }) => url),
    ...own,
  ]
  const texts = [
    parsed.displayName,
    parsed.note,
    parsed.avatarDescription ?? '',
    ...parsed.fields.flatMap(({ name, value }) => [name, value]),
  ]
  return [
    ...urls.filter((url) => url !== null && url !== undefined && !isCleanUrl(url)).map((url) => `URL ${url}`),
    ...own.filter((url) => url !== null && !isSameOrigin(url, parsed.uri)).map((url) => `elsewhere: ${url}`),
    ...texts.filter((text) => !isCleanText(text)).map((text) => `text ${JSON.stringify(text).slice(0, 100)}`),
    ...(/^[A-Za-z0-9_.-]{1,64}$/.test(parsed.username) ? [] : [`name ${parsed.username}`]),
    ...(parsed.fields.length > 20 ||
    parsed.note.length > 100_000 ||
    parsed.displayName.length > 1_000 ||
    (parsed.attributionDomains ?? []).length > 100
      ? ['too much']
      : []),
  ]
}

const isCleanUrl = (url: string): boolean =>
  /^https?:\/\/[!-~]+$/i.test(url) &&
  url.length <= 2_048 &&
  new URL(url).username === '' &&
  new URL(url).password === ''
// oxlint-disable-next-line no-control-regex -- these are what it looks for
const isCleanText = (text: string): boolean => text.isWellFormed() && !/[\u0000-\u0008\u000B-\u001F]/.test(text)

/** All that the parsers make of a value, checked. */
function faultsOf(json: JsonObject): string[] {
  const asNote = parseNote(json)
  const asActor = parseActor(json)
  const inside = isObject(json['object']) ? parseNote(json['object'], json) : null
  const keys = publicKeysOf(json)
  for (const parsed of [asNote, inside]) if (parsed) visibilityOf(parsed, asActor?.followersUrl ?? null)
  return [
    ...(asNote ? faults(asNote) : []),
    ...(inside ? faults(inside) : []),
    ...(asActor ? actorFaults(asActor) : []),
    ...(keys.length > 8 ? ['keys'] : []),
  ]
}

const badUrls = [
  'javascript:alert(1)',
  'data:image/svg+xml,<svg onload=alert(1)>',
  'file:///etc/passwd',
  '//evil.test/x',
  '/relative',
  'https:evil.test',
  'https://',
  'http://[::1',
  'https://user:secret@a.test/x',
  'https://a.test@evil.test/x',
  'ftp://a.test/x',
  'at://did:plc:abc',
  'magnet:?x',
  `https://a.test/${'x'.repeat(5_000)}`,
  'https://a.test:99999/',
  'urn:uuid:1',
  '\u0000https://a.test',
  'blob:https://a.test/1',
]
const values: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  -1e-7,
  2 ** 53,
  '',
  ' ',
  '7',
  'true',
  '\u0000',
  '\uD800',
  '\u202Egnp.exe',
  '<script>alert(1)</script>',
  [],
  {},
  [[]],
  [null],
  [[['x']]],
  { id: null },
  { '@value': 'x' },
  { href: {} },
  { url: [{}] },
  JSON.parse('{"__proto__":{"content":"x","toString":1},"constructor":{"prototype":1}}'),
  '0000-00-00T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '-271821-04-20T00:00:00Z',
  '2026-02-30T25:61:61Z',
  'Sat, 01 Jan 2026',
  '1e9',
  'a'.repeat(3_000),
  times(150, (n) => `https://a.test/${n}`),
  times(60, () => ({ type: 'Mention', href: 'https://a.test/x', name: '@x@a.test' })),
  ...badUrls,
]
const properties = [
  'id',
  'type',
  'attributedTo',
  'actor',
  'content',
  'contentMap',
  'summary',
  'summaryMap',
  'name',
  'nameMap',
  'url',
  'to',
  'cc',
  'audience',
  'tag',
  'attachment',
  'inReplyTo',
  'published',
  'updated',
  'sensitive',
  'mediaType',
  'oneOf',
  'anyOf',
  'endTime',
  'closed',
  'votersCount',
  'replies',
  'likes',
  'shares',
  'context',
  'quote',
  'quoteUrl',
  'quoteAuthorization',
  'interactionPolicy',
  'startTime',
  'timezone',
  'location',
  'icon',
  'image',
  'duration',
  'language',
  '@context',
  'audio',
  'description',
  'preferredUsername',
  'inbox',
  'endpoints',
  'sharedInbox',
  'outbox',
  'followers',
  'following',
  'featured',
  'publicKey',
  'movedTo',
  'attributionDomains',
  'manuallyApprovesFollowers',
  'discoverable',
]
const types = [
  'Note',
  'Question',
  'Article',
  'Event',
  'Video',
  'PodcastEpisode',
  'Person',
  ['Note', 'Person', 'Video'],
  ['x:Thing', 'as:Note'],
]

test('no value in any property makes the parsers fail or exceed their limits', () => {
  const cases = types
    .slice(1)
    .flatMap((type) => properties.flatMap((property) => values.map((value) => ({ type, property, value }))))
  const faulty = cases
    .map(({ type, property, value }) => ({
      type,
      property,
      value,
      found: faultsOf({ ...note(), ...actor(), type, id: 'https://a.test/1', [property]: value }),
    }))
    .filter(({ found }) => found.length > 0)
  expect(faulty).toEqual([])
})

describe('URLs with other schemes, with a user, or of too many bytes are dropped', () => {
  test.each(badUrls)('%s is dropped', (url) => {
    const parsed = parseNote(
      note({
        url,
        inReplyTo: url,
        quote: url,
        attachment: [
          { type: 'Image', url, icon: url },
          { type: 'Video', url: [{ type: 'Link', mediaType: 'video/mp4', href: url }] },
        ],
        tag: [
          { type: 'Mention', href: url },
          { type: 'Emoji', name: ':x:', icon: { url } },
        ],
        cc: [url],
      }),
    )
    expect(parsed).toMatchObject({
      url: 'https://a.test/notes/1',
      inReplyToUri: null,
      quote: null,
      media: [],
      mentioned: [],
      emojis: [],
      cc: [],
    })
    expect(parseNote(note({ id: url }))).toBeNull()
    expect(parseNote(note({ attributedTo: url }))).toBeNull()
    expect(parseActor(actor({ inbox: url }))).toBeNull()
    expect(parseActor(actor({ icon: url, image: { url }, movedTo: url, followers: url }))).toMatchObject({
      avatarUrl: null,
      headerUrl: null,
      movedToUri: null,
      followersUrl: null,
    })
  })
})

test('hosts that look alike are different hosts', () => {
  // The first letter is Cyrillic.
  expect(idOf('https://аpple.test/1')).toBe('https://xn--pple-43d.test/1')
  expect(isSameOrigin('https://а.test/1', 'https://a.test/1')).toBe(false)
  expect(isSameOrigin('https://a.test:443/1', 'https://A.test/2')).toBe(true)
  expect(isSameOrigin('https://a.test:8443/1', 'https://a.test/1')).toBe(false)
})

test('every list and text beyond its limit is cut', () => {
  const parsed = parseNote(
    note({
      content: '<b>'.repeat(300_000),
      summary: 'x'.repeat(100_000),
      to: times(10_000, (n) => `https://a.test/${n}`),
      cc: times(10_000, (n) => `https://b.test/${n}`),
      tag: times(10_000, (n) => ({
        type: n % 2 ? 'Mention' : 'Hashtag',
        href: `https://a.test/${n}`,
        name: `#tag${n}x`,
      })),
      attachment: times(10_000, (n) => ({ type: 'Image', url: `https://a.test/${n}` })),
    }),
  )
  expect(parsed && faults(parsed)).toEqual([])
  expect(parsed).toMatchObject({ media: { length: 16 }, to: { length: 100 }, cc: { length: 100 } })
  expect((parsed?.tags.length ?? 0) + (parsed?.mentioned.length ?? 0)).toBe(50)
  const question = parseNote(
    note({
      type: 'Question',
      oneOf: times(1_000, (n) => ({ name: `${n}`, replies: { totalItems: 1e15 } })),
      votersCount: -5,
    }),
  )
  expect(question?.poll).toMatchObject({ options: { length: 20 }, votersCount: 2_000_000_000 })
})

test('a future date becomes the present, and a date without a zone is in UTC', () => {
  const parsed = parseNote(note({ published: '9998-01-01T00:00:00Z', updated: '9999-01-01T00:00:00Z' }))
  expect(parsed?.publishedAt.getTime()).toBeLessThanOrEqual(Date.now())
  expect(parsed?.editedAt).toBeNull()
  expect(parseNote(note({ published: '2026-01-02T03:04:05' }))?.publishedAt.toISOString()).toBe(
    '2026-01-02T03:04:05.000Z',
  )
  expect(parseNote(note({ published: '2026-01-02 03:04:05.123456+0130' }))?.publishedAt.toISOString()).toBe(
    '2026-01-02T01:34:05.123Z',
  )
  expect(parseNote(note({ published: '2026-01-02', updated: '2026-01-01T00:00:00Z' }))).toMatchObject({
    publishedAt: new Date('2026-01-02T00:00:00Z'),
    editedAt: null,
  })
  expect(parseNote(note({ published: '7' }))?.publishedAt.getTime()).toBeGreaterThan(Date.now() - 60_000)
})

test('a post that replies to itself replies to nothing', () => {
  expect(parseNote(note({ inReplyTo: 'https://a.test/notes/1' }))?.inReplyToUri).toBeNull()
})

test('properties of the prototype are not read', () => {
  const json = parseObject(
    '{"__proto__":{"id":"https://evil.test/1","content":"x"},"id":"https://a.test/1","type":"Note","attributedTo":"https://a.test/a","contentMap":{"__proto__":"y"}}',
  )
  expect(json && parseNote(json)).toMatchObject({ uri: 'https://a.test/1', content: 'y', language: null })
})

test('documents that are nested too deep, contain NUL, or are no objects are not read', () => {
  for (const text of [
    '['.repeat(100) + ']'.repeat(100),
    `{"a":${'{"a":'.repeat(70)}1${'}'.repeat(71)}`,
    '{"a":"\\u0000"}',
    '"x"',
    '[]',
    '',
    '{',
  ])
    expect(parseObject(text)).toBeNull()
})

const json = fc.jsonValue({ maxDepth: 3 })
const nasty = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 2, arbitrary: hostile }, json)

test('no JSON document makes the parsers fail or exceed their limits', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...properties), nasty, { maxKeys: 12 }),
      fc.constantFrom(...types),
      (rest, type) => {
        expect(faultsOf({ ...rest, id: 'https://a.test/1', type })).toEqual([])
      },
    ),
    { numRuns: 1_000 },
  )
})

test('real documents with arbitrary values in any place do not break the parser', () => {
  const documents = examples.map(({ text }) => text)
  fc.assert(
    fc.property(
      fc.constantFrom(...documents),
      fc.array(fc.tuple(fc.array(fc.nat({ max: 50 }), { minLength: 1, maxLength: 6 }), nasty), {
        minLength: 1,
        maxLength: 3,
      }),
      (text, changes) => {
        const document = JSON.parse(text) as Record<string, unknown>
        for (const [path, value] of changes) change(document, path, value)
        expect([document, ...asList(document['orderedItems']).filter(isObject)].flatMap(faultsOf)).toEqual([])
      },
    ),
    { numRuns: 3_000 },
  )
})

/** Puts a value where a path leads, as far as there is a way. */
function change(document: Record<string, unknown>, [step = 0, ...rest]: number[], value: unknown): void {
  const names = Object.keys(document)
  const name = names[step % names.length]
  if (name === undefined) return
  const inner = document[name]
  if (rest.length > 0 && typeof inner === 'object' && inner !== null)
    change(inner as Record<string, unknown>, rest, value)
  else document[name] = value
}
