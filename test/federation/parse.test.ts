import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseObject } from '../../federation/documents/json.ts'
import { parseActor } from '../../federation/parse/actor.ts'
import { parseNote } from '../../federation/parse/note.ts'
import { publicKeysOf } from '../../federation/parse/public-key.ts'

const toAll = 'https://www.w3.org/ns/activitystreams#Public'
const note = (more: object) => ({
  id: 'https://a.test/notes/1',
  type: 'Note',
  attributedTo: 'https://a.test/users/a',
  content: '<p>Hi</p>',
  published: '2026-01-02T03:04:05Z',
  to: toAll,
  ...more,
})

test.each<[string, object, object]>([
  [
    'Mastodon',
    {
      summary: 'warning',
      sensitive: true,
      inReplyTo: null,
      url: 'https://a.test/@a/1',
      to: [toAll],
      cc: ['https://a.test/users/a/followers', 'https://b.test/users/b'],
      contentMap: { en: '<p>Hi</p>' },
      updated: '2026-01-02T04:00:00Z',
      attachment: [
        {
          type: 'Document',
          mediaType: 'image/png',
          url: 'https://a.test/1.png',
          name: 'A bird',
          blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
          focalPoint: [0.5, -0.25],
          width: 640,
          height: 480,
        },
      ],
      tag: [
        { type: 'Mention', href: 'https://b.test/users/b', name: '@b@b.test' },
        { type: 'Hashtag', href: 'https://a.test/tags/news', name: '#News' },
        { type: 'Emoji', name: ':blob:' },
      ],
    },
    {
      spoilerText: 'warning',
      isSensitive: true,
      language: 'en',
      url: 'https://a.test/@a/1',
      inReplyToUri: null,
      mentioned: ['https://b.test/users/b'],
      editedAt: new Date('2026-01-02T04:00:00Z'),
      cc: ['https://a.test/users/a/followers', 'https://b.test/users/b'],
      tags: [{ name: 'news', displayName: 'News' }],
      media: [
        {
          kind: 'image',
          mediaType: 'image/png',
          url: 'https://a.test/1.png',
          description: 'A bird',
          width: 640,
          height: 480,
          blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
          focus: { x: 0.5, y: -0.25 },
        },
      ],
    },
  ],
  [
    'GoToSocial: single values, descriptions in summary',
    {
      to: toAll,
      cc: 'https://a.test/users/a/followers',
      tag: { type: 'Mention', href: 'https://b.test/users/b', name: '@b' },
      attachment: { type: 'Image', mediaType: 'image/webp', url: 'https://a.test/1.webp', summary: 'A bird' },
    },
    { to: [toAll], mentioned: ['https://b.test/users/b'], media: [{ description: 'A bird', mediaType: 'image/webp' }] },
  ],
  [
    'snac: an empty warning, no map of contents',
    { summary: '', content: 'Hi<br>', sensitive: false, attachment: [], tag: [] },
    { spoilerText: '', isSensitive: false, content: 'Hi<br>', language: null },
  ],
  [
    'Misskey: a quote and a source beside',
    {
      _misskey_content: 'Hi',
      quoteUrl: 'https://b.test/notes/9',
      summary: null,
      sensitive: false,
      attachment: [{ type: 'Document', mediaType: 'video/mp4', url: 'https://a.test/1.mp4', name: null }],
    },
    { spoilerText: '', media: [{ kind: 'video', description: '' }] },
  ],
  [
    'Pleroma: links in lists, a context of its own',
    {
      actor: 'https://a.test/users/a',
      context: 'https://a.test/contexts/1',
      to: [toAll],
      attachment: [
        {
          type: 'Document',
          mediaType: 'image/jpeg',
          name: 'x',
          url: [{ type: 'Link', href: 'https://a.test/x.jpg', mediaType: 'image/jpeg' }],
        },
      ],
    },
    { media: [{ url: 'https://a.test/x.jpg', mediaType: 'image/jpeg' }] },
  ],
  [
    'PeerTube: a video of a person and a channel, to be watched there',
    {
      type: 'Video',
      name: 'Birds & bees',
      content: '<p>About</p>',
      attributedTo: [
        { type: 'Group', id: 'https://a.test/channels/c' },
        { type: 'Person', id: 'https://a.test/users/a' },
      ],
      url: [
        { type: 'Link', mediaType: 'text/html', href: 'https://a.test/w/1' },
        { type: 'Link', mediaType: 'video/mp4', href: 'https://a.test/1.mp4', height: 720 },
      ],
    },
    {
      authors: ['https://a.test/users/a', 'https://a.test/channels/c'],
      url: 'https://a.test/w/1',
      content:
        '<p><strong>Birds &amp; bees</strong></p><p>About</p><p><a href="https://a.test/w/1">https://a.test/w/1</a></p>',
      media: [{ kind: 'video', url: 'https://a.test/1.mp4' }],
    },
  ],
  [
    'Lemmy: a page with a title',
    {
      type: 'Page',
      name: 'Title',
      content: undefined,
      url: undefined,
      attachment: [{ type: 'Link', href: 'https://news.test/' }],
    },
    {
      content:
        '<p><strong>Title</strong></p><p><a href="https://news.test/">https://news.test/</a></p><p><a href="https://a.test/notes/1">https://a.test/notes/1</a></p>',
      media: [],
    },
  ],
  [
    'WordPress: an article with a summary that is no warning',
    { type: 'Article', name: 'Title', summary: 'In short', content: '<p>Long</p>', url: 'https://a.test/?p=1' },
    { spoilerText: '', isSensitive: false, url: 'https://a.test/?p=1' },
  ],
  ['a language by its longer name', { content: '<p>Hi</p>', contentMap: { ENG: '<p>Hi</p>' } }, { language: 'en' }],
  [
    'only a map of contents',
    { content: undefined, contentMap: { ja: '<p>やあ</p>' } },
    { content: '<p>やあ</p>', language: 'ja' },
  ],
  [
    'several types, ids as objects',
    {
      type: ['Note', 'x:Thing'],
      attributedTo: [{ id: 'https://a.test/users/a', type: 'Person' }],
      inReplyTo: { id: 'https://b.test/1' },
    },
    { inReplyToUri: 'https://b.test/1' },
  ],
  ['an enemy: the page of somebody else', { url: 'https://victim.test/notes/1' }, { url: 'https://a.test/notes/1' }],
  [
    'a mention by handle alone, one twice, one with several links',
    {
      tag: [
        { type: 'Mention', name: '@Bob@B.test' },
        { type: ['Mention'], href: ['https://c.test/c', 'https://c.test/@c'] },
        { type: 'Mention', href: 'https://c.test/c' },
        { type: 'Mention', name: 'nobody' },
      ],
    },
    { mentioned: ['@Bob@b.test', 'https://c.test/c'] },
  ],
  [
    'titles and warnings by languages only',
    {
      type: 'Event',
      nameMap: { fr: 'Fête' },
      name: null,
      content: null,
      contentMap: { fr: ['<p>Venez</p>'] },
      startTime: '2026-07-14',
      location: { type: 'VirtualLocation', url: 'https://meet.test/' },
    },
    {
      content:
        '<p><strong>Fête</strong></p><p>🗓️ 2026-07-14 00:00 (UTC)<br />📍 <a href="https://meet.test/">https://meet.test/</a></p><p>Venez</p><p><a href="https://a.test/notes/1">https://a.test/notes/1</a></p>',
      language: 'fr',
    },
  ],
  [
    'a link to what it quotes that is not its last line',
    { quoteUrl: 'https://b.test/1', content: '<p>RE: <a href="https://b.test/1">x</a> and more</p>' },
    { content: '<p>RE: <a href="https://b.test/1">x</a> and more</p>' },
  ],
  [
    'a last line about something else',
    { quoteUrl: 'https://b.test/1', content: '<p>Hi<br>RE: <a href="https://c.test/1">x</a></p>' },
    { content: '<p>Hi<br>RE: <a href="https://c.test/1">x</a></p>' },
  ],
  [
    'nothing but such a line',
    { quoteUrl: 'https://b.test/1', content: '<p><span>RE: </span><a href="https://b.test/1">x</a></p>' },
    { content: '<p class="quote-inline">RE: <a href="https://b.test/1">x</a></p>' },
  ],
  [
    'a group that is everybody',
    { to: [], cc: ['https://a.test/users/a/followers'], audience: ['https://g.test/g', 'as:Public'] },
    { to: [], cc: ['https://a.test/users/a/followers', 'https://g.test/g', toAll] },
  ],
  ['short names of everybody', { to: ['as:Public'], cc: ['Public'] }, { to: [toAll], cc: [toAll] }],
  [
    'a date that no database knows',
    { published: '-006000-01-01T00:00:00Z', updated: '+012026-01-01T00:00:00Z' },
    { editedAt: null, publishedAt: expect.any(Date) },
  ],
  ['a date of the year 0', { updated: '0000-06-01T00:00:00Z' }, { editedAt: null }],
  [
    'invalid dates, languages, links and sizes',
    {
      published: 'today',
      updated: 7,
      contentMap: { 'not a language!': '<p>Hi</p>' },
      url: 'javascript:alert(1)',
      attachment: [
        { type: 'Image', url: 'data:image/png;base64,AAAA' },
        { type: 'Image', url: 'https://a.test/1', width: -1, blurhash: '<script>', focalPoint: [9, 'x'] },
      ],
    },
    {
      language: null,
      url: 'https://a.test/notes/1',
      editedAt: null,
      media: [{ url: 'https://a.test/1', width: null, blurhash: null, focus: { x: 0, y: 0 } }],
    },
  ],
])('a post as %s writes it', (_name, more, expected) => {
  expect(parseNote(note(more))).toMatchObject({
    uri: 'https://a.test/notes/1',
    authors: ['https://a.test/users/a'],
    ...expected,
  })
})

test.each([
  ['no id', { id: undefined }],
  ['an id that is no URL', { id: 'urn:uuid:1' }],
  ['no author', { attributedTo: undefined }],
  ['another type', { type: 'Person' }],
])('an object with %s is no post', (_name, more) => {
  expect(parseNote(note(more))).toBeNull()
})

const actor = (more: object) => ({
  id: 'https://a.test/users/a',
  type: 'Person',
  preferredUsername: 'a',
  inbox: 'https://a.test/users/a/inbox',
  ...more,
})

test.each<[string, object, object]>([
  [
    'Mastodon',
    {
      name: 'Anna',
      summary: '<p>Bird</p>',
      url: 'https://a.test/@a',
      endpoints: { sharedInbox: 'https://a.test/inbox' },
      manuallyApprovesFollowers: true,
      discoverable: true,
      indexable: false,
      published: '2020-01-01T00:00:00Z',
      icon: { type: 'Image', mediaType: 'image/png', url: 'https://cdn.test/a.png' },
      attachment: [
        { type: 'PropertyValue', name: 'Web', value: '<a href="https://a.test">a</a>' },
        { type: 'IdentityProof', name: 'x' },
      ],
    },
    {
      displayName: 'Anna',
      isLocked: true,
      isDiscoverable: true,
      isIndexable: false,
      sharedInboxUrl: 'https://a.test/inbox',
      avatarUrl: 'https://cdn.test/a.png',
      fields: [{ name: 'Web', value: '<a href="https://a.test">a</a>' }],
    },
  ],
  [
    'GoToSocial: a bot, lists of one',
    { type: 'Application', icon: [{ type: 'Image', url: 'https://a.test/a.png' }], name: null },
    { actorType: 'Application', displayName: '', avatarUrl: 'https://a.test/a.png' },
  ],
  [
    'Lemmy: a group without a name',
    { type: 'Group', url: undefined, publicKey: undefined },
    { actorType: 'Group', url: 'https://a.test/users/a' },
  ],
  [
    'PeerTube: links in a list',
    {
      url: [
        { type: 'Link', mediaType: 'application/json', href: 'https://a.test/j' },
        { type: 'Link', mediaType: 'text/html', href: 'https://a.test/h' },
      ],
    },
    { url: 'https://a.test/h' },
  ],
  ['an enemy: the page of somebody else', { url: 'https://victim.test/users/v' }, { url: 'https://a.test/users/a' }],
  [
    'an enemy: inboxes and collections of others',
    { endpoints: { sharedInbox: 'https://victim.test/inbox' }, followers: 'https://victim.test/users/v/followers' },
    { sharedInboxUrl: null, followersUrl: null },
  ],
])('an actor as %s writes it', (_name, more, expected) => {
  expect(parseActor(actor(more))).toMatchObject({ uri: 'https://a.test/users/a', username: 'a', ...expected })
})

test.each([
  ['no inbox', { inbox: undefined }],
  ['an inbox on another server', { inbox: 'https://victim.test/inbox' }],
  ['no name', { preferredUsername: '' }],
  ['a name with an at sign', { preferredUsername: 'a@b.test' }],
  ['no type', { type: 'Note' }],
])('an object with %s is no account', (_name, more) => {
  expect(parseActor(actor(more))).toBeNull()
})

test('one or several keys of an actor are read', () => {
  const key = (n: number) => ({
    id: `https://a.test/users/a#${n}`,
    owner: 'https://a.test/users/a',
    publicKeyPem: 'PEM',
  })
  expect(publicKeysOf(actor({ publicKey: key(1) }))).toMatchObject([{ id: 'https://a.test/users/a#1' }])
  expect(publicKeysOf(actor({ publicKey: [key(1), 'https://a.test/key', key(2)] }))).toHaveLength(2)
})

test('documents with too many values are not read', () => {
  const lists = (count: number) =>
    JSON.stringify({ id: 'https://a.test/1', items: Array.from({ length: count }, () => []) })
  expect(parseObject(lists(19_000))).not.toBeNull()
  expect(parseObject(lists(20_000))).toBeNull()
})

test('no JSON value makes the parsers fail', () => {
  const parts = {
    id: fc.constantFrom('https://a.test/1', 'x', 7),
    type: fc.constantFrom('Note', 'Person', ['Note'], 'Video'),
  }
  fc.assert(
    fc.property(
      fc.record(parts),
      fc.dictionary(
        fc.constantFrom(
          'attributedTo',
          'tag',
          'to',
          'cc',
          'attachment',
          'url',
          'content',
          'contentMap',
          'summary',
          'published',
          'inbox',
          'icon',
          'publicKey',
          'preferredUsername',
          'name',
          'endpoints',
        ),
        fc.jsonValue({ maxDepth: 3 }),
      ),
      (known, rest) => {
        const json = { ...rest, ...known }
        expect(() => [parseNote(json), parseActor(json), publicKeysOf(json)]).not.toThrow()
      },
    ),
  )
})
