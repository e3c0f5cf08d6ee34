/** Relays of both kinds, as the common software behaves; the other server of the scene is the relay. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addRelay, disableRelay, enableRelay, listRelays, removeRelay } from '#src/incoming/relays/manage.ts'
import { setDomainRule } from '#src/moderation/domains.ts'
import type { RelayId } from '#src/platform/ids.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, status } from '#test/cast.ts'
import { isRelayed, relayAt } from '../../federation/fetching/relays.ts'
import { type ParsedNote, parseNote } from '../../federation/parse/note.ts'
import { type Peer, peer, type PeerActor, signedPost } from './peer.ts'
import { scene, type Scene } from './setup.ts'

const to = ['https://www.w3.org/ns/activitystreams#Public']

type Said = {
  id: string
  type: string
  actor: string
  object: string & { id: string; type: string; object: string }
  to?: string[]
}
const said = (to: Peer): Said[] => to.posted.map(({ body }) => JSON.parse(body))

function relayActor(s: Scene): PeerActor {
  return s.peer.actor('relay', {
    type: 'Application',
    inbox: `${s.peer.origin}/inbox`,
    followers: `${s.peer.origin}/followers`,
  })
}

const post = (s: Scene, actor: PeerActor, activity: object) =>
  s.routes.request(
    signedPost(s.t.app, actor, { '@context': 'https://www.w3.org/ns/activitystreams', actor: actor.uri, ...activity }),
  )

async function add(s: Scene, url: string, protocol: 'mastodon' | 'litepub' = 'mastodon'): Promise<RelayId> {
  const relay = await relayAt(s.t.app, url, protocol)
  const id = await s.t.db.transaction((tx) => addRelay(tx, s.t.app.uris, relay))
  await s.work()
  return id
}

/** Lets the relay agree. */
async function accept(s: Scene, relay: PeerActor): Promise<void> {
  const follow = said(s.peer).findLast(({ type }) => type === 'Follow')
  expect(
    (await post(s, relay, { id: `${s.peer.origin}/accept/${crypto.randomUUID()}`, type: 'Accept', object: follow }))
      .status,
  ).toBe(202)
  await s.work()
  s.peer.posted.length = 0
}

const states = async (s: Scene) => (await listRelays(s.t.db)).map(({ state, actorUri }) => [state, actorUri])

test('the error of a failed request to a relay is shown until the next request', async () => {
  await using s = await scene()
  relayActor(s)
  s.peer.answer = () => ({ status: 404 })
  const id = await add(s, `${s.peer.origin}/inbox`)
  expect(await listRelays(s.t.db)).toMatchObject([{ state: 'pending', lastError: 'Answered with status 404' }])
  s.peer.answer = () => ({ status: 202 })
  await s.t.db.transaction((tx) => enableRelay(tx, s.t.app.uris, id))
  await s.work()
  expect(await listRelays(s.t.db)).toMatchObject([{ state: 'pending', lastError: null }])
})

test('a relay of Mastodon’s kind gets a Follow by the instance, and public posts once it accepts', async () => {
  await using s = await scene()
  const { uris } = s.t.app
  const alice = await localAccount(s.t, 'alice')
  const relay = relayActor(s)
  await add(s, `${s.peer.origin}/inbox`)
  expect(s.peer.posted[0]).toMatchObject({
    path: '/inbox',
    headers: { signature: expect.stringContaining(`keyId="${uris.instanceActor}#main-key"`) },
  })
  expect(said(s.peer)).toMatchObject([
    { type: 'Follow', actor: uris.instanceActor, object: to[0], id: expect.stringContaining('/ap/follows/') },
  ])

  await status(s.t, alice, { text: 'Too early' })
  await s.work()
  expect(s.peer.posted).toHaveLength(1)
  await accept(s, relay)
  expect(await states(s)).toEqual([['accepted', relay.uri]])

  const public_ = await status(s.t, alice, { text: 'For all' })
  for (const visibility of ['unlisted', 'private', 'direct'] as const)
    await status(s.t, alice, { text: 'Not for all', visibility })
  await s.work()
  await s.t.db.transaction((tx) => reblog(tx, uris, alice, public_))
  await s.work()
  await s.t.db.transaction((tx) => deleteStatus(tx, alice, public_))
  await s.work()
  expect(said(s.peer).map(({ type, actor }) => [type, actor])).toEqual([
    ['Create', uris.account(alice)],
    ['Announce', uris.account(alice)],
    ['Delete', uris.account(alice)],
  ])
})

test('a relay of LitePub’s kind is followed by its actor, may follow back, and gets posts, but no boosts', async () => {
  await using s = await scene()
  const { uris } = s.t.app
  const alice = await localAccount(s.t, 'alice')
  const relay = relayActor(s)
  await add(s, relay.uri, 'litepub')
  expect(said(s.peer)).toMatchObject([
    { type: 'Follow', actor: uris.instanceActor, object: relay.uri, to: [relay.uri] },
  ])
  await accept(s, relay)

  const back = { id: `${s.peer.origin}/follow/1`, type: 'Follow', object: uris.instanceActor }
  await post(s, relay, back)
  await s.work()
  expect(said(s.peer)).toMatchObject([
    {
      type: 'Accept',
      actor: uris.instanceActor,
      to: [relay.uri],
      object: { id: back.id, type: 'Follow', actor: relay.uri, object: uris.instanceActor },
    },
  ])

  const public_ = await status(s.t, alice, { text: 'For all' })
  await s.t.db.transaction((tx) => reblog(tx, uris, alice, public_))
  await s.work()
  expect(said(s.peer).map(({ type }) => type)).toEqual(['Accept', 'Create'])
  expect((await s.t.db.execute(sql`select uri from accounts where domain is not null`)).rows).toEqual([])
})

test('a post that a relay announces is fetched from its own server, and stored as a post if it is public', async () => {
  await using s = await scene()
  await using origin = await peer()
  const relay = relayActor(s)
  await add(s, relay.uri, 'litepub')
  await accept(s, relay)
  const carol = origin.actor('carol')
  const note = (path: string, changes: object = {}) => {
    origin.documents.set(path, {
      id: `${origin.origin}${path}`,
      type: 'Note',
      attributedTo: carol.uri,
      content: `Post ${path}`,
      to,
      inReplyTo: null,
      published: new Date().toISOString(),
      ...changes,
    })
    return `${origin.origin}${path}`
  }
  const [one, two, quiet, followers] = [
    note('/notes/1'),
    note('/notes/2', { inReplyTo: `${origin.origin}/notes/0` }),
    note('/notes/3', { to: [`${carol.uri}/followers`], cc: to }),
    note('/notes/4', { to: [`${carol.uri}/followers`] }),
  ]
  origin.documents.set('/creates/2', {
    id: `${origin.origin}/creates/2`,
    type: 'Create',
    actor: carol.uri,
    object: two,
  })
  for (const object of [
    one,
    `${origin.origin}/creates/2`,
    quiet,
    followers,
    one,
    `${s.t.app.config.origin}/ap/statuses/1`,
  ]) {
    await post(s, relay, {
      id: `${s.peer.origin}/announce/${crypto.randomUUID()}`,
      type: 'Announce',
      object,
      to: [`${s.peer.origin}/followers`],
    })
  }
  await s.work()
  const { rows } = await s.t.db.execute(sql`select uri, reblog_of_id from statuses order by uri`)
  expect(rows).toEqual([
    { uri: one, reblog_of_id: null },
    { uri: two, reblog_of_id: null },
  ])
  // The other one is a reply.
  expect(await publicTimeline(s.t.db, null, { from: 'remote' }, { limit: 20 })).toHaveLength(1)
  expect(origin.fetched).not.toContain('/notes/0')
  expect(origin.fetched.filter((path) => path === '/notes/1')).toHaveLength(1)
  expect((await s.t.db.execute(sql`select username from accounts where domain is not null`)).rows).toEqual([
    { username: 'carol' },
  ])
})

test('a post that a relay forwards is stored only if it is public', async () => {
  await using s = await scene()
  const relay = relayActor(s)
  await add(s, relay.uri)
  const note = parseNote({
    id: 'https://other.test/1',
    type: 'Note',
    attributedTo: 'https://other.test/carol',
    content: 'Post',
    to,
    published: new Date().toISOString(),
  }) as ParsedNote
  expect(await isRelayed(s.t.app, relay.uri, note)).toBe(false)
  await accept(s, relay)
  expect(await isRelayed(s.t.app, relay.uri, note)).toBe(true)
  expect(await isRelayed(s.t.app, relay.uri, { ...note, to: [], cc: to })).toBe(false)
  expect(await isRelayed(s.t.app, null, note)).toBe(false)
  expect(await isRelayed(s.t.app, `${s.peer.origin}/users/other`, note)).toBe(false)
})

test('only a relay that accepted can bring posts, and only the relay itself can accept', async () => {
  await using s = await scene()
  await using other = await peer()
  const relay = relayActor(s)
  const mallory = other.actor('mallory')
  const carol = other.actor('carol')
  other.documents.set('/notes/1', {
    id: `${other.origin}/notes/1`,
    type: 'Note',
    attributedTo: carol.uri,
    content: 'Post',
    to,
    published: new Date().toISOString(),
  })
  await add(s, `${s.peer.origin}/inbox`)
  const follow = said(s.peer)[0]
  await post(s, mallory, { id: `${other.origin}/1`, type: 'Accept', object: follow })
  await post(s, relay, { id: `${s.peer.origin}/2`, type: 'Accept', object: 'https://pipit.test/ap/follows/1' })
  await s.work()
  expect(await states(s)).toEqual([['pending', null]])
  await post(s, relay, { id: `${s.peer.origin}/3`, type: 'Announce', object: `${other.origin}/notes/1`, to })
  await s.work()
  expect((await s.t.db.execute(sql`select uri from statuses`)).rows).toEqual([])

  await post(s, relay, { id: `${s.peer.origin}/4`, type: 'Reject', object: follow })
  await s.work()
  expect(await states(s)).toEqual([['rejected', relay.uri]])
})

test('a disabled relay gets an Undo and no further posts, and its activities are ignored', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const relay = relayActor(s)
  const id = await add(s, relay.uri)
  const [follow] = said(s.peer)
  await accept(s, relay)
  await s.t.db.transaction((tx) => disableRelay(tx, id))
  await s.t.db.transaction((tx) => disableRelay(tx, id))
  await s.work()
  expect(said(s.peer)).toMatchObject([
    { type: 'Undo', actor: s.t.app.uris.instanceActor, object: { id: follow?.id, type: 'Follow', object: to[0] } },
  ])
  await post(s, relay, { id: `${s.peer.origin}/accept/late`, type: 'Accept', object: follow })
  await status(s.t, alice, { text: 'For all' })
  await s.work()
  expect(s.peer.posted).toHaveLength(1)
  expect(await states(s)).toEqual([['idle', relay.uri]])
  // The relay does not appear as a booster, either.
  const [mine] = (await s.t.db.execute<{ uri: string }>(sql`select uri from statuses`)).rows
  await post(s, relay, { id: `${s.peer.origin}/announce/late`, type: 'Announce', to, object: mine!.uri })
  await s.work()
  expect((await s.t.db.execute(sql`select 1 from statuses where reblog_of_id is not null`)).rows).toEqual([])
  await s.t.db.transaction((tx) => removeRelay(tx, id))
  expect(await states(s)).toEqual([])
})

test('announcements of a relay beyond the fetch limit are dropped', async () => {
  await using s = await scene()
  const relay = relayActor(s)
  await add(s, relay.uri)
  await accept(s, relay)
  await s.t.db
    .execute(sql`select from graphile_worker.add_jobs(array(select json_populate_recordset(null::graphile_worker.job_spec, (
    select json_agg(json_build_object('identifier', 'relayed', 'payload', json_build_object('uri', ''), 'run_at', now() + interval '1 day')) from generate_series(1, 2000)))))`)
  await post(s, relay, { id: `${s.peer.origin}/1`, type: 'Announce', object: `${s.peer.origin}/notes/1`, to })
  await s.work()
  expect(await s.t.jobs()).not.toContain('inbox')
  expect((await s.t.jobPayloads('relayed')).filter(({ uri }) => uri !== '')).toEqual([])
  expect(s.peer.fetched).not.toContain('/notes/1')
})

test('a relay is identified by its inbox or actor, and one on a suspended server is refused', async () => {
  await using s = await scene()
  const relay = relayActor(s)
  expect(await relayAt(s.t.app, `${s.peer.origin}/inbox`, 'mastodon')).toEqual({
    inboxUrl: `${s.peer.origin}/inbox`,
    actorUri: null,
    protocol: 'mastodon',
  })
  expect(await relayAt(s.t.app, relay.uri, 'litepub')).toEqual({
    inboxUrl: `${s.peer.origin}/inbox`,
    actorUri: relay.uri,
    protocol: 'litepub',
  })
  await expect(relayAt(s.t.app, `${s.peer.origin}/inbox`, 'litepub')).rejects.toMatchObject({ code: 'unprocessable' })
  await expect(relayAt(s.t.app, 'https://pipit.test/ap/inbox', 'mastodon')).rejects.toMatchObject({
    code: 'unprocessable',
  })
  await expect(relayAt(s.t.app, 'relay.test', 'mastodon')).rejects.toMatchObject({ code: 'unprocessable' })
  await s.t.db.transaction((tx) => setDomainRule(tx, commandLine, s.t.app.uris, s.peer.host, { severity: 'suspend' }))
  await expect(
    s.t.db.transaction((tx) =>
      addRelay(tx, s.t.app.uris, { inboxUrl: `${s.peer.origin}/inbox`, actorUri: null, protocol: 'mastodon' }),
    ),
  ).rejects.toMatchObject({ code: 'unprocessable' })
})
