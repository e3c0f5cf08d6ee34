/**
 * Answers to fetches by other servers, byte for byte as recorded in `recorded/`: each kind of document and each other answer, asked of a
 * server that listens. Values that differ from run to run (ids, dates, keys, names of files) are replaced by its kind and the order in which
 * it comes up. Servers out there read one spelling and not another: change a record on purpose only (`vitest -u`).
 */
import { writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { changeAccount } from '#src/accounts/manage.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { addEmoji } from '#src/media/emojis/manage.ts'
import { storeUpload } from '#src/media/upload.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { addToCollection, revokeFromCollection } from '#src/reading/collections/items.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { featureTag } from '#src/reading/tags/feature.ts'
import { block } from '#src/relationships/block.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { statusByUri } from '#src/statuses/find.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { pin } from '#src/statuses/interactions/pin.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { context, featureContext } from '../../federation/documents/context.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import type { SigningKeys } from '../../federation/signatures/own-keys.ts'
import { listen } from '../../web/listen.ts'
import { handler } from '../../web/requests.ts'
import { answers } from '../../web/server.ts'
import { localAccount, makeFollow, status, suspend } from '../cast.ts'
import { png } from '../media.ts'
import { freePort } from '../runtime/process.ts'
import { type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

const activityJson = 'application/activity+json'
const everybody = 'https://www.w3.org/ns/activitystreams#Public'
const recordedHeaders = [
  'content-type',
  'location',
  'allow',
  'cache-control',
  'vary',
  'access-control-allow-origin',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
]

type Asking = { method?: string; accept?: string | null; signer?: PeerActor; headers?: Record<string, string> }

/** Requests documents from a listening server, and records its answers. */
async function recorder(env: NodeJS.ProcessEnv = {}) {
  const s = await scene({ HANDLE_HOST: 'example.test', ...env })
  const port = await freePort()
  const { app } = s.t
  const server = await listen({ host: '127.0.0.1', port }, handler(app.config, answers(app)))
  const known = new Map<string, string>()
  const kinds = new Map<string, number>()
  const placeholder = (kind: string) => (text: string) => {
    const count = (kinds.get(kind) ?? 0) + 1
    if (!known.has(text)) {
      kinds.set(kind, count)
      known.set(text, `‹${kind} ${count}›`)
    }
    return known.get(text) ?? ''
  }
  const stable = (text: string) =>
    text
      .replaceAll(JSON.stringify(context), '‹context›')
      .replaceAll(JSON.stringify(featureContext), '‹feature context›')
      .replaceAll(s.peer.host, 'peer.test')
      .replaceAll(/-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----(?:\\n)?/g, placeholder('PEM'))
      .replaceAll(/(?<=Multibase":")z[1-9A-Za-z]+/g, placeholder('multibase'))
      // Without numbers: two of them may or may not be one.
      .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '‹date›')
      .replaceAll(/(?<=\/media\/)[\w-]+(?=\.)/g, placeholder('file'))
      .replaceAll(/\b\d{17,19}\b/g, placeholder('id'))
      // Long addresses of pages are cut in two.
      .replaceAll(/(?<=\/@\w+\/)\d+(<\/span><span class=\\"invisible\\">)\d+/g, '‹start›$1‹end›')
      .replaceAll(/(?<="version":")\d+\.\d+\.\d+[\w.-]*(?=")/g, '‹version›')
  const lines: string[] = []

  const asked = (url: string, { method = 'GET', accept = activityJson, signer, headers = {} }: Asking) =>
    new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
      const { host, pathname, search } = new URL(url, app.config.origin)
      const signing = signer ? signatureOf(signer, new URL(url, app.config.origin)) : Promise.resolve({})
      void signing.then((signed) =>
        request(
          {
            port,
            host: '127.0.0.1',
            method,
            path: `${pathname}${search}`,
            headers: { host, ...(accept === null ? {} : { accept }), ...signed, ...headers },
          },
          (response) => {
            let text = ''
            response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
            response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
          },
        )
          .on('error', reject)
          .end(),
      )
    })

  return {
    s,
    lines,
    /** Makes a request, and records it and its answer. */
    async ask(name: string, url: string, asking: Asking = {}) {
      const { method = 'GET', accept = activityJson, signer, headers = {} } = asking
      const answer = await asked(url, asking)
      const isPage = String(answer.headers['content-type']).startsWith('text/html')
      const details = [
        ...(accept === activityJson ? [] : [`accept: ${accept ?? 'nothing'}`]),
        ...(signer ? ['signed'] : []),
        ...Object.entries(headers).map(([header, value]) =>
          header === 'if-none-match' && value.includes(String(answer.headers['etag']))
            ? `${header}: its own`
            : `${header}: ${value}`,
        ),
      ]
      const path = decodeURIComponent(url.replace(app.config.origin, ''))
      lines.push(
        `## ${name}`,
        stable(`${method} ${path}${details.length > 0 ? ` (${details.join('; ')})` : ''}`),
        String(answer.status),
        ...recordedHeaders.flatMap((header) =>
          answer.headers[header] === undefined ? [] : stable(`${header}: ${String(answer.headers[header])}`),
        ),
        ...(answer.headers['etag'] === undefined ? [] : ['etag: ‹any›']),
        ...(isPage ? ['‹page›'] : answer.text === '' ? [] : [stable(answer.text)]),
        '',
      )
      return answer
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await s[Symbol.asyncDispose]()
    },
  }
}

function signatureOf(signer: PeerActor, url: URL): Promise<Record<string, string>> {
  const rsa = { id: signer.keyId, privateKey: signer.privateKey, publicPem: '' }
  return signCavage({ actor: signer.uri, rsa } as SigningKeys, 'GET', url)
}

const recorded = (file: string) => join(import.meta.dirname, 'recorded', file)

let count = 0
async function receive(s: Scene, actor: PeerActor, activity: object): Promise<void> {
  const whole = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${actor.uri}/activities/${++count}`,
    actor: actor.uri,
    ...activity,
  }
  const response = await s.routes.request(signedPost(s.t.app, actor, whole))
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
  await s.work()
}

const known = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId

async function picture(s: Scene, owner: AccountId, description: string) {
  const path = join(s.t.app.config.dataDir, 'picture.png')
  await writeFile(path, await png())
  return storeUpload(s.t.app, owner, { path, description, focus: { x: 0.5, y: -0.5 } })
}

test('actors', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { app, db } = s.t
  const { uris } = app
  const alice = await localAccount(s.t, 'alice')
  await ask('fresh', uris.account(alice))
  await ask('stored', uris.account(alice))
  const { headers } = await ask('by HEAD', uris.account(alice), { method: 'HEAD' })
  await ask('known', uris.account(alice), { headers: { 'if-none-match': String(headers['etag']) } })
  await ask('by its page', uris.profile('alice'))
  await ask('by its page in capitals', uris.profile('ALICE'))

  await addEmoji(app, { shortcode: 'cat', image: await png() })
  await updateProfile(app, alice, {
    displayName: 'Alice :cat: <&>',
    note: 'Writes about #tea\n\nand https://example.test/a?b=1&c=2',
    isLocked: true,
    isDiscoverable: false,
    isIndexable: false,
    fields: [
      { name: 'Where', value: 'here' },
      { name: 'Page', value: 'https://example.test/' },
    ],
    attributionDomains: ['example.test'],
    avatar: await png(),
    avatarDescription: 'A face',
    header: await png(60, 20),
  })
  await ask('with everything', uris.account(alice))
  await ask('with everything, stored', uris.account(alice))
  await ask('an emoji', uris.emoji('cat'))
  await ask('an emoji by HEAD', uris.emoji('cat'), { method: 'HEAD' })
  await ask('no emoji', uris.emoji('dog'))

  const bot = await localAccount(s.t, 'bot')
  await updateProfile(app, bot, { isBot: true, fields: [{ name: 'One', value: '1' }] })
  await ask('a bot', uris.account(bot))
  const kept = await localAccount(s.t, 'kept')
  await db.transaction((tx) => changeAccount(tx, kept, { isMemorial: true }))
  await ask('in memory of somebody', uris.account(kept))
  const moved = await localAccount(s.t, 'moved')
  await db.execute(
    sql`update accounts set moved_to_id = ${alice}, also_known_as = array['https://old.test/users/moved'] where id = ${moved}`,
  )
  await ask('moved', uris.account(moved))
  const gone = await localAccount(s.t, 'gone')
  await suspend(s.t, gone)
  await ask('suspended', uris.account(gone))
  await db.transaction((tx) => deleteAccount(tx, gone))
  await ask('deleted', uris.account(gone))
  await ask('deleted, by HEAD', uris.account(gone), { method: 'HEAD' })
  await ask('deleted, for a browser', uris.account(gone), { accept: 'text/html' })
  await ask('the instance', uris.instanceActor)
  await ask('the instance, for a browser', uris.instanceActor, { accept: 'text/html' })
  await ask('the outbox of the instance', `${uris.instanceActor}/outbox`)
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('actors.txt'))
  await expect(JSON.stringify(context, null, 2)).toMatchFileSnapshot(recorded('context.txt'))
  await expect(JSON.stringify(featureContext, null, 2)).toMatchFileSnapshot(recorded('feature-context.txt'))
})

test('statuses and their activities', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { app, db } = s.t
  const { uris } = app
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const [bob, stranger] = [s.peer.actor('bob'), s.peer.actor('stranger')]
  await makeFollow(s.t, await known(s, bob), alice)
  await known(s, stranger)
  await addEmoji(app, { shortcode: 'cat', image: await png() })
  const both = async (name: string, id: StatusId, asking: Asking = {}) => {
    await ask(name, uris.status(id), asking)
    await ask(`${name}, its activity`, uris.activity('creates', id), asking)
  }

  const plain = await status(s.t, alice, { text: 'Hello' })
  await both('public', plain)
  await both('public, stored', plain)
  await ask('by HEAD', uris.status(plain), { method: 'HEAD' })
  const { headers } = await ask('by its page', uris.statusPage('alice', plain))
  await ask('by its page with another name', uris.statusPage('bea', plain))
  await ask('known', uris.status(plain), { headers: { 'if-none-match': `"x", W/${String(headers['etag'])}` } })
  await ask('known by another tag', uris.status(plain), { headers: { 'if-none-match': '"x"' } })
  await ask('signed', uris.status(plain), { signer: bob })

  const rich = await status(s.t, alice, {
    text: `**Look** :cat: #Tea @bea and @bob@${s.peer.host} https://example.test/?a=1&b=2`,
    format: 'markdown',
    spoilerText: 'A warning :cat:',
    isSensitive: true,
    language: 'de',
    visibility: 'unlisted',
    mediaIds: [await picture(s, alice, 'Grey "on" grey')],
  })
  await both('with warning, picture, mention, hashtag, emoji and language', rich)
  const reply = await status(s.t, bea, { text: '@alice Yes', inReplyToId: plain })
  await both('a reply', reply)
  await status(s.t, alice, { text: 'Myself', inReplyToId: plain })
  await db.transaction((tx) => favourite(tx, bea, plain))
  await ask('answered by its author, and favourited', uris.status(plain))
  await editStatus(app, alice, plain, { text: 'Hello again' })
  await both('edited', plain)
  const poll = { options: ['Tea', 'Coffee'], expiresInSeconds: 3_600 }
  const single = await status(s.t, alice, { text: 'Which?', poll })
  const several = await status(s.t, alice, {
    text: 'Which ones?',
    poll: { ...poll, isMultiple: true, hidesTotals: true },
  })
  await db.transaction((tx) => vote(tx, bea, single, [1]))
  await both('a poll', single)
  await both('a poll for several', several)
  await db.execute(sql`update polls set expires_at = now() - interval '1 second' where status_id = ${several}`)
  await ask('an ended poll', uris.status(several))
  const quote = await status(s.t, bea, { text: 'So it is', quotedStatusId: rich })
  await both('a quote', quote)
  await ask('its consent', uris.activity('quote-authorizations', quote))
  await both('closed for quotes', await status(s.t, alice, { text: 'Mine', quotePolicy: 'nobody' }))

  const boost = await db.transaction((tx) => reblog(tx, uris, bea, plain))
  const [{ id: boostId } = { id: '' }] = (
    await db.execute<{ id: StatusId }>(sql`select id::text from statuses where reblog_of_id is not null`)
  ).rows
  expect(boost).toBeTruthy()
  await ask('a boost', uris.activity('announces', boostId))
  await ask('a boost, stored', uris.activity('announces', boostId))
  await ask('a boost is no status', uris.status(boostId as StatusId))
  await ask('a status is no boost', uris.activity('announces', plain))

  for (const visibility of ['private', 'direct'] as const) {
    const id = await status(s.t, alice, {
      text: visibility === 'direct' ? `@bob@${s.peer.host} Psst` : 'Psst',
      visibility,
    })
    await both(visibility, id)
    await both(`${visibility}, for a stranger`, id, { signer: stranger })
    await both(`${visibility}, for a follower`, id, { signer: bob })
    await db.transaction((tx) => deleteStatus(tx, alice, id))
    await both(`${visibility}, deleted`, id)
  }
  const open = await status(s.t, alice)
  await db.transaction((tx) => deleteStatus(tx, alice, open))
  await both('deleted', open)
  await ask('deleted, for a browser', uris.status(open), { accept: 'text/html' })
  await ask('deleted, by HEAD', uris.status(open), { method: 'HEAD' })
  for (const id of ['1', '0', 'x', '99999999999999999999', '%2e'])
    for (const kind of ['statuses', 'creates', 'announces', 'accounts', 'quote-authorizations', 'like-authorizations'])
      await ask(`no ${kind}`, `/ap/${kind}/${id}`)
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('statuses.txt'))
})

test('consents', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { uris } = s.t.app
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, alice, await known(s, bob))
  const uri = uris.status(await status(s.t, alice))
  const open = { to: [everybody] }
  const note = {
    id: `${bob.uri}/notes/1`,
    type: 'Note',
    attributedTo: bob.uri,
    content: '<p>Yes</p>',
    inReplyTo: uri,
    published: new Date().toISOString(),
    ...open,
  }
  const announce = { id: `${bob.uri}/announces/1`, type: 'Announce', object: uri, ...open }
  const secret = { ...note, id: `${bob.uri}/notes/2`, to: [`${bob.uri}/followers`] }
  const like = { id: `${bob.uri}/likes/1`, type: 'Like', actor: bob.uri, object: uri }
  await receive(s, bob, { type: 'Create', ...open, object: note })
  await receive(s, bob, { type: 'Create', to: secret.to, object: secret })
  await receive(s, bob, announce)
  await receive(s, bob, { type: 'LikeRequest', object: uri, instrument: like })
  const idOf = async (id: string) => (await statusByUri(s.t.db, id))!.id
  const [{ id: likeId } = { id: '' }] = (await s.t.db.execute<{ id: string }>(sql`select id::text from favourites`))
    .rows
  await ask('to a reply', uris.activity('reply-authorizations', await idOf(note.id)))
  await ask('to a boost', uris.activity('announce-authorizations', await idOf(announce.id)))
  await ask('to a favourite', uris.activity('like-authorizations', likeId))
  await ask('to a reply that is not for everybody', uris.activity('reply-authorizations', await idOf(secret.id)))
  await ask('none', uris.activity('reply-authorizations', await idOf(announce.id)))
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('consents.txt'))
})

test('collections', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { app, db } = s.t
  const { uris } = app
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  const bob = s.peer.actor('bob')
  const bobId = await known(s, bob)
  const ofAccount = ['outbox', 'followers', 'following', 'featured', 'featured-tags'] as const
  const ofStatus = ['likes', 'shares', 'replies'] as const
  const pages = new Set(['outbox', 'followers', 'following'])
  const all = async (name: string, account: AccountId, posts: StatusId[], asking: Asking = {}) => {
    for (const part of ofAccount) {
      await ask(`${part} of ${name}`, `${uris.account(account)}/${part}`, asking)
      if (pages.has(part)) await ask(`${part} of ${name}, page`, `${uris.account(account)}/${part}?page=true`, asking)
    }
    for (const id of posts)
      for (const url of [...ofStatus.map((part) => `${uris.status(id)}/${part}`), uris.thread(id)])
        for (const page of ['', '?page=true']) await ask(`of a status of ${name}`, `${url}${page}`, asking)
  }
  const lonely = await status(s.t, bea, { text: 'Alone' })
  await all('somebody new', bea, [lonely])
  for (const [min, max] of [
    ['1', '9223372036854775807'],
    ['x', ''],
    ['0', '99999999999999999999'],
  ] as const) {
    await ask('a page from somewhere', `${uris.outbox(bea)}?page=true&max_id=${max}`)
    await ask('a page of followers from somewhere', `${uris.followers(bea)}?page=true&max_id=${min}`)
    await ask('replies from somewhere', `${uris.status(lonely)}/replies?page=true&min_id=${min}`)
    await ask('a thread from somewhere', `${uris.thread(lonely)}?min_id=${min}`)
  }

  const posts: StatusId[] = []
  for (let i = 0; i < 22; i++) posts.push(await status(s.t, alice, { text: `Number ${i} #tea` }))
  const [first] = posts
  if (!first) throw new Error('There is none')
  for (let i = 0; i < 52; i++) await status(s.t, i % 2 === 0 ? alice : bea, { text: `Reply ${i}`, inReplyToId: first })
  await db.transaction((tx) => reblog(tx, uris, alice, lonely))
  await status(s.t, alice, { text: 'Tea?', poll: { options: ['Yes', 'No'], expiresInSeconds: 3_600 } })
  await makeFollow(s.t, bea, alice)
  await makeFollow(s.t, bobId, alice)
  await makeFollow(s.t, alice, bea)
  await db.transaction((tx) => favourite(tx, bea, first))
  await db.transaction((tx) => pin(tx, alice, first))
  await db.transaction((tx) => featureTag(tx, alice, { name: 'tea', displayName: 'Tea' }))
  await all('somebody', alice, [first])
  await all('somebody, again', alice, [])
  const next = async (url: string) => {
    const { text } = await ask('a page', url)
    return (JSON.parse(text) as { next?: string }).next ?? ''
  }
  const second = await next(`${uris.outbox(alice)}?page=true`)
  await next(second)
  await ask('the rest of a list of replies', await next(`${uris.status(first)}/replies?page=true`))
  await ask('the rest of a thread', await next(`${uris.thread(first)}?page=true`))
  const { headers } = await ask('a page by HEAD', `${uris.outbox(alice)}?page=true`, { method: 'HEAD' })
  await ask('a known page', `${uris.outbox(alice)}?page=true`, {
    headers: { 'if-none-match': String(headers['etag']) },
  })
  await ask('what is pinned', uris.featured(alice), { signer: bob })
  await ask('for a browser', uris.outbox(alice), { accept: 'text/html' })

  const synchronization = `${uris.followers(alice)}/synchronization`
  await ask('followers on a server, for that server', synchronization, { signer: bob })
  await ask('followers on a server, for nobody', synchronization)
  await ask('followers on a server, of nobody', '/ap/accounts/1/followers/synchronization', { signer: bob })

  await updateProfile(app, alice, { hidesCollections: true, showsFeatured: false })
  for (const part of ['followers', 'following'])
    for (const page of ['', '?page=true']) await ask(`hidden ${part}`, `${uris.account(alice)}/${part}${page}`)
  await ask('hidden hashtags', uris.featuredTags(alice))
  await db.transaction((tx) => deleteStatus(tx, alice, first))
  await all('somebody whose post is deleted', alice, [first])
  await suspend(s.t, alice)
  await all('somebody suspended', alice, [first])
  await db.transaction((tx) => deleteAccount(tx, alice))
  await all('somebody deleted', alice, [first])
  await all('nobody', '1' as AccountId, ['1' as StatusId])
  await all('no id', 'x' as AccountId, ['x' as StatusId])
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('collections.txt'))
})

test('requests that have to be signed', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { app, db } = s.t
  const { uris } = app
  const [alice, gone] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'gone')]
  const [bob, carol, mallory, away] = ['bob', 'carol', 'mallory', 'away'].map((name) => s.peer.actor(name)) as [
    PeerActor,
    PeerActor,
    PeerActor,
    PeerActor,
  ]
  for (const actor of [bob, carol]) await known(s, actor)
  const post = await status(s.t, alice)
  const quote = await status(s.t, alice, { text: 'So', quotedStatusId: post })
  const restricted = await status(s.t, alice, { visibility: 'private' })
  const deleted = await status(s.t, alice)
  await db.transaction((tx) => deleteStatus(tx, alice, deleted))
  await db.transaction((tx) => deleteAccount(tx, gone))
  await db.transaction((tx) => saveSettings(tx, commandLine, { authorizedFetch: true }))
  const carolId = await known(s, carol)
  await db.transaction((tx) => block(tx, uris, alice, carolId))
  const urls = [
    uris.account(alice),
    uris.profile('alice'),
    uris.account(gone),
    uris.status(post),
    uris.statusPage('alice', post),
    uris.activity('creates', post),
    uris.status(restricted),
    uris.status(deleted),
    uris.activity('quote-authorizations', quote),
    uris.outbox(alice),
    `${uris.outbox(alice)}?page=true`,
    `${uris.outbox(alice)}?page=true&max_id=x`,
    uris.featured(alice),
    uris.featuredTags(alice),
    uris.followers(alice),
    `${uris.status(post)}/likes`,
    `${uris.status(post)}/replies`,
    uris.thread(post),
    '/ap/statuses/1',
    '/ap/accounts/1',
    uris.instanceActor,
    '/.well-known/webfinger?resource=acct:alice@example.test',
  ]
  const forged = { ...bob, privateKey: mallory.privateKey }
  for (const url of urls) {
    await ask('unsigned', url)
    await ask('signed', url, { signer: bob })
    await ask('signed by somebody blocked', url, { signer: carol })
    await ask('signed wrongly', url, { signer: forged })
  }
  await ask('unsigned, for a browser', uris.status(post), { accept: 'text/html' })
  await ask('signed, for a browser', uris.status(post), { accept: 'text/html', signer: bob })
  await ask('unsigned, for a browser', uris.account(alice), { accept: 'text/html' })
  const { headers } = await ask('signed, by HEAD', uris.status(post), { signer: bob, method: 'HEAD' })
  const tag = { 'if-none-match': String(headers['etag']) }
  await ask('signed, known', uris.status(post), { signer: bob, headers: tag })
  await ask('unsigned, known', uris.status(post), { headers: tag })
  s.peer.failsWith = 500
  await ask('the key can’t be had at the moment', uris.status(post), { signer: away })
  await ask('the key can’t be had at the moment', uris.account(alice), { signer: away })
  s.peer.failsWith = null
  const malloryId = await known(s, mallory)
  await suspend(s.t, malloryId)
  await ask('signed by somebody suspended', uris.status(post), { signer: mallory })
  await ask('signed by somebody suspended', uris.account(alice), { signer: mallory })
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('signed.txt'))
})

test('negotiation, methods and scripts of other sites', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { uris } = s.t.app
  const alice = await localAccount(s.t, 'alice')
  const post = await status(s.t, alice)
  const urls = [
    uris.account(alice),
    uris.status(post),
    uris.profile('alice'),
    uris.statusPage('alice', post),
    uris.activity('creates', post),
    uris.outbox(alice),
    uris.instanceActor,
    '/ap/statuses/1',
    uris.profile('nobody'),
  ]
  const accepts = [
    null,
    '*/*',
    'application/json',
    'application/ld+json',
    'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1',
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html, application/activity+json',
    'text/html;q=0.5, application/activity+json',
    'application/activity+json;q=0',
    'image/png',
    '',
  ]
  for (const url of urls) for (const accept of accepts) await ask('accept', url, { accept })
  for (const url of [...urls, '/ap/inbox', uris.inbox(alice), '/.well-known/webfinger', '/nodeinfo/2.1'])
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST'])
      if (method !== 'POST' || !url.startsWith('https://pipit.test/@')) await ask('method', url, { method })
  for (const url of ['/ap/inbox', uris.inbox(alice), '/ap/accounts/1/inbox', '/ap', '/ap/', '/ap/unknown/1'])
    await ask('read', url)
  const asked = { origin: 'https://app.test', 'access-control-request-method': 'GET' }
  for (const url of [...urls, '/.well-known/webfinger', '/nodeinfo/2.1']) {
    await ask('asked before by a browser', url, { method: 'OPTIONS', headers: asked })
    await ask('by a script', url, { headers: { origin: 'https://app.test' } })
  }
  const base = uris.account(alice)
  for (const url of [
    `${base}/`,
    `${base}?x=1`,
    `${base}/unknown`,
    base.replace('/ap/', '//ap/'),
    base.replace('accounts', 'Accounts'),
  ])
    await ask('spelt otherwise', url)
  await ask('by another host', uris.account(alice), { headers: { host: 'other.test' } })
  await ask('by another host', uris.outbox(alice), { headers: { host: 'other.test' } })
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('negotiation.txt'))
})

test('WebFinger, NodeInfo and host-meta', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { uris } = s.t.app
  const alice = await localAccount(s.t, 'alice')
  const [hidden, gone] = [await localAccount(s.t, 'hidden'), await localAccount(s.t, 'gone')]
  await suspend(s.t, hidden)
  await s.t.db.transaction((tx) => deleteAccount(tx, gone))
  const find = (resource: string, more = '', asking: Asking = {}) =>
    ask('WebFinger', `/.well-known/webfinger?resource=${encodeURIComponent(resource)}${more}`, asking)
  for (const resource of [
    'acct:alice@example.test',
    'acct:alice@pipit.test',
    'acct:ALICE@Example.Test',
    'ACCT:alice@example.test',
    'acct:@alice@example.test',
    'alice@example.test',
    '@alice@example.test',
    uris.profile('alice'),
    `${uris.profile('alice')}/`,
    uris.account(alice),
    'acct:example.test@example.test',
    'acct:pipit.test@pipit.test',
    uris.instanceActor,
    uris.origin,
    `${uris.origin}/`,
    `${uris.origin}/about`,
    'acct:hidden@example.test',
    'acct:gone@example.test',
    'acct:nobody@example.test',
    'acct:alice@other.test',
    'https://other.test/@alice',
    `${uris.origin}/ap/accounts/1`,
    uris.status('1' as StatusId),
    'mailto:alice@example.test',
    'acct:alice',
    'acct:@@example.test',
    'acct:alice@exa mple.test',
    'alice',
    '',
    'x'.repeat(3_000),
  ])
    await find(resource)
  await ask('WebFinger without a resource', '/.well-known/webfinger')
  await find('acct:alice@example.test', '&rel=self')
  await find('acct:alice@example.test', '&rel=self&rel=unknown&rel=http://webfinger.net/rel/profile-page')
  await find('acct:alice@example.test', '&rel=unknown')
  await find('acct:alice@example.test', '', { method: 'HEAD' })
  for (const accept of [null, '*/*', 'application/jrd+json', 'text/html'])
    await find('acct:alice@example.test', '', { accept })
  await updateProfile(s.t.app, alice, { avatar: await png() })
  await find('acct:alice@example.test')
  for (const path of [
    '/.well-known/nodeinfo',
    '/.well-known/nodeinfo/2.0',
    '/nodeinfo/1.0',
    '/nodeinfo/2.0',
    '/nodeinfo/2.1',
    '/.well-known/host-meta',
    '/.well-known/host-meta.json',
  ])
    for (const accept of [null, 'text/html']) await ask('of the instance', path, { accept })
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('discovery.txt'))
})

test('collections of accounts', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { db, app } = s.t
  const { uris } = app
  const [alice, bea] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bea')]
  await updateProfile(app, bea, { isDiscoverable: true })
  const input = { name: 'Tea', description: 'Who drinks <tea>', language: 'en', tagName: 'tea', isSensitive: true }
  const id = await db.transaction((tx) => createCollection(tx, alice, input))
  const item = await db.transaction((tx) => addToCollection(tx, alice, id, bea))
  await db.transaction((tx) => createCollection(tx, alice, { name: 'Plain', isDiscoverable: false }))
  await ask('the list', uris.featuredCollections(alice))
  await ask('a page of the list', `${uris.featuredCollections(alice)}?page=true`)
  await ask('a page of the list from something else on', `${uris.featuredCollections(alice)}?page=true&max_id=x`)
  await ask('a collection', uris.collection(id))
  await ask('a collection, by its page', uris.collectionPage(id))
  await ask('a collection, for a browser', uris.collection(id), { accept: 'text/html' })
  await ask('no collection', uris.collection('12' as typeof id))
  await ask('an item', uris.activity('collection-items', item))
  await ask('an authorization', uris.activity('feature-authorizations', item))
  await db.transaction((tx) => revokeFromCollection(tx, bea, id, item))
  await ask('a revoked authorization', uris.activity('feature-authorizations', item))
  await ask('the item of a revoked authorization', uris.activity('collection-items', item))
  await suspend(s.t, alice)
  await ask('a collection of somebody suspended', uris.collection(id))
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('featured-collections.txt'))
})

test('collections of accounts where fetches are authorized', async () => {
  await using r = await recorder()
  const { s, ask } = r
  const { db, app } = s.t
  await db.transaction((tx) => saveSettings(tx, commandLine, { authorizedFetch: true }))
  const alice = await localAccount(s.t, 'alice')
  const bob = s.peer.actor('bob')
  const bobHere = await known(s, bob)
  const id = await db.transaction((tx) => createCollection(tx, alice, { name: 'Tea' }))
  const uri = app.uris.collection(id)
  await ask('unsigned', uri)
  await ask('signed', uri, { signer: bob })
  await db.transaction((tx) => block(tx, app.uris, alice, bobHere))
  await ask('signed by somebody blocked', uri, { signer: bob })
  await expect(r.lines.join('\n')).toMatchFileSnapshot(recorded('featured-collections-signed.txt'))
})
