/** A day with masto and megalodon, the client libraries of most Mastodon apps in JavaScript. */
import { createRestAPIClient } from 'masto'
import { Mastodon } from 'megalodon'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { pages } from '../../web/app.tsx'
import { localAccount, password } from '../cast.ts'
import { database } from '../database.ts'
import { serve, tokenOf } from './server.ts'
import { visitor } from './visitor.ts'

const outOfBand = 'urn:ietf:wg:oauth:2.0:oob'

test('masto can log in, post, read and react', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const client = async (token: string) => createRestAPIClient({ url: server.url, accessToken: token })
  const [asAlice, asBob] = [await client(await tokenOf(t.app, alice)), await client(await tokenOf(t.app, bob))]

  expect((await asAlice.v2.instance.fetch()).configuration.statuses.maxCharacters).toBe(500)
  expect((await asAlice.v1.accounts.verifyCredentials()).username).toBe('alice')
  const found = await asBob.v2.search.list({ q: '@alice@pipit.test', resolve: true })
  expect(found.accounts.map(({ id }) => id)).toEqual([alice])
  expect((await asBob.v1.accounts.$select(alice).follow()).following).toBe(true)

  const posts = []
  for (const text of ['One', 'Two', 'Three #birds'])
    posts.push(await asAlice.v1.statuses.create({ status: text, visibility: 'public' }))
  const seen: string[] = []
  for await (const page of asBob.v1.timelines.home.list({ limit: 2 }))
    seen.push(...page.map(({ content }) => content.replace(/<[^>]*>/g, '')))
  expect(seen).toEqual(['Three #birds', 'Two', 'One'])
  expect((await asBob.v1.timelines.tag.$select('birds').list()).map(({ id }) => id)).toEqual([posts[2]?.id])

  const first = asBob.v1.statuses.$select(posts[0]?.id ?? '')
  expect((await first.favourite()).favouritesCount).toBe(1)
  expect((await first.reblog()).reblog?.id).toBe(posts[0]?.id)
  const reply = await asBob.v1.statuses.create({
    status: '@alice Hello',
    inReplyToId: posts[0]?.id ?? '',
    sensitive: true,
    spoilerText: 'hi',
  })
  expect((await first.context.fetch()).descendants.map(({ id }) => id)).toEqual([reply.id])

  const notifications = await asAlice.v1.notifications.list({ excludeTypes: ['follow'] })
  expect(notifications.map(({ type }) => type)).toEqual(['mention', 'reblog', 'favourite'])
  const markers = await asAlice.v1.markers.create({ notifications: { lastReadId: notifications[0]?.id ?? '' } })
  expect(markers.notifications?.lastReadId).toBe(notifications[0]?.id)

  const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#cc3300' } })
    .png()
    .toBuffer()
  const profile = await asAlice.v1.accounts.updateCredentials({
    displayName: 'Alice',
    avatar: new File([new Uint8Array(image)], 'me.png', { type: 'image/png' }),
    fieldsAttributes: [{ name: 'Likes', value: 'birds' }],
    source: { privacy: 'unlisted' },
  })
  expect(profile).toMatchObject({
    displayName: 'Alice',
    source: { privacy: 'unlisted', fields: [{ name: 'Likes', value: 'birds' }] },
  })

  expect((await first.unfavourite()).favouritesCount).toBe(0)
  expect((await first.unreblog()).reblogged).toBe(false)
  await asBob.v1.statuses.$select(reply.id).remove()
  await expect(asAlice.v1.statuses.$select(reply.id).fetch()).rejects.toMatchObject({ statusCode: 404 })
  expect((await asBob.v1.accounts.$select(alice).unfollow()).following).toBe(false)
})

test('megalodon can register an app, log in, post, read and react', async () => {
  await using t = await database()
  await using server = await serve(t.app, pages)
  await localAccount(t, 'alice')
  await localAccount(t, 'bob')
  const scopes = ['read', 'write', 'follow']
  const app = await new Mastodon(server.url).registerApp('Day app', { scopes, redirect_uris: outOfBand })

  const token = async (name: string): Promise<string> => {
    const browser = visitor(server.url)
    await browser.send(await browser.open('/login'), '/login', { login: name, password })
    const { pathname, search } = new URL(app.url ?? '')
    const consent = await browser.send(await browser.open(`${pathname}${search}`), '/oauth/authorize', {
      decision: 'allow',
    })
    const code = new URL(consent.location, server.url).searchParams.get('code') ?? ''
    return (await new Mastodon(server.url).fetchAccessToken(app.client_id, app.client_secret, code, outOfBand))
      .access_token
  }
  const [ofAlice, ofBob] = [await token('alice'), await token('bob')]
  const [asAlice, asBob] = [new Mastodon(server.url, ofAlice), new Mastodon(server.url, ofBob)]

  const alice = (await asAlice.verifyAccountCredentials()).data
  expect(alice.acct).toBe('alice')
  expect((await asAlice.getInstance()).data.title).toBe('Pipit')
  expect((await asBob.followAccount(alice.id)).data.following).toBe(true)
  const post = (await asAlice.postStatus('Hello @bob', { visibility: 'private' })).data
  if (!('visibility' in post)) throw new Error('The post was scheduled')
  expect((await asBob.getHomeTimeline()).data.map(({ id }) => id)).toEqual([post.id])
  expect((await asBob.favouriteStatus(post.id)).data.favourited).toBe(true)
  expect((await asBob.bookmarkStatus(post.id)).data.bookmarked).toBe(true)
  expect((await asBob.getBookmarks()).data).toHaveLength(1)
  expect((await asAlice.getNotifications()).data.map(({ type }) => type)).toEqual(['favourite', 'follow'])
  expect((await asBob.getRelationships([alice.id])).data[0]).toMatchObject({ following: true })
  expect((await asBob.search('alice', { type: 'accounts' })).data.accounts.map(({ acct }) => acct)).toEqual(['alice'])
  await asAlice.updateCredentials({
    display_name: 'Alice',
    locked: true,
    fields_attributes: [{ name: 'a', value: 'b' }],
  })
  expect((await asBob.getAccount(alice.id)).data).toMatchObject({
    display_name: 'Alice',
    locked: true,
    fields: [{ name: 'a', value: 'b' }],
  })
  await asAlice.deleteStatus(post.id)
  await expect(asBob.getStatus(post.id)).rejects.toMatchObject({ response: { status: 404 } })

  await new Mastodon(server.url).revokeToken(app.client_id, app.client_secret, ofBob)
  await expect(asBob.verifyAccountCredentials()).rejects.toMatchObject({ response: { status: 401 } })
})
