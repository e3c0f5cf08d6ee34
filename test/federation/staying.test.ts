/** No address and no stream shows held or local-only posts to other servers and visitors. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { acceptRequest, listRequests, rejectRequest } from '#src/statuses/access/requests.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { releaseHeld } from '#src/statuses/held.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { pin } from '#src/statuses/interactions/pin.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { remoteLookup } from '../../federation/fetching/lookup.ts'
import { signCavage } from '../../federation/signatures/cavage.ts'
import type { instanceKeys } from '../../federation/signatures/own-keys.ts'
import { pages } from '../../web/app.tsx'
import { serve } from '../api/server.ts'
import { forgetJobs, localAccount, makeFollow, status } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { type Scene, scene } from './setup.ts'

async function ask(s: Scene, url: string, signer?: PeerActor): Promise<{ status: number; body: string }> {
  const keys = signer && { actor: signer.uri, rsa: { id: signer.keyId, privateKey: signer.privateKey, publicPem: '' } }
  const signed = keys ? await signCavage(keys as Awaited<ReturnType<typeof instanceKeys>>, 'GET', new URL(url)) : {}
  const response = await s.routes.request(url, { headers: { accept: 'application/activity+json', ...signed } })
  return { status: response.status, body: await response.text() }
}

/** Alice, with a follower on another server whose requests are signed. */
async function setting() {
  const s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const bob = await localAccount(s.t, 'bob')
  const signer = s.peer.actor('rita')
  const rita = (await remoteLookup(s.t.app).account(signer.uri))!
  await makeFollow(s.t, rita, alice)
  await forgetJobs(s.t)
  return Object.assign(s, { alice, bob, signer, rita })
}

/** Everything that a post has an address at. */
const addresses = ({ t: { app } }: Scene, id: StatusId, boost: StatusId, quote: StatusId) => {
  const post = app.uris.status(id)
  return [
    post,
    app.uris.statusPage('alice', id),
    app.uris.activity('creates', id),
    app.uris.activity('announces', boost),
    app.uris.activity('quote-authorizations', quote),
    `${post}/replies`,
    `${post}/likes`,
    `${post}/shares`,
    app.uris.thread(id),
  ]
}

for (const [kind, undoSeconds, isLocalOnly] of [
  ['held', 60, false],
  ['local-only', 0, true],
] as const)
  test(`a ${kind} post is at no address, in no collection, feed or timeline, for other servers and visitors`, async () => {
    await using s = await setting()
    const { t, alice, bob, signer } = s
    await t.db.execute(sql`update users set undo_seconds = ${undoSeconds} where account_id = ${alice}`)
    const id = await status(t, alice, { text: 'Notyet #bird', isLocalOnly })
    const forFollowers = await status(t, alice, { text: 'Notyet', visibility: 'private', isLocalOnly })
    const quote = await status(t, bob, { text: 'Notyet, she says', quotedStatusId: id })
    await status(t, bob, { text: 'Notyet either', inReplyToId: id })
    const boost = await t.db.transaction(async (tx) => {
      await pin(tx, alice, id)
      return reblog(tx, t.app.uris, bob, id)
    })
    const all = [...addresses(s, id, boost, quote), t.app.uris.status(forFollowers)]
    for (const by of [undefined, signer])
      for (const url of all) expect([url, (await ask(s, url, by)).status]).toEqual([url, 404])
    for (const url of [
      `${t.app.uris.outbox(alice)}?page=true`,
      `${t.app.uris.outbox(bob)}?page=true`,
      t.app.uris.featured(alice),
    ])
      for (const by of [undefined, signer]) expect((await ask(s, url, by)).body).not.toContain(id)

    await using api = await serve(t.app)
    for (const path of [`statuses/${id}`, `statuses/${id}/context`, `statuses/${id}/history`])
      expect((await api.call('GET', `/api/v1/${path}`)).status).toBe(404)
    for (const path of [
      'timelines/public',
      'timelines/tag/bird',
      `accounts/${alice}/statuses`,
      `accounts/${bob}/statuses`,
    ])
      expect(JSON.stringify((await api.call('GET', `/api/v1/${path}`)).body)).not.toContain('otyet')
    const page = t.app.uris.statusPage('alice', id)
    expect((await api.call('GET', `/api/oembed?url=${encodeURIComponent(page)}`)).status).toBe(404)
    const site = pages(t.app)
    for (const path of [`/@alice/${id}`, `/@alice/${id}/history`])
      expect(
        (await site.request(`https://pipit.test${path}`, {}, { clientAddress: '127.0.0.1', requestId: 'test' })).status,
      ).toBe(404)
    for (const path of ['/@alice', '/@bob', '/explore', '/tags/bird'])
      expect(
        await (
          await site.request(`https://pipit.test${path}`, {}, { clientAddress: '127.0.0.1', requestId: 'test' })
        ).text(),
      ).not.toContain('otyet')

    await s.work()
    expect(s.peer.posted).toEqual([])
    await t.db.transaction((tx) => deleteStatus(tx, alice, id))
    await s.work()
    expect(s.peer.posted).toEqual([])
    for (const by of [undefined, signer])
      for (const url of all.slice(0, 4)) expect([url, (await ask(s, url, by)).status]).toEqual([url, 404])
  })

test('after its hold, a post is served at all its addresses in its last state, and sent to followers', async () => {
  await using s = await setting()
  const { t, alice, signer } = s
  await t.db.execute(sql`update users set undo_seconds = 60 where account_id = ${alice}`)
  const id = await status(t, alice, { text: 'Ready' })
  // No stored document remembers that it was not there.
  expect((await ask(s, t.app.uris.status(id))).status).toBe(404)
  await t.db.execute(sql`update statuses set held_until = now() - interval '1 second'`)
  await t.db.transaction((tx) => releaseHeld(tx, id))
  for (const by of [undefined, signer]) expect(await ask(s, t.app.uris.status(id), by)).toMatchObject({ status: 200 })
  await s.work()
  expect(s.peer.posted.map(({ body }) => JSON.parse(body).type)).toEqual(['Create'])
})

test('a consent to interact with a local-only post, and its end, are not sent to other servers', async () => {
  await using s = await setting()
  const { t, alice, bob } = s
  const asked = { automatic: [], manual: ['public'] }
  const id = await status(t, alice, {
    isLocalOnly: true,
    interactionPolicy: { reply: asked, like: asked, announce: asked },
  })
  await status(t, bob, { inReplyToId: id })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))
  await t.db.transaction((tx) => favourite(tx, bob, id))
  const open = await status(t, alice, { interactionPolicy: { reply: asked } })
  await s.work()
  s.peer.posted.length = 0
  await status(t, bob, { inReplyToId: open, isLocalOnly: true })
  const requests = await listRequests(t.db, alice, { limit: 10 })
  expect(requests).toHaveLength(4)
  for (const request of requests) await t.db.transaction((tx) => acceptRequest(tx, t.app.uris, alice, request.id))
  await s.work()
  for (const request of requests) await t.db.transaction((tx) => rejectRequest(tx, alice, request.id))
  await s.work()
  expect(s.peer.posted).toEqual([])
})
