/** A day with an app, by two client libraries against the whole server: log-in, posts of all kinds, lists, filters, streams. */
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRestAPIClient, createStreamingAPIClient, type mastodon } from 'masto'
import { type Entity, Mastodon } from 'megalodon'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { serve } from '../../web/server.ts'
import { localAccount, password } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { freePort } from '../runtime/process.ts'
import { visitor } from './visitor.ts'

type Place = AsyncDisposable & { t: TestDatabase; url: string }

async function place(): Promise<Place> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const t = await database({ PORT: String(port), ORIGIN: url, RATE_LIMIT_FACTOR: '20' })
  const server = await serve(t.app)
  for (const name of ['alice', 'bob']) await localAccount(t, name)
  return {
    t,
    url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}

/** Logs in as people do: on the pages of the server, where they let the app in. */
async function logIn(url: string, name: string): Promise<string> {
  const redirect = 'urn:ietf:wg:oauth:2.0:oob'
  const scopes = ['read', 'write', 'follow', 'push']
  const app = await new Mastodon(url).registerApp('Day app', { scopes, redirect_uris: redirect })
  const browser = visitor(url)
  await browser.send(await browser.open('/login'), '/login', { login: name, password })
  const { pathname, search } = new URL(app.url ?? '')
  const consent = await browser.send(await browser.open(`${pathname}${search}`), '/oauth/authorize', {
    decision: 'allow',
  })
  const code = new URL(consent.location, url).searchParams.get('code') ?? ''
  return (await new Mastodon(url).fetchAccessToken(app.client_id, app.client_secret, code, redirect)).access_token
}

async function png(): Promise<Buffer> {
  return sharp({ create: { width: 64, height: 48, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
}

const words = (html: string): string => html.replace(/<[^>]*>/g, '')

test('a day of posts, lists, filters and streams works with masto', async () => {
  await using p = await place()
  const [ofAlice, ofBob] = [await logIn(p.url, 'alice'), await logIn(p.url, 'bob')]
  const [alice, bob] = [
    createRestAPIClient({ url: p.url, accessToken: ofAlice }),
    createRestAPIClient({ url: p.url, accessToken: ofBob }),
  ]
  const [me, him] = [await alice.v1.accounts.verifyCredentials(), await bob.v1.accounts.verifyCredentials()]
  expect((await bob.v1.accounts.$select(me.id).follow({ notify: true, languages: ['en'] })).notifying).toBe(true)

  const instance = await alice.v2.instance.fetch()
  const streams = createStreamingAPIClient({
    streamingApiUrl: instance.configuration.urls.streaming,
    accessToken: ofBob,
  })
  const user = streams.user.subscribe()
  const seen: string[] = []
  const streamed = (async () => {
    for await (const { event, payload } of user) {
      seen.push(event === 'update' || event === 'status.update' ? `${event} ${words(payload.content)}` : event)
      if (event === 'delete') return
    }
  })()
  // The library doesn't report that its stream is open, so the test waits for an event.
  await expect
    .poll(async () => (seen.length === 0 ? void (await alice.v1.statuses.create({ status: 'Hello?' })) : seen[0]), {
      interval: 200,
    })
    .toBe('update Hello?')

  // A post with pictures, in the order that was given, corrected later.
  const upload = async (description: string) =>
    alice.v2.media.create({ file: new File([new Uint8Array(await png())], 'a.png'), description, focus: '0.2,-0.4' })
  const [first, second] = [await upload('A blue field'), await upload('Another')]
  expect((await alice.v1.media.$select(first.id).update({ description: 'A very blue field' })).description).toBe(
    'A very blue field',
  )
  const post = await alice.v1.statuses.create({
    status: 'Look at ths #blue',
    mediaIds: [second.id, first.id],
    language: 'en',
    visibility: 'public',
  })
  expect(post.mediaAttachments.map(({ id }) => id)).toEqual([second.id, first.id])
  // A stream shows things as they are when it comes to them: so it gets the time to show this as it was.
  await expect.poll(() => seen).toContain('update Look at ths #blue')
  const edited = await alice.v1.statuses
    .$select(post.id)
    .update({
      status: 'Look at this #blue',
      mediaIds: [first.id],
      mediaAttributes: [{ id: first.id, description: 'Blue', focus: '0,0' }],
    })
  expect([
    words(edited.content),
    edited.mediaAttachments.map(({ description }) => description),
    edited.editedAt !== null,
  ]).toEqual(['Look at this #blue', ['Blue'], true])
  expect((await alice.v1.statuses.$select(post.id).history.list()).map(({ content }) => words(content))).toEqual([
    'Look at ths #blue',
    'Look at this #blue',
  ])
  expect((await alice.v1.statuses.$select(post.id).source.fetch()).text).toBe('Look at this #blue')

  // A poll, answered.
  const asked = await alice.v1.statuses.create({
    status: 'Which?',
    poll: { options: ['This', 'That'], expiresIn: 600 },
  })
  const voted = await bob.v1.polls.$select(asked.poll?.id ?? '').votes.create({ choices: [1] })
  expect([voted.voted, voted.ownVotes, voted.options.map(({ votesCount }) => votesCount)]).toEqual([true, [1], [0, 1]])
  await expect(bob.v1.polls.$select(asked.poll?.id ?? '').votes.create({ choices: [0] })).rejects.toMatchObject({
    statusCode: 422,
  })

  // Boosted, quoted, pinned, bookmarked.
  expect((await bob.v1.statuses.$select(post.id).reblog()).reblog?.id).toBe(post.id)
  const quoting = await bob.v1.statuses.create({
    status: 'See',
    quotedStatusId: post.id,
  } as mastodon.rest.v1.CreateStatusParams)
  expect(quoting.quote).toMatchObject({ state: 'accepted', quotedStatus: { id: post.id } })
  expect((await alice.v1.statuses.$select(post.id).pin()).pinned).toBe(true)
  expect((await alice.v1.accounts.$select(me.id).statuses.list({ pinned: true })).map(({ id }) => id)).toEqual([
    post.id,
  ])
  await bob.v1.statuses.$select(post.id).bookmark()
  expect((await bob.v1.bookmarks.list()).map(({ id }) => id)).toEqual([post.id])

  // Later, moved, and thought better of.
  const later = await alice.v1.statuses.create({
    status: 'Later',
    scheduledAt: new Date(Date.now() + 3_600_000).toISOString(),
  })
  await alice.v1.scheduledStatuses
    .$select(later.id)
    .update({ scheduledAt: new Date(Date.now() + 7_200_000).toISOString() })
  expect((await alice.v1.scheduledStatuses.list()).map(({ id }) => id)).toEqual([later.id])
  await alice.v1.scheduledStatuses.$select(later.id).remove()
  expect(await alice.v1.scheduledStatuses.list()).toEqual([])

  // Lists, filters, hashtags, notes.
  const list = await bob.v1.lists.create({ title: 'Blue people' })
  await bob.v1.lists.$select(list.id).accounts.create({ accountIds: [me.id] })
  expect((await bob.v1.timelines.list.$select(list.id).list()).map(({ id }) => id)).toContain(post.id)
  const filter = await bob.v2.filters.create({
    title: 'No blue',
    context: ['home', 'public'],
    filterAction: 'warn',
    keywordsAttributes: [{ keyword: 'blue', wholeWord: true }],
  })
  const filtered = (await bob.v1.timelines.public.list({ local: true })).find(({ id }) => id === post.id)
  expect(filtered?.filtered?.map((match) => [match.filter.title, match.keywordMatches])).toEqual([
    ['No blue', ['blue']],
  ])
  await bob.v2.filters.$select(filter.id).remove()
  expect((await bob.v1.tags.$select('blue').follow()).following).toBe(true)
  expect((await bob.v1.followedTags.list()).map(({ name }) => name)).toEqual(['blue'])
  expect((await bob.v1.accounts.$select(me.id).note.create({ comment: 'Blue' })).note).toBe('Blue')

  // The received events.
  await runJobs(p.t)
  const told = (await bob.v1.notifications.list()).map(({ type }) => type)
  expect(told).toEqual(expect.arrayContaining(['status']))
  expect((await alice.v1.notifications.list()).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['quote', 'reblog', 'follow']),
  )
  const found = await bob.v2.search.list({ q: 'look from:alice', type: 'statuses' })
  expect(found.statuses.map(({ id }) => id)).toEqual([post.id])
  await alice.v1.accounts.$select(him.id).removeFromFollowers()
  expect((await alice.v1.accounts.relationships.fetch({ id: [him.id] }))[0]?.followedBy).toBe(false)

  await alice.v1.statuses.$select(asked.id).remove()
  await bob.v1.statuses.$select(quoting.id).remove()
  await streamed
  user.unsubscribe()
  streams.close()
  expect(seen).toEqual(
    expect.arrayContaining([
      'update Look at ths #blue',
      'notification',
      'status.update Look at this #blue',
      'update Which?',
      'filters_changed',
      'delete',
    ]),
  )
})

test('a day of posts, lists, filters and streams works with megalodon', async () => {
  await using p = await place()
  const [ofAlice, ofBob] = [await logIn(p.url, 'alice'), await logIn(p.url, 'bob')]
  const [alice, bob] = [new Mastodon(p.url, ofAlice), new Mastodon(p.url, ofBob)]
  const me = (await alice.verifyAccountCredentials()).data
  await bob.followAccount(me.id)

  const stream = await bob.userStreaming()
  const seen: string[] = []
  stream.on('update', (status: Entity.Status) => seen.push(`update ${words(status.content)}`))
  stream.on('notification', (notification: Entity.Notification) => seen.push(`notification ${notification.type}`))
  stream.on('delete', (id: string) => seen.push(`delete ${id}`))
  await once(stream, 'connect')

  const file = join(p.t.app.config.dataDir, 'a.png')
  await writeFile(file, await png())
  const media = (await alice.uploadMedia(createReadStream(file), { description: 'Blue' })).data
  const post = (
    await alice.postStatus('Good morning @bob', { media_ids: [media.id], sensitive: true, spoiler_text: 'morning' })
  ).data as Entity.Status
  expect(post).toMatchObject({
    sensitive: true,
    spoiler_text: 'morning',
    media_attachments: [{ description: 'Blue', type: 'image' }],
  })
  await expect.poll(() => seen).toContain('update Good morning @bob')
  const edited = (await alice.editStatus(post.id, { status: 'Good evening @bob', media_ids: [media.id] })).data
  expect(words(edited.content)).toBe('Good evening @bob')
  const asked = (await alice.postStatus('Tea?', { poll: { options: ['Yes', 'No'], expires_in: 600, multiple: true } }))
    .data as Entity.Status
  expect((await bob.votePoll(asked.poll?.id ?? '', [0, 1])).data).toMatchObject({ voted: true, votes_count: 2 })

  expect((await bob.reblogStatus(post.id)).data.reblog?.id).toBe(post.id)
  expect((await bob.getStatusRebloggedBy(post.id)).data.map(({ acct }) => acct)).toEqual(['bob'])
  const reply = (await bob.postStatus('@alice Good night', { in_reply_to_id: post.id, visibility: 'unlisted' }))
    .data as Entity.Status
  expect((await alice.getStatusContext(post.id)).data.descendants.map(({ id }) => id)).toEqual([reply.id])
  const list = (await bob.createList('People')).data
  await bob.addAccountsToList(list.id, [me.id])
  expect((await bob.getListTimeline(list.id)).data.map(({ id }) => id)).toEqual([asked.id, post.id])
  expect((await alice.muteStatus(post.id)).data.muted).toBe(true)
  expect((await bob.blockDomain('noise.test')).data).toEqual({})
  expect((await bob.getDomainBlocks()).data).toEqual(['noise.test'])
  await alice.deleteStatus(asked.id)

  await expect
    .poll(() => seen)
    .toEqual(
      expect.arrayContaining(['update Good morning @bob', 'notification mention', 'update Tea?', `delete ${asked.id}`]),
    )
  stream.stop()
})
