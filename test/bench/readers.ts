/**
 * All readers of foreign input: the largest size that each accepts, and the characters and words of its grammar.
 * `test/bench/linear.ts` measures that the time of each grows no faster than its input; `test/readers.test.ts` checks that none
 * hangs at its limit, and that no file with such a reader is missing here.
 *
 * Pictures, films and sounds are read outside of JavaScript or in threads of their own, with limits of bytes, pixels and time
 * (`src/media/`).
 */
import { createPublicKey } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { parse as parseCookies } from 'hono/utils/cookie'
import ipaddr from 'ipaddr.js'
import { readUsedPasskey } from '#src/accounts/passkeys/answers.ts'
import { withoutAttestation } from '#src/accounts/passkeys/attestation.ts'
import { fieldLink } from '#src/accounts/profile/fields.ts'
import { relMeUrls } from '#src/accounts/profile/verify-links.ts'
import { parseRedirectUris } from '#src/accounts/sessions/redirect-uris.ts'
import { parseScopes } from '#src/accounts/sessions/scopes.ts'
import { fromCsv } from '#src/moderation/domain-csv.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { clientAddress } from '#src/platform/http/client-address.ts'
import { urisOf } from '#src/platform/uris.ts'
import { readCopies } from '#src/reading/filters/copies.ts'
import { countCharacters } from '#src/rules/count.ts'
import { limits } from '#src/rules/limits.ts'
import { decodePage } from '#src/statuses/cards/charset.ts'
import { readPage } from '#src/statuses/cards/page.ts'
import { searchDocument } from '#src/statuses/search/document.ts'
import { parsePostQuery, toTsquery } from '#src/statuses/search/query.ts'
import { findsWord, folded } from '#src/statuses/views/filter-words.ts'
import { browserName } from '#src/text/browser-name.ts'
import { cleanName, plainText } from '#src/text/clean.ts'
import { unicodeEmoji } from '#src/text/emoji.ts'
import { hashtagsIn, linksIn, mentionsIn } from '#src/text/extract.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { htmlLinksIn } from '#src/text/html/links.ts'
import { mathAsSource } from '#src/text/html/math.ts'
import { sanitizeHtml, sanitizeOwnHtml } from '#src/text/html/sanitize.ts'
import { htmlToText, safeHtmlToText } from '#src/text/html/to-text.ts'
import { languageTag } from '#src/text/language-tag.ts'
import { markdownEntities, markdownToHtml } from '#src/text/markdown.ts'
import { parseMoment } from '#src/text/moment.ts'
import { readReaction } from '#src/text/reaction.ts'
import { render, renderFieldValue, renderProfileNote } from '#src/text/render.ts'
import { shortcodesIn } from '#src/text/shortcodes.ts'
import { readBody, readQuery } from '../../api/http/body.ts'
import { parseObject } from '../../federation/documents/json.ts'
import { toDocument } from '../../federation/fetching/fetch-document.ts'
import { interactionPage } from '../../federation/fetching/interaction-page.ts'
import { parseFollowersHeader } from '../../federation/incoming/followers-header.ts'
import { parseActor } from '../../federation/parse/actor.ts'
import { parseCollection } from '../../federation/parse/collection.ts'
import { parseFeaturedCollection } from '../../federation/parse/featured-collection.ts'
import { htmlAlternate } from '../../federation/parse/html-page.ts'
import { multikeysOf } from '../../federation/parse/multikey.ts'
import { parseNote } from '../../federation/parse/note.ts'
import { publicKeysOf } from '../../federation/parse/public-key.ts'
import { withQuoteLineMarked } from '../../federation/parse/quote-line.ts'
import { parseReaction } from '../../federation/parse/reaction.ts'
import { textResponse, wantsActivity } from '../../federation/serving/negotiation.ts'
import { resourceOf } from '../../federation/serving/webfinger-resource.ts'
import { digestFits, parseCavage } from '../../federation/signatures/cavage.ts'
import { canonical } from '../../federation/signatures/sign-proof.ts'
import { contentDigestFits, parseMessageSignatures } from '../../federation/signatures/verify-rfc9421.ts'
import { messagesIn } from '../../src/text/messages.ts'
import { withEmojis } from '../../web/components/emoji.tsx'
import { linesOf } from '../../web/components/folded.tsx'
import { readForm, ownPath } from '../../web/forms.ts'

export type Reader = {
  /** The input that it reads. */
  name: string
  /** The files whose code this runs. */
  files: readonly string[]
  /** Its limit, in UTF-16 units; defined in its file, unless noted here. */
  limit: number
  grammar: readonly string[]
  /** Frames around the generated text; by default none. */
  frames?: readonly ((filling: string) => string)[]
  read(text: string): unknown
}

/** Node's limit of all headers of a request. */
const headers = 16_384
/** That of our client for the headers of an answer. */
const answerHeaders = 65_536

const letters = [
  'a',
  'H',
  'é',
  '漢',
  'ก',
  ' ',
  '\n',
  '\t',
  '\u00A0',
  '\u200B',
  '\u0301',
  '\u0316',
  '\uFF9E',
  '\u0000',
  '\uD800',
  '👩\u200D',
  '🇩',
]
const html = [
  '<',
  '>',
  '"',
  '&',
  ' ',
  '\n',
  'a',
  '\u0000',
  '<p>',
  '</p>',
  '<p><',
  'x<p></p>',
  '<div>',
  '</div>',
  '<table><tr>',
  '<li>',
  '<ul>',
  '<h1>',
  '<b>',
  '<svg><title>',
  '<math>',
  '</math>',
  '<annotation ',
  '<a href="https://a.example/">',
  '<link ',
  '<link rel="me" href="/">',
  '<meta name="a" content="b">',
  '<!--',
  '-->',
  '<![CDATA[',
  '</',
  '<script>',
  '</script>',
  '<noscript>',
  '</noscript>',
  '<iframe>',
  '&amp;',
  '&notit',
  'a="b" ',
  'class="mention ',
]
const safeHtml = [
  '<p>',
  '</p>',
  '<br />',
  '<li>',
  '<li',
  '</li>',
  '<a href="https://a.example/">',
  '<a ',
  '</a>',
  '<pre>',
  '</pre>',
  '<',
  '>',
  '&lt;',
  '&',
  'a',
  ' ',
  '\n',
  '\t',
  '\u00A0',
  ':',
  ':a:',
  '\u0301\u0316',
]
const text = [
  ...letters,
  '@',
  '@a',
  '@a@b.example',
  '#',
  '#a',
  '＃',
  'h',
  'http://',
  'https://a.example',
  'https://a.example/',
  '(',
  ')',
  '[',
  '.',
  '-',
  '_',
  ':',
  '/',
  '?',
  ',',
  '·',
  'Σ',
  '<',
  '&',
  '\r\n',
  ' \n',
]
const markdown = [
  ...text,
  '*',
  '_',
  '*_',
  '**',
  '~~',
  '~',
  '`',
  '``',
  '```\n',
  '~~~\n',
  '[',
  ']',
  '![',
  '](',
  ')',
  '](a)',
  '[a](https://a.example/)',
  '\\',
  '\\\n',
  '<',
  '<a',
  '<https://a.example',
  '>',
  '> ',
  '&',
  '&amp',
  '&#',
  '#',
  '# ',
  '- ',
  '1. ',
  '    ',
  '\n\n',
  '[a]: ',
  '[a]: b\n',
  '|',
  '"',
  '=',
  '\n- ',
  '\n> ',
]
const header = [
  'a',
  'A',
  '0',
  '=',
  '"',
  '\\',
  ',',
  ';',
  ' ',
  '\t',
  '(',
  ')',
  ':',
  '?',
  '*',
  '-',
  '/',
  'a=',
  'a="',
  '="a",',
  'a=1,',
  'a=(',
  'sha-256=a,',
  'sha-256=:YQ==:,',
  ';q=',
  ';q=1,',
  '"a" ',
  'a=("a");b,',
  '<',
  '>',
  ', <a>; rel="alternate"',
  'W/',
  '%',
  '.',
]
const json = [
  '[',
  ']',
  '{',
  '}',
  '{"a":',
  '"',
  ',',
  ':',
  '0',
  '1e9',
  '-',
  '\\',
  '\\u0000',
  'a',
  ' ',
  '[],',
  '{},',
  '"a",',
  'null,',
]
const url = [
  'a',
  '/',
  '.',
  ':',
  '@',
  '?',
  '#',
  '%',
  '%41',
  '[',
  '&',
  '=',
  '+',
  '-',
  'é',
  '\u0301\u0316',
  '漢',
  ' ',
  '\t',
  '../',
  'xn--',
  '*.',
  '\n',
  ',',
]
const form = [
  'a',
  '=',
  '&',
  '%',
  '%41',
  '+',
  '[',
  ']',
  '[]',
  'a[]=1&',
  'a[b][c]=1&',
  'a[0][b]=1&',
  ';',
  '"',
  '\r\n',
  '--',
  '\u0000',
]
const multipart = [
  '--x',
  '--x--',
  '\r\n',
  '\n',
  '-',
  'x',
  'a',
  '"',
  ';',
  ':',
  '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
  'Content-Disposition: form-data; name="',
  'a: b\r\n',
  '--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n',
]

const resolved = { mentions: new Map(), tagUrl: (name: string) => `https://a.example/tags/${name}` }
const uris = urisOf({ origin: 'https://here.example', handleHost: 'here.example' })
const emojis = [{ shortcode: 'a', file: 'a.png', remoteUrl: null }]
const id = 'https://a.example/1'
const answer = (body: string, head: Record<string, string>) => ({
  url: 'https://a.example/',
  status: 200,
  headers: new Headers(head),
  body: Buffer.from(body),
})
const asHeader = (value: string) =>
  Buffer.from(value, 'utf8')
    .toString('latin1')
    .replaceAll(/[\0\r\n]/g, ' ')
const body = Buffer.alloc(100_000)

/** A request as the routes see it. */
function asked(content: string, type: string): never {
  const request = new Request('https://here.example/', {
    method: 'POST',
    body: content,
    headers: { 'content-type': type },
  })
  return {
    req: { raw: request, url: request.url, header: (name: string) => request.headers.get(name) ?? undefined },
  } as never
}
const formTypes = { urlencoded: 'application/x-www-form-urlencoded', multipart: 'multipart/form-data; boundary=x' }
/** An invalid form is refused; only the time counts here. */
const outcome = async (work: () => Promise<unknown>): Promise<unknown> => work().catch((error: unknown) => error)

/** Documents with one list of members: as JSON, whose values are bounded. */
const members = [
  '"https://a.example/1"',
  '"a"',
  '[]',
  '{"type":"Mention","href":"https://a.example/1","name":"@a@a.example"}',
  '{"type":"Hashtag","name":"#a"}',
  '{"type":"Document","url":"https://a.example/a.png","mediaType":"image/png"}',
  '{"type":"PropertyValue","name":"a","value":"b"}',
  '{"id":"https://a.example/1","rel":"a"}',
].map((one) => `${one},`)
const properties = [
  'type',
  'tag',
  'attachment',
  'to',
  'cc',
  'audience',
  'url',
  'content',
  'summary',
  'name',
  'oneOf',
  'attributedTo',
  'image',
  'icon',
  '@context',
  'location',
  'items',
  'topic',
  'first',
  'publicKey',
  'assertionMethod',
  'alsoKnownAs',
  'attributionDomains',
  'replies',
  'interactionPolicy',
]
/** All types at once, as a document may have them. */
const document = (property: string) => (filling: string) =>
  `{"id":"${id}","attributedTo":"https://a.example/a","inbox":"${id}","preferredUsername":"a","type":["Question","Event","Person","FeaturedCollection"],"${property}":[${filling}null]}`
const mapped = (property: string) => (filling: string) =>
  `{"id":"${id}","attributedTo":"https://a.example/a","type":"Note","${property}":{${filling
    .split('\n')
    .map((value, i) => `"${i}":${value || 'null'}`)
    .join(',')}}}`

function readDocument(written: string): unknown {
  const found = parseObject(written)
  return (
    found && [
      parseNote(found),
      parseActor(found),
      parseCollection(found, id),
      parseFeaturedCollection(found),
      parseReaction(found),
      publicKeysOf(found),
      multikeysOf(found),
      interactionPage({ links: found['tag'] }, 'follow', id),
      canonical(found),
    ]
  )
}

const note =
  (mediaType: string, type = 'Note') =>
  (content: string) =>
    parseNote({
      id,
      type,
      attributedTo: 'https://a.example/a',
      mediaType,
      content,
      summary: content,
      name: content,
      quoteUri: 'https://a.example/2',
    })

export const readers: readonly Reader[] = [
  // HTML of other servers
  {
    name: 'HTML of posts, biographies, fields and translations',
    files: ['src/text/html/sanitize.ts', 'src/text/html/blank.ts', 'src/text/html/math.ts'],
    limit: 200_000,
    grammar: html,
    read: sanitizeHtml,
  },
  {
    name: 'our own HTML',
    files: ['src/text/html/sanitize.ts'],
    limit: 200_000,
    grammar: safeHtml,
    read: sanitizeOwnHtml,
  },
  { name: 'formulas', files: ['src/text/html/math.ts'], limit: 200_000, grammar: html, read: mathAsSource },
  { name: 'HTML as text', files: ['src/text/html/to-text.ts'], limit: 200_000, grammar: html, read: htmlToText },
  {
    name: 'safe HTML as text',
    files: ['src/text/html/to-text.ts'],
    limit: 200_000,
    grammar: safeHtml,
    read: safeHtmlToText,
  },
  {
    name: 'links of HTML',
    files: ['src/text/html/links.ts', 'src/text/html/tags.ts'],
    limit: 200_000,
    grammar: html,
    read: htmlLinksIn,
  },
  {
    name: 'HTML with emojis',
    files: ['web/components/emoji.tsx', 'src/text/shortcodes.ts'],
    limit: 200_000,
    grammar: safeHtml,
    read: (written) => [withEmojis(written, emojis as never, () => ''), shortcodesIn(written)],
  },
  { name: 'lengths of posts', files: ['web/components/folded.tsx'], limit: 200_000, grammar: safeHtml, read: linesOf },
  {
    name: 'posts in HTML',
    files: ['federation/parse/texts.ts', 'federation/parse/note.ts', 'federation/parse/quote-line.ts'],
    limit: 200_000,
    grammar: html,
    read: note('text/html'),
  },
  {
    name: 'articles in HTML',
    files: ['federation/parse/texts.ts'],
    limit: 200_000,
    grammar: html,
    read: note('text/html', 'Article'),
  },
  {
    name: 'posts in Markdown',
    files: ['federation/parse/texts.ts'],
    limit: 20_000,
    grammar: markdown,
    read: note('text/markdown'),
  },
  {
    name: 'posts in plain text',
    files: ['federation/parse/texts.ts'],
    limit: 20_000,
    grammar: text,
    read: note('text/plain'),
  },
  // 5,000 including the frame.
  {
    name: 'lines of quotes',
    files: ['federation/parse/quote-line.ts'],
    limit: 4_900,
    grammar: [...html, '<span>', '</span>', '<bdi>', '<br />', 'RE:'],
    frames: [
      (x) => x,
      (x) => `RE:${x}`,
      (x) => `${x}RE: <a href="https://a.example/">a</a>`,
      (x) => `RE: <a href="https://a.example/">${x}</a>`,
      (x) => `RE: <a href="https://a.example/">a</a>${x}`,
    ],
    read: (written) => withQuoteLineMarked(written, id),
  },
  {
    name: 'links of profile fields',
    files: ['src/accounts/profile/fields.ts'],
    limit: 10_000,
    grammar: html,
    frames: [(x) => x, (x) => `<a href="https://a.example/">${x}`],
    read: (value) => fieldLink({ value }),
  },
  {
    name: 'linked pages',
    files: ['src/statuses/cards/page.ts', 'src/text/html/tags.ts'],
    limit: 1_048_576,
    grammar: html,
    read: (written) => readPage(written, 'https://a.example/'),
  },
  {
    name: 'pages that link back',
    files: ['src/accounts/profile/verify-links.ts', 'src/text/html/tags.ts'],
    limit: 1_048_576,
    grammar: html,
    read: (written) => relMeUrls(written, 'https://a.example/'),
  },
  {
    name: 'other forms of pages',
    files: ['federation/parse/html-page.ts', 'src/text/html/tags.ts'],
    limit: 1_048_576,
    grammar: html,
    read: (written) => htmlAlternate(answer(written, { 'content-type': 'text/html' })),
  },
  {
    name: 'encodings of pages',
    files: ['src/statuses/cards/charset.ts'],
    limit: 1_048_576,
    grammar: [...html, 'charset', '<meta charset='],
    read: (written) => decodePage(Buffer.from(written), ''),
  },

  // Texts that people write
  {
    name: 'characters of posts',
    files: ['src/rules/count.ts', 'src/text/clean.ts'],
    limit: limits.status.maxSourceLength,
    grammar: text,
    read: (written) => countCharacters(plainText(written)),
  },
  {
    name: 'posts in plain text of people here',
    files: [
      'src/text/render.ts',
      'src/text/scan.ts',
      'src/text/mention.ts',
      'src/text/hashtag.ts',
      'src/text/link.ts',
      'src/text/host.ts',
      'src/text/entity-html.ts',
      'src/text/extract.ts',
    ],
    limit: limits.status.maxSourceLength,
    grammar: text,
    read: (written) => [
      render(written, 'plain', resolved),
      renderProfileNote(written, resolved),
      mentionsIn(written),
      hashtagsIn(written),
      linksIn(written),
    ],
  },
  {
    name: 'posts in Markdown of people here',
    files: ['src/text/markdown.ts'],
    limit: limits.status.maxSourceLength,
    grammar: markdown,
    read: (written) => [markdownToHtml(written, resolved), markdownEntities(written)],
  },
  {
    name: 'profile fields',
    files: ['src/text/render.ts'],
    limit: limits.status.maxSourceLength,
    grammar: text,
    read: (written) => renderFieldValue(written, resolved),
  },
  { name: 'text of any kind', files: ['src/text/clean.ts'], limit: 1_048_576, grammar: letters, read: plainText },
  {
    name: 'names and titles',
    files: ['src/text/clean.ts', 'src/text/trim.ts'],
    limit: 1_048_576,
    grammar: text,
    read: (written) => cleanName(written, 300),
  },
  {
    name: 'words for search',
    files: ['src/statuses/search/document.ts', 'src/statuses/search/words.ts', 'src/text/normalize.ts'],
    limit: 200_000,
    grammar: text,
    read: (written) => searchDocument({ texts: [written], tags: [], marks: [] }),
  },
  {
    name: 'words of filters',
    files: ['src/statuses/views/filter-words.ts', 'src/text/normalize.ts'],
    limit: 200_000,
    grammar: text,
    read: (written) => findsWord(folded(written), 'aa', true),
  },
  {
    name: 'searches',
    files: ['src/statuses/search/query.ts'],
    limit: 500,
    grammar: [...text, '"', '“', 'from:', '-', 'has:', 'a:b'],
    read: (written) => toTsquery(parsePostQuery(written).terms),
  },
  {
    name: 'handles',
    files: ['src/platform/handle.ts'],
    limit: 1_048_576,
    grammar: text,
    frames: [(x) => x, (x) => `a@${x}`],
    read: parseHandle,
  },
  {
    name: 'hashtags',
    files: ['src/text/hashtag.ts', 'src/text/normalize.ts', 'src/text/trim.ts'],
    limit: 1_048_576,
    grammar: text,
    read: parseHashtag,
  },
  { name: 'emojis', files: ['src/text/emoji.ts'], limit: 1_048_576, grammar: letters, read: unicodeEmoji },
  {
    name: 'emojis of reactions',
    files: ['src/text/reaction.ts'],
    limit: 1_048_576,
    grammar: [...letters, ':', '@', '.'],
    read: readReaction,
  },
  {
    name: 'language tags',
    files: ['src/text/language-tag.ts'],
    limit: 1_048_576,
    grammar: ['a', 'aa', '-', '_', ' ', '0', 'en-'],
    read: languageTag,
  },
  {
    name: 'moments',
    files: ['src/text/moment.ts'],
    limit: 1_048_576,
    grammar: ['0', '2026', '-', ':', 'T', 'Z', '+', ' ', 'a', 'Jan', '(', ')', '.'],
    read: parseMoment,
  },

  // Headers
  {
    name: 'signatures of requests',
    files: ['federation/signatures/cavage.ts', 'federation/signatures/parameters.ts'],
    limit: 8_192,
    grammar: header,
    frames: [(x) => x, (x) => `keyId="a",signature="a",headers="${x}"`],
    read: parseCavage,
  },
  {
    name: 'digests',
    files: ['federation/signatures/cavage.ts'],
    limit: headers,
    grammar: header,
    read: (value) => digestFits(value, body),
  },
  {
    name: 'message signatures',
    files: ['federation/signatures/verify-rfc9421.ts'],
    limit: headers,
    grammar: header,
    frames: [(x) => x, (x) => `a=("b" ${x})`, (x) => `a="${x}"`],
    read: (value) => parseMessageSignatures(value, value),
  },
  {
    name: 'digests of message signatures',
    files: ['federation/signatures/verify-rfc9421.ts'],
    limit: headers,
    grammar: header,
    read: (value) => contentDigestFits(value, body),
  },
  {
    name: 'digests of followers',
    files: ['federation/incoming/followers-header.ts', 'federation/signatures/parameters.ts'],
    limit: 8_192,
    grammar: header,
    read: parseFollowersHeader,
  },
  {
    name: 'wanted types and known versions',
    files: ['federation/serving/negotiation.ts'],
    limit: headers,
    grammar: header,
    read: (value) => [
      wantsActivity(new Request('https://here.example/', { headers: { accept: asHeader(value) } })),
      textResponse(new Request('https://here.example/', { headers: { 'if-none-match': asHeader(value) } }), {
        json: '{}',
        etag: 'a',
      }),
    ],
  },
  {
    name: 'types of documents',
    files: ['federation/fetching/fetch-document.ts'],
    limit: answerHeaders,
    grammar: [...header, 'profile=', 'application/ld+json'],
    frames: [(x) => x, (x) => `application/ld+json${x}`],
    read: (value) => toDocument(answer('{}', { 'content-type': asHeader(value) })),
  },
  {
    name: 'links in headers',
    files: ['federation/parse/html-page.ts'],
    limit: answerHeaders,
    grammar: header,
    read: (value) => htmlAlternate(answer('', { link: asHeader(value) })),
  },
  {
    name: 'types of pages',
    files: ['src/statuses/cards/charset.ts'],
    limit: answerHeaders,
    grammar: [...header, 'charset', 'charset='],
    read: (value) => decodePage(Buffer.alloc(0), value),
  },
  {
    name: 'addresses of proxies',
    files: ['src/platform/http/client-address.ts'],
    limit: headers,
    grammar: ['1', '.', ':', ',', ' ', '10.0.0.1,', '::', 'a'],
    read: (value) => clientAddress('10.0.0.1', value, [ipaddr.parseCIDR('10.0.0.0/8')]),
  },
  {
    name: 'cookies',
    files: ['web/session.ts'],
    limit: headers,
    grammar: [...header, 'pipit=', '; '],
    read: (value) => parseCookies(value, 'pipit'),
  },
  {
    name: 'names of browsers',
    files: ['src/text/browser-name.ts'],
    limit: headers,
    grammar: ['a', '/', ' ', 'Firefox', 'Mac OS X', '('],
    read: (text) => browserName(text, messagesIn('en')),
  },

  // JSON
  {
    name: 'JSON',
    files: ['federation/documents/json.ts', 'src/text/json-depth.ts'],
    limit: 1_048_576,
    grammar: json,
    frames: [(x) => x, (x) => `{"a":[${x}`, (x) => `{"a":"${x}"}`],
    read: parseObject,
  },
  {
    name: 'lists in documents of other servers',
    files: [
      'federation/parse/actor.ts',
      'federation/parse/collection.ts',
      'federation/parse/emoji.ts',
      'federation/parse/podcast-episode.ts',
      'federation/parse/event.ts',
      'federation/parse/featured-collection.ts',
      'federation/parse/image.ts',
      'federation/parse/interaction-policy.ts',
      'federation/parse/media.ts',
      'federation/parse/multikey.ts',
      'federation/parse/note.ts',
      'federation/parse/poll.ts',
      'federation/parse/quote.ts',
      'federation/parse/reaction.ts',
      'federation/parse/tags.ts',
      'federation/fetching/interaction-page.ts',
      'federation/signatures/sign-proof.ts',
    ],
    limit: 1_048_576,
    grammar: members,
    frames: properties.map(document),
    read: readDocument,
  },
  {
    name: 'maps in documents of other servers',
    files: ['federation/documents/json.ts'],
    limit: 1_048_576,
    grammar: members.map((one) => one.replace(/,$/, '\n')),
    frames: ['contentMap', 'nameMap', 'tag', 'endpoints', '@context'].map(mapped),
    read: readDocument,
  },
  {
    name: 'keys in PEM',
    files: ['federation/signatures/peer-keys.ts'],
    limit: 10_000,
    grammar: [
      'A',
      'M',
      '=',
      '\n',
      '\r',
      ' ',
      '-',
      '-----BEGIN PUBLIC KEY-----\n',
      '-----END PUBLIC KEY-----\n',
      'MIIB',
    ],
    frames: [(x) => x, (x) => `-----BEGIN PUBLIC KEY-----\n${x}\n-----END PUBLIC KEY-----`],
    read: (pem) => outcome(async () => createPublicKey(pem)),
  },

  // Addresses, forms, lists
  {
    name: 'resources of WebFinger',
    files: ['federation/serving/webfinger-resource.ts', 'src/platform/uris.ts'],
    limit: headers,
    grammar: url,
    frames: [(x) => x, (x) => `acct:${x}`, (x) => `https://here.example/${x}`],
    read: (value) => resourceOf(uris, value),
  },
  {
    name: 'paths to go back to',
    files: ['web/forms.ts'],
    limit: headers,
    grammar: url,
    frames: [(x) => `/${x}`],
    read: (value) => ownPath(value),
  },
  {
    name: 'queries',
    files: ['api/http/names.ts', 'api/http/body.ts'],
    limit: headers,
    grammar: form,
    read: (value) => outcome(async () => readQuery({ req: { url: `https://here.example/?${value}` } } as never)),
  },
  {
    name: 'forms and JSON of apps',
    files: ['api/http/body.ts', 'api/http/names.ts'],
    limit: 1_048_576,
    grammar: form,
    frames: [(x) => x, (x) => `a${x}=1`],
    read: (value) => outcome(() => readBody(asked(value, formTypes.urlencoded), 'text')),
  },
  {
    name: 'JSON of apps',
    files: ['api/http/body.ts'],
    limit: 1_048_576,
    grammar: json,
    frames: [(x) => x, (x) => `{"a":[${x}`],
    read: (value) => outcome(() => readBody(asked(value, 'application/json'), 'text')),
  },
  {
    name: 'forms of apps in parts',
    files: ['api/http/body.ts', 'src/platform/http/multipart.ts'],
    limit: 1_048_576,
    grammar: multipart,
    frames: [(x) => x, (x) => `--x\r\n${x}`],
    read: (value) => outcome(() => readBody(asked(value, formTypes.multipart), 'text')),
  },
  {
    name: 'forms of pages',
    files: ['web/forms.ts'],
    limit: 1_500_000,
    grammar: form,
    read: (value) => outcome(() => readForm(asked(value, formTypes.urlencoded), 1_500_000)),
  },
  {
    name: 'forms of pages in parts',
    files: ['web/forms.ts'],
    limit: 1_500_000,
    grammar: multipart,
    frames: [(x) => `--x\r\n${x}`],
    read: (value) => outcome(() => readForm(asked(value, formTypes.multipart), 1_500_000)),
  },
  {
    name: 'uploads',
    files: ['api/http/upload.ts'],
    limit: 1_048_576,
    grammar: multipart,
    frames: [(x) => x, (x) => `--x\r\n${x}`],
    read: (value) => upload(value),
  },
  {
    name: 'answers of passkeys',
    files: ['src/accounts/passkeys/answers.ts'],
    limit: 65_536,
    grammar: json,
    frames: [
      (x) => x,
      (x) => `{"a":[${x}`,
      (x) => `{"id":"a","rawId":"a","type":"public-key","response":{"clientDataJSON":"${x.replace(/\W/g, '')}"}}`,
    ],
    read: (value) => outcome(async () => readUsedPasskey(value)),
  },
  {
    name: 'attestation objects of passkeys',
    files: ['src/accounts/passkeys/attestation.ts'],
    limit: 49_152,
    // Heads of arrays, maps, tags, texts, bytes and numbers in CBOR.
    grammar: ['\x81', '\xA1', '\x9F', '\xBF', '\xC1', '\x61a', '\x41', '\x00', '\x99\xFF\xFF', '\xFF', '\xA0'],
    frames: [(x) => x, (x) => `\xA3${x}`],
    read: (value) => outcome(() => withoutAttestation(Buffer.from(value, 'latin1').toString('base64url'))),
  },
  {
    name: 'scopes',
    files: ['src/accounts/sessions/scopes.ts'],
    limit: 1_048_576,
    grammar: ['read', 'write:a', ' ', '+', '\n', 'a', ':'],
    read: parseScopes,
  },
  {
    name: 'redirect URIs',
    files: ['src/accounts/sessions/redirect-uris.ts'],
    limit: 1_048_576,
    grammar: [...url, 'https://a.example/'],
    read: (value) => parseRedirectUris([value]),
  },
  // An owner's input to the command line: the size of 2,000 servers.
  {
    name: 'lists of servers',
    files: ['src/moderation/domain-csv.ts'],
    limit: 20_000,
    grammar: ['a', ',', '"', '""', '\n', '\r', ' ', '#', 'a.example,', 'a.example\n', 'domain,', '*'],
    frames: [(x) => x, (x) => `#domain,${x}\n`, (x) => `#domain,${x}\n${x.replaceAll(',', '\n')}`],
    read: fromCsv,
  },
  {
    name: 'files with filters',
    files: ['src/reading/filters/copies.ts'],
    limit: 500_000,
    grammar: ['a', ',', '"', '""', '\n', '\r', ' ', "'", '=', 'a,b\n', 'title,keyword\n', '{', '[', '{"filters":['],
    frames: [
      (x) => x,
      (x) => `title,keyword\n${x}`,
      (x) => `{"filters":[{"title":"a","keywords":[{"keyword":"${x}"}]}]}`,
    ],
    read: readCopies,
  },
]

/** As `uploads` reads a form, without the files that it would write. */
async function upload(content: string): Promise<unknown> {
  const parser = new Busboy({
    headers: { 'content-type': formTypes.multipart },
    limits: { fields: 300, files: 10, parts: 310, fieldSize: 100_000, fieldNameSize: 200, headerPairs: 20 },
  })
  parser.on('file', (_, stream) => void stream.resume())
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => parser.destroy(new Error(limit)))
  const source = Readable.from(
    (function* () {
      for (let i = 0; i < content.length; i += 65_536) yield Buffer.from(content.slice(i, i + 65_536))
    })(),
  )
  return pipeline(source, parser).catch((error: unknown) => error)
}

/** A text of about a size, made of some words of a grammar. */
export function filled(units: readonly string[], frame: (filling: string) => string, size: number): string {
  const unit = units.join('')
  return frame(unit.repeat(Math.max(1, Math.floor(size / unit.length))))
}
