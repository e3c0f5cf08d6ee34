import { generateKeyPairSync } from 'node:crypto'
import { Announce, Create, Note, Person, Question, Service } from '@fedify/vocab'
import jsonld from '@fedify/vocab-runtime/jsonld'
/** Documents from Pipit are read with their original values, by Pipit and by JSON-LD processors. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { urisOf } from '#src/platform/uris.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { cleanName } from '#src/text/clean.ts'
import { hashtagName } from '#src/text/hashtag.ts'
import { render } from '#src/text/render.ts'
import { toActor, toInstanceActor, toTombstone } from '../../federation/documents/actor.ts'
import { visibilityOf } from '../../federation/documents/addressing.ts'
import { toFlag } from '../../federation/documents/flag.ts'
import {
  toInteractionAnswer,
  toInteractionAuthorization,
  toInteractionRequest,
} from '../../federation/documents/interactions.ts'
import { type JsonObject, publicAddress } from '../../federation/documents/json.ts'
import { toNote } from '../../federation/documents/note.ts'
import { toVote } from '../../federation/documents/polls.ts'
import {
  toDeleteAuthorization,
  toQuoteAnswer,
  toQuoteAuthorization,
  toQuoteRequest,
} from '../../federation/documents/quote.ts'
import {
  bare,
  toAnswer,
  toBlock,
  toDeleteActor,
  toFollow,
  toLike,
  toMove,
  toUndo,
  toUpdateActor,
} from '../../federation/documents/relations.ts'
import { toRelayFollow } from '../../federation/documents/relay.ts'
import { toCreate, toDeleteNote, toFeature, toAnnounce, toUpdateNote } from '../../federation/documents/statuses.ts'
import { parseActor } from '../../federation/parse/actor.ts'
import { parseNote } from '../../federation/parse/note.ts'
import { publicKeysOf } from '../../federation/parse/public-key.ts'
import { contextLoader } from '../../federation/signatures/context-loader.ts'
import type { SigningKeys } from '../../federation/signatures/own-keys.ts'

const uris = urisOf({ origin: 'https://pipit.test', handleHost: 'pipit.test' })
const alice = '1001' as AccountId

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom(
    'Hi <b>&amp;</b>',
    'a\n\nb\nc #tag https://a.test/?a=1&b=2',
    '“quotes” & 🐦',
    '**bold** `code`\n> said\n- one',
  ),
)
const name = text.map((written) => cleanName(written, 100))
const moment = fc.date({
  min: new Date('2020-01-01T00:00:00Z'),
  max: new Date('2025-12-31T00:00:00Z'),
  noInvalidDate: true,
})
const remoteUrl = fc
  .tuple(fc.constantFrom('https://b.test', 'https://c.test:8443', 'http://d.test'), fc.nat(9_999))
  .map(([origin, n]) => `${origin}/things/${n}`)
const file = fc.record({
  n: fc.nat(9_999),
  description: text.map((written) => written.trim()),
  kind: fc.constantFrom(['image', 'webp'], ['video', 'mp4'], ['audio', 'mp3']),
  width: fc.integer({ min: 1, max: 4_000 }),
  focus: fc.double({ min: -1, max: 1, noNaN: true }),
  seconds: fc.integer({ min: 1, max: 90_000 }),
})
const mention = fc.record({
  uri: remoteUrl,
  username: fc.constantFrom('bob', 'eve.x'),
  domain: fc.constantFrom('b.test', 'c.test:8443'),
})
const hashtag = fc
  .constantFrom('News', '鳥', 'Über_1', 'naïve')
  .map((displayName) => ({ name: hashtagName(displayName), displayName }))
const emoji = fc
  .constantFrom('blob', 'A_1')
  .map((shortcode) => ({
    shortcode,
    domain: null,
    file: `${shortcode}.png`,
    updatedAt: new Date('2024-01-01T00:00:00Z'),
  }))
const poll = fc.record({
  isMultiple: fc.boolean(),
  options: fc.array(fc.record({ title: name.filter((title) => title !== ''), votesCount: fc.nat(1_000) }), {
    minLength: 2,
    maxLength: 6,
  }),
  expiresAt: fc.option(moment),
  more: fc.nat(1_000),
  hidesTotals: fc.boolean(),
})
const quote = fc.record({
  state: fc.constantFrom('pending', 'accepted', 'rejected', 'revoked', 'deleted'),
  quotedUri: remoteUrl,
  approvalUri: fc.option(remoteUrl),
})

/** A local status, as far as other servers get to see it. */
const statusView = fc
  .record({
    id: fc.integer({ min: 1, max: 1e9 }).map((n) => String(n) as StatusId),
    visibility: fc.constantFrom('public', 'unlisted', 'private', 'direct'),
    text,
    format: fc.constantFrom('plain', 'markdown'),
    spoilerText: name,
    isSensitive: fc.boolean(),
    language: fc.option(fc.constantFrom('en', 'pt-BR', 'ja')),
    inReplyToUri: fc.option(remoteUrl),
    approvalUri: fc.option(remoteUrl),
    audienceUri: fc.constant(null),
    createdAt: moment,
    edited: fc.option(fc.integer({ min: 1, max: 1e9 })),
    mentions: fc.uniqueArray(mention, { maxLength: 4, selector: ({ uri }) => uri }),
    tags: fc.uniqueArray(hashtag, { maxLength: 4, selector: ({ displayName }) => displayName }),
    emojis: fc.uniqueArray(emoji, { maxLength: 2, selector: ({ shortcode }) => shortcode }),
    files: fc.uniqueArray(file, { maxLength: 4, selector: ({ n }) => n }),
    poll: fc.option(poll),
    quote: fc.option(quote),
    quoteAutomatic: fc.uniqueArray(fc.constantFrom('public', 'followers', 'following')),
    quoteManual: fc.uniqueArray(fc.constantFrom('public', 'followers', 'following')),
  })
  .map(({ id, text: written, format, edited, files, poll: asked, ...rest }) => {
    const expiresAt = asked?.expiresAt ?? null
    return {
      ...rest,
      id,
      accountId: alice,
      account: { uri: uris.account(alice), username: 'alice', sensitizedAt: null },
      uri: uris.status(id),
      url: uris.statusPage('alice', id),
      reblog: null,
      content: render(written, format, { mentions: new Map(), tagUrl: uris.tag }),
      isSensitive: rest.isSensitive || rest.spoilerText !== '',
      editedAt: edited === null ? null : new Date(rest.createdAt.getTime() + edited),
      media: files.map(({ n, description, kind: [kind = '', extension = ''], width, focus, seconds }) => ({
        kind,
        file: `${n}.${extension}`,
        mediaType: { webp: 'image/webp', mp4: 'video/mp4', mp3: 'audio/mpeg' }[extension],
        previewFile: kind === 'image' ? `${n}-s.webp` : kind === 'video' ? `${n}-p.webp` : null,
        state: 'ready',
        description,
        width,
        height: width,
        blurhash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
        focusX: focus,
        focusY: -focus,
        durationSeconds: kind === 'image' ? null : seconds,
      })),
      poll: asked && {
        ...asked,
        id,
        expiresAt,
        isExpired: expiresAt !== null,
        hidesTotals: asked.hidesTotals && expiresAt === null,
        ownVotes: [],
        votersCount: Math.max(...asked.options.map(({ votesCount }) => votesCount)) + asked.more,
      },
    } as unknown as StatusView
  })

/** The values that must survive. Not those that only apps get: pins, boosts and mutes. */
function meant(status: StatusView): object {
  const isQuote = status.quote !== null && (status.quote.state === 'pending' || status.quote.state === 'accepted')
  return {
    uri: status.uri,
    url: status.url,
    authors: [status.account.uri],
    content: status.content,
    spoilerText: status.spoilerText,
    isSensitive: status.isSensitive,
    language: status.language,
    inReplyToUri: status.inReplyToUri,
    approvalUri: status.approvalUri,
    publishedAt: status.createdAt,
    editedAt: status.editedAt,
    mentioned: status.mentions.map(({ uri }) => uri),
    tags: status.tags.map(({ name: key, displayName }) => ({ name: key, displayName })),
    emojis: status.emojis.map(({ shortcode, file: stored }) => ({ shortcode, url: uris.file(stored ?? '') })),
    media: status.media.map(
      ({
        kind,
        mediaType,
        file: stored,
        description,
        width,
        height,
        blurhash,
        focusX,
        focusY,
        durationSeconds,
        previewFile,
      }) => ({
        kind,
        mediaType,
        url: uris.file(stored ?? ''),
        description,
        width,
        height,
        blurhash,
        focus: { x: focusX, y: focusY },
        durationSeconds,
        previewUrl: kind === 'video' && previewFile ? uris.file(previewFile) : null,
      }),
    ),
    poll: status.poll && {
      kind: status.poll.isMultiple ? 'multiple' : 'single',
      // Hidden values are not sent.
      options: status.poll.options.map(({ title, votesCount }) => ({
        title,
        votesCount: status.poll?.hidesTotals ? 0 : votesCount,
      })),
      expiresAt: status.poll.expiresAt,
      votersCount: status.poll.votersCount,
    },
    quote: isQuote ? { uri: status.quote?.quotedUri, approvalUri: status.quote?.approvalUri ?? null } : null,
    canQuote: {
      automatic: status.quoteAutomatic.length > 0 ? status.quoteAutomatic.map(addressOf) : [uris.account(alice)],
      manual: status.quoteManual.map(addressOf),
    },
  }
}

const addressOf = (group: string): string | undefined =>
  ({ public: publicAddress, followers: uris.followers(alice), following: uris.following(alice) })[group]

test('a local status parses to its own values, alone and in its activity', () => {
  fc.assert(
    fc.property(statusView, (status) => {
      for (const parsed of [
        parseNote(toNote(status, uris)),
        parseNote(toCreate(status, uris)['object'] as JsonObject),
        parseNote(toUpdateNote('https://pipit.test/ap/updates/1', status, uris)['object'] as JsonObject),
      ]) {
        expect(parsed).toMatchObject(meant(status))
        expect(parsed && visibilityOf(parsed, uris.followers(alice))).toBe(status.visibility)
      }
    }),
    { numRuns: 500 },
  )
})

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519')
const keysOf = (actor: string): SigningKeys => ({
  actor,
  rsa: {
    id: `${actor}#main-key`,
    privateKey: rsa.privateKey,
    publicPem: rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  },
  ed25519: {
    id: `${actor}#ed25519-key`,
    privateKey: ed25519.privateKey,
    publicMultibase: 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
  },
})

const accountView = fc
  .record({
    id: fc.integer({ min: 1, max: 1e9 }).map((n) => String(n) as AccountId),
    username: fc.constantFrom('alice', 'bob_2'),
    displayName: name,
    bio: text,
    actorType: fc.constantFrom('Person', 'Service', 'Application'),
    fields: fc.array(
      fc.record({
        name: name.filter((label) => label !== ''),
        value: fc.constantFrom('she/her', '<a href="https://a.test" rel="me">a.test</a>', '1 &lt; 2'),
      }),
      { maxLength: 4 },
    ),
    isLocked: fc.boolean(),
    isDiscoverable: fc.boolean(),
    isIndexable: fc.boolean(),
    createdAt: moment,
    updatedAt: moment,
    emojis: fc.uniqueArray(emoji, { maxLength: 2, selector: ({ shortcode }) => shortcode }),
    avatarFile: fc.option(fc.constant('a.webp')),
    headerFile: fc.option(fc.constant('h.webp')),
    avatarDescription: text.map((written) => written.trim()),
    headerDescription: text.map((written) => written.trim()),
    attributionDomains: fc.constantFrom([], ['a.test', 'b.test']),
    alsoKnownAs: fc.uniqueArray(remoteUrl, { maxLength: 2 }),
    moved: fc.option(fc.record({ uri: remoteUrl })),
  })
  .map(
    ({ bio, ...rest }) =>
      ({
        ...rest,
        uri: uris.account(rest.id),
        url: uris.profile(rest.username),
        note: render(bio, 'plain', { mentions: new Map(), tagUrl: uris.tag }),
      }) as unknown as AccountView,
  )

test('a local account parses to its own values', () => {
  fc.assert(
    fc.property(accountView, (account) => {
      const json = toActor(account, keysOf(account.uri), uris)
      expect(parseActor(json)).toMatchObject({
        uri: account.uri,
        url: account.url,
        username: account.username,
        actorType: account.actorType === 'Person' ? 'Person' : 'Service',
        displayName: account.displayName || account.username,
        note: account.note,
        fields: account.fields,
        isLocked: account.isLocked,
        isDiscoverable: account.isDiscoverable,
        isIndexable: account.isIndexable,
        publishedAt: account.createdAt,
        attributionDomains: account.attributionDomains,
        alsoKnownAs: account.alsoKnownAs,
        movedToUri: account.moved?.uri ?? null,
        emojis: account.emojis.map(({ shortcode, file: stored }) => ({ shortcode, url: uris.file(stored ?? '') })),
        avatarUrl: account.avatarFile && uris.file(account.avatarFile),
        headerUrl: account.headerFile && uris.file(account.headerFile),
        avatarDescription: account.avatarFile ? account.avatarDescription : '',
        headerDescription: account.headerFile ? account.headerDescription : '',
        inboxUrl: uris.inbox(account.id),
        sharedInboxUrl: uris.sharedInbox,
        outboxUrl: uris.outbox(account.id),
        followersUrl: uris.followers(account.id),
        followingUrl: uris.following(account.id),
        featuredUrl: uris.featured(account.id),
      })
      expect(publicKeysOf(json)).toMatchObject([{ owner: account.uri, id: `${account.uri}#main-key` }])
    }),
  )
})

const [account] = fc.sample(accountView, { numRuns: 1, seed: 7 }) as [AccountView]
const full = {
  ...account,
  id: alice,
  uri: uris.account(alice),
  displayName: 'Alice',
  note: '<p>Hi</p>',
  actorType: 'Person',
  avatarFile: 'a.webp',
  headerFile: 'h.webp',
  avatarDescription: 'Me',
  headerDescription: 'Sea',
  attributionDomains: ['a.test'],
  alsoKnownAs: ['https://b.test/users/alice'],
  moved: { uri: 'https://b.test/users/alice' },
  fields: [{ name: 'Web', value: '<a href="https://a.test" rel="me">a.test</a>' }],
  emojis: [{ shortcode: 'blob', domain: null, file: 'blob.png', updatedAt: new Date() }],
} as unknown as AccountView
const statuses = fc.sample(statusView, { numRuns: 60, seed: 42 })
const relation = {
  id: 'https://pipit.test/ap/follows/1',
  actor: uris.account(alice),
  object: 'https://b.test/users/bob',
}
const request = {
  id: 'https://pipit.test/ap/quote-requests/1',
  actor: relation.actor,
  quoted: 'https://b.test/1',
  quoting: uris.status('5' as StatusId),
}
const authorization = {
  id: 'https://pipit.test/ap/quote-authorizations/1',
  author: relation.actor,
  quoting: 'https://b.test/2',
  quoted: uris.status('5' as StatusId),
}
const everyone = { to: [publicAddress], cc: [uris.followers(alice)] }
const [first] = statuses as [StatusView]
const actorJson = toActor(full, keysOf(full.uri), uris)

/** All kinds of documents that we send. */
const documents: [string, JsonObject][] = [
  ['an actor', actorJson],
  ['the instance', toInstanceActor(keysOf(uris.instanceActor), uris)],
  ['a tombstone', toTombstone(uris.status('5' as StatusId))],
  ...statuses.map((status, n): [string, JsonObject] => [`status ${n}`, toCreate(status, uris)]),
  ['an edit', toUpdateNote('https://pipit.test/ap/updates/1', first, uris)],
  [
    'a boost',
    toAnnounce(
      {
        ...first,
        reblog: { ...first, uri: 'https://b.test/1', account: { uri: 'https://b.test/users/bob' } },
        approvalUri: 'https://b.test/stamps/1',
      } as unknown as StatusView & { reblog: StatusView },
      uris,
    ),
  ],
  ['a deletion', toDeleteNote('https://pipit.test/ap/deletes/1', relation.actor, first.uri, everyone)],
  [
    'a pin',
    toFeature(
      'Add',
      'https://pipit.test/ap/adds/1',
      { actor: relation.actor, object: first.uri, target: uris.featured(alice) },
      everyone,
    ),
  ],
  ['a follow', toFollow(relation)],
  [
    'an answer',
    toAnswer('Accept', 'https://pipit.test/ap/accepts/1', {
      ...relation,
      object: relation.actor,
      actor: relation.object,
    }),
  ],
  ['a favourite', toLike(relation, relation.object)],
  ['a block', toBlock(relation)],
  ['an undo', toUndo('https://pipit.test/ap/undos/1', bare('Follow', relation), { to: [relation.object] })],
  ['a new profile', toUpdateActor('https://pipit.test/ap/updates/2', actorJson, uris.followers(alice))],
  ['an end', toDeleteActor('https://pipit.test/ap/deletes/2', relation.actor)],
  ['a move', toMove({ ...relation, target: 'https://b.test/users/alice' }, uris.followers(alice))],
  ['a wish of a relay', toRelayFollow('https://pipit.test/ap/follows/2', null, uris)],
  ...(['like', 'reply', 'announce'] as const).flatMap((kind): [string, JsonObject][] => {
    const interaction = {
      kind,
      actor: relation.actor,
      interaction: 'https://pipit.test/ap/likes/1',
      target: 'https://b.test/1',
      author: 'https://b.test/users/bob',
    }
    return [
      [
        `a wish to ${kind}`,
        toInteractionRequest('https://pipit.test/ap/requests/1', interaction, toLike(relation, relation.object)),
      ],
      [
        `the answer to a wish to ${kind}`,
        toInteractionAnswer('Accept', 'https://pipit.test/ap/accepts/3', 'https://b.test/requests/1', interaction, {
          result: 'https://pipit.test/ap/authorizations/1',
        }),
      ],
      [`the consent to a ${kind}`, toInteractionAuthorization('https://pipit.test/ap/authorizations/1', interaction)],
    ]
  }),
  [
    'a report',
    toFlag('https://pipit.test/ap/flags/1', uris.instanceActor, 'spam', [
      'https://b.test/users/bob',
      'https://b.test/1',
    ]),
  ],
  [
    'a vote',
    toVote('https://pipit.test/ap/votes/1', {
      actor: relation.actor,
      poll: 'https://b.test/1',
      author: 'https://b.test/users/bob',
      option: 'Tea',
      at: new Date(),
    }),
  ],
  ['a wish to quote', toQuoteRequest(request, toNote(first, uris), 'https://b.test/users/bob')],
  ['a consent', toQuoteAnswer('Accept', 'https://pipit.test/ap/accepts/2', relation.actor, request, authorization.id)],
  ['a stamp', toQuoteAuthorization(authorization)],
  ['its end', toDeleteAuthorization('https://pipit.test/ap/deletes/3', authorization)],
]

type Expand = typeof jsonld.expand

/** The terms and types of a document that JSON-LD does not know: their values would be lost. */
async function unknownTerms(json: JsonObject): Promise<string[]> {
  const expanded: unknown = await jsonld.expand(
    json as Parameters<Expand>[0],
    { documentLoader: contextLoader, safe: true } as unknown as Parameters<Expand>[1],
  )
  // In ActivityStreams, a term without a context becomes a meaningless name.
  return [...new Set([...JSON.stringify(expanded).matchAll(/"_:(\w+)"/g)].map(([, term = '']) => term))]
}

test.each(documents)('JSON-LD knows each term and type of %s', async (_name, json) => {
  expect(await unknownTerms(json)).toEqual([])
})

test('the checker names terms and types that JSON-LD does not know', async () => {
  expect(await unknownTerms({ ...actorJson, type: ['Person', 'Unheard'], unheardOf: 1 })).toEqual([
    'Unheard',
    'unheardOf',
  ])
})

const loaders = { contextLoader, documentLoader: contextLoader }

test('a JSON-LD processor reads the same status', async () => {
  for (const status of statuses) {
    const json = toCreate(status, uris)
    const create = await Create.fromJsonLd(json, loaders)
    const note = await create.getObject(loaders)
    if (!(note instanceof Note || note instanceof Question)) throw new Error('No post')
    const own = json['object'] as JsonObject
    expect({
      id: note.id?.href,
      author: note.attributionId?.href,
      to: note.toIds.map(String),
      cc: note.ccIds.map(String),
      content: note.content?.toString(),
      summary: note.summary?.toString() ?? '',
      sensitive: note.sensitive,
      replyTo: note.replyTargetId?.href ?? null,
      published: note.published?.epochMilliseconds,
      quote: note.quoteId?.href ?? null,
    }).toEqual({
      id: status.uri,
      author: status.account.uri,
      to: own['to'],
      cc: own['cc'],
      content: status.content,
      summary: status.spoilerText,
      sensitive: status.isSensitive,
      replyTo: status.inReplyToUri,
      published: status.createdAt.getTime(),
      quote: own['quote'] ?? null,
    })
    const files = []
    for await (const attached of note.getAttachments(loaders))
      files.push({ url: 'url' in attached ? String(attached.url) : null, name: attached.name?.toString() ?? null })
    expect(files).toEqual(
      status.media.map(({ file: stored, description }) => ({
        url: uris.file(stored ?? ''),
        name: description || null,
      })),
    )
    expect(note.contents.map((content) => (typeof content === 'string' ? null : content.locale.baseName))).toContain(
      status.language,
    )
    expect(await optionsOf(note)).toEqual(
      status.poll ? [status.poll.isMultiple, status.poll.options.map(({ title }) => title)] : null,
    )
  }
})

async function optionsOf(note: Note | Question): Promise<[isMultiple: boolean, titles: (string | undefined)[]] | null> {
  if (note instanceof Note) return null
  const titles = async (options: AsyncIterable<{ name: { toString(): string } | null }>) => {
    const found = []
    for await (const { name: title } of options) found.push(title?.toString())
    return found
  }
  const several = await titles(note.getInclusiveOptions(loaders))
  return several.length > 0 ? [true, several] : [false, await titles(note.getExclusiveOptions(loaders))]
}

test('a JSON-LD processor reads the same account', async () => {
  const person = await Person.fromJsonLd(actorJson, loaders)
  expect({
    id: person.id?.href,
    name: person.name?.toString(),
    username: person.preferredUsername?.toString(),
    inbox: person.inboxId?.href,
    shared: person.endpoints?.sharedInbox?.href,
    followers: person.followersId?.href,
    locked: person.manuallyApprovesFollowers,
    discoverable: person.discoverable,
    key: person.publicKeyId?.href,
    keys: person.assertionMethodIds.map(String),
  }).toEqual({
    id: full.uri,
    name: 'Alice',
    username: full.username,
    inbox: uris.inbox(alice),
    shared: uris.sharedInbox,
    followers: uris.followers(alice),
    locked: full.isLocked,
    discoverable: full.isDiscoverable,
    key: `${full.uri}#main-key`,
    keys: [`${full.uri}#ed25519-key`],
  })
  expect(
    (await Service.fromJsonLd(toActor({ ...full, actorType: 'Service' }, keysOf(full.uri), uris), loaders)).id?.href,
  ).toBe(full.uri)
  expect((await Announce.fromJsonLd(documents.find(([kind]) => kind === 'a boost')?.[1], loaders)).objectId?.href).toBe(
    'https://b.test/1',
  )
})
