import { sql } from 'drizzle-orm'
/** Servers deliver in any order, several times, and to several inboxes at once. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { type PeerActor, signedPost } from './peer.ts'
import { createOf, followPeer, noteOf } from './receive.ts'
import { type Scene, scene } from './setup.ts'

const context = 'https://www.w3.org/ns/activitystreams'
const publicly = { to: [`${context}#Public`] }

async function post(
  s: Scene,
  actors: readonly PeerActor[],
  activity: { actor: string; [name: string]: unknown },
  path = '/ap/inbox',
): Promise<void> {
  const signer = actors.find(({ uri }) => uri === activity.actor)
  if (!signer) throw new Error('Nobody signs')
  const response = await s.routes.request(signedPost(s.t.app, signer, activity, {}, path))
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`)
}

/** The activities in their true order: posts with edits and deletions; likes, boosts, follows and blocks, some undone. */
function story(
  s: Scene,
  bob: PeerActor,
  ann: AccountId,
  ours: string,
  tag: string,
): { actor: string; [name: string]: unknown }[] {
  const activity = (id: string, more: object) => ({
    '@context': context,
    id: `${bob.uri}/${tag}/${id}`,
    actor: bob.uri,
    ...publicly,
    ...more,
  })
  const published = new Date(Date.now() - 600_000)
  const note = (id: string, more: object = {}) => ({
    id: `${bob.uri}/${tag}/notes/${id}`,
    type: 'Note',
    attributedTo: bob.uri,
    content: `<p>${id}</p>`,
    published: published.toISOString(),
    ...publicly,
    ...more,
  })
  const edit = (id: string, n: number) =>
    note(id, {
      content: `<p>${id}, edit ${n}</p>`,
      updated: new Date(published.getTime() + n * 1_000).toISOString(),
      tag: { type: 'Mention', href: s.t.app.uris.account(ann) },
    })
  const me = s.t.app.uris.account(ann)
  const like = activity('like', { type: 'Like', object: ours })
  const boost = activity('boost', { type: 'Announce', object: ours })
  // Of somebody else, as it ends a follow.
  const block = activity('block', { type: 'Block', actor: `${s.peer.origin}/users/dora`, object: me })
  return [
    activity('create1', { type: 'Create', object: note('1') }),
    activity('update1a', { type: 'Update', object: edit('1', 1) }),
    activity('update1b', { type: 'Update', object: edit('1', 2) }),
    activity('create2', { type: 'Create', object: note('2', { inReplyTo: ours }) }),
    activity('create3', { type: 'Create', object: note('3', { inReplyTo: `${bob.uri}/${tag}/notes/2` }) }),
    activity('delete2', { type: 'Delete', object: { id: `${bob.uri}/${tag}/notes/2`, type: 'Tombstone' } }),
    like,
    activity('unlike', { type: 'Undo', object: like }),
    boost,
    activity('unboost', { type: 'Undo', object: boost.id }),
    block,
    activity('unblock', { type: 'Undo', actor: block.actor, object: block }),
  ]
}

/** The state that local people see. */
async function state(s: Scene, tag: string): Promise<unknown> {
  const { db } = s.t
  const { rows: posts } = await db.execute(sql`
    select case when not s.is_local then regexp_replace(s.uri, '.*/', '') end as id, s.content, s.deleted_at is not null as gone, st.replies_count, st.favourites_count, st.reblogs_count,
      (select count(*)::int from mentions m where m.status_id = s.id) as mentions
    from statuses s join status_stats st on st.status_id = s.id where s.reblog_of_id is null and s.deleted_at is null and (s.is_local or s.uri like ${`%/${tag}/%`}) order by s.is_local, s.uri`)
  const { rows: others } = await db.execute(sql`
    select (select count(*)::int from favourites) as likes, (select count(*)::int from statuses where reblog_of_id is not null and deleted_at is null) as boosts,
      (select count(*)::int from blocks) as blocks, (select json_agg(type order by type) from notifications) as notifications,
      (select json_agg(statuses_count order by account_id) from account_stats) as counts`)
  return { posts, others }
}

async function cast(): Promise<Scene & { ann: AccountId; bob: PeerActor; actors: PeerActor[]; ours: string }> {
  const s = await scene()
  const ann = await localAccount(s.t, 'ann')
  const bob = s.peer.actor('bob')
  await makeFollow(s.t, ann, (await s.t.app.remote.url(bob.uri))!.id as AccountId)
  const ours = s.t.app.uris.status(await status(s.t, ann))
  await s.work()
  const dora = s.peer.actor('dora')
  await s.t.app.remote.url(dora.uri)
  return { ...s, ann, bob, actors: [bob, dora], ours }
}

/** As it should end. */
async function expectedState(): Promise<unknown> {
  await using s = await cast()
  for (const activity of story(s, s.bob, s.ann, s.ours, 'x')) {
    await post(s, s.actors, activity)
    await s.work()
  }
  return await state(s, 'x')
}

test('activities have the same result in every order and with repeats', { timeout: 240_000 }, async () => {
  const expected = await expectedState()
  // It is not nothing: the edit is there, with its notice.
  expect(JSON.stringify(expected)).toContain('edit 2')
  const order = fc.shuffledSubarray(
    Array.from({ length: 12 }, (_, i) => i),
    { minLength: 12 },
  )
  // A like, boost or block that comes again after its end is a new one: some servers give it the old id.
  const again = fc.array(
    fc.nat(11).filter((i) => ![6, 8, 10].includes(i)),
    { maxLength: 6 },
  )
  await fc.assert(
    fc.asyncProperty(order, again, fc.boolean(), async (first, repeated, isTogether) => {
      await using s = await cast()
      const activities = story(s, s.bob, s.ann, s.ours, 'x')
      for (const i of [...first, ...repeated]) {
        await post(s, s.actors, activities[i]!)
        if (!isTogether) await s.work()
      }
      await s.work()
      expect(await state(s, 'x')).toEqual(expected)
    }),
    { numRuns: 8 },
  )
})

test('an activity that arrives at several inboxes at once takes effect once', async () => {
  await using s = await cast()
  const { ann, bob, ours } = s
  const [create, , , reply, , , like, , boost] = story(s, bob, ann, ours, 'x')
  const mention = {
    ...create!,
    id: `${bob.uri}/m`,
    object: {
      ...(create!['object'] as object),
      id: `${bob.uri}/notes/m`,
      tag: { type: 'Mention', href: s.t.app.uris.account(ann) },
    },
  }
  await Promise.all(
    [mention, reply, like, boost].flatMap((activity) =>
      ['/ap/inbox', `/ap/accounts/${ann}/inbox`, '/ap/inbox'].map((path) => post(s, s.actors, activity!, path)),
    ),
  )
  await Promise.all([s.work(), s.work(), s.work()])
  expect(await state(s, 'x')).toMatchObject({
    others: [{ likes: 1, boosts: 1, notifications: ['favourite', 'mention', 'reblog'] }],
  })
  const { rows } = await s.t.db.execute(
    sql`select replies_count, favourites_count, reblogs_count from status_stats st join statuses s on s.id = st.status_id where s.uri = ${ours}`,
  )
  expect(rows).toEqual([{ replies_count: 1, favourites_count: 1, reblogs_count: 1 }])
})

test('a new Follow with the id of an earlier one follows again', async () => {
  await using s = await cast()
  const { ann, bob } = s
  const follow = {
    '@context': context,
    id: `${bob.uri}/follows/ann`,
    type: 'Follow',
    actor: bob.uri,
    object: s.t.app.uris.account(ann),
  }
  const undo = { '@context': context, id: `${follow.id}/undo`, type: 'Undo', actor: bob.uri, object: follow }
  const follows = async () => {
    const { rows } = await s.t.db.execute(
      sql`select from follows where follower_id = ${await accountByUri(s.t.db, bob.uri)} and target_id = ${ann}`,
    )
    return rows.length
  }
  for (const [activity, expected] of [
    [follow, 1],
    [undo, 0],
    [follow, 1],
    [follow, 1],
    [undo, 0],
    [follow, 1],
  ] as const) {
    await post(s, s.actors, activity)
    await s.work()
    expect(await follows()).toBe(expected)
  }
})

test('a Follow that arrives after its Undo has no effect', async () => {
  await using s = await cast()
  const { ann, bob } = s
  const follow = {
    '@context': context,
    id: `${bob.uri}/follows/1`,
    type: 'Follow',
    actor: bob.uri,
    object: s.t.app.uris.account(ann),
  }
  await post(s, s.actors, {
    '@context': context,
    id: `${bob.uri}/undos/1`,
    type: 'Undo',
    actor: bob.uri,
    object: follow,
  })
  await s.work()
  await post(s, s.actors, follow)
  await s.work()
  const { rows } = await s.t.db.execute(sql`select type from notifications where account_id = ${ann}`)
  expect(rows).toEqual([])
  expect(s.peer.posted.map(({ body }) => (JSON.parse(body) as { type: string }).type)).not.toContain('Accept')
})

test('posts and boosts of one second are in the order of their arrival, whatever the order of jobs', async () => {
  await using s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const ann = s.peer.actor('ann')
  await followPeer(s, bob, ann)
  const published = `${new Date(Date.now() - 2_000).toISOString().slice(0, 19)}Z`
  const target = s.t.app.uris.status(await status(s.t, bob))
  const sent = [
    ...[1, 2, 3].map((n) => ({ ...createOf(noteOf(ann, `${n}`, { published })), id: `${ann.uri}/creates/${n}` })),
    { type: 'Announce', id: `${ann.uri}/announces/1`, object: target, published, ...publicly },
    ...[4, 5, 6].map((n) => ({ ...createOf(noteOf(ann, `${n}`, { published })), id: `${ann.uri}/creates/${n}` })),
  ]
  for (const activity of sent)
    expect(
      (
        await s.routes.request(
          signedPost(s.t.app, ann, {
            '@context': 'https://www.w3.org/ns/activitystreams',
            actor: ann.uri,
            ...activity,
          }),
        )
      ).status,
    ).toBe(202)
  await s.t.db.execute(sql`update graphile_worker._private_jobs set priority = 1000 - id`)
  await s.work()
  const { rows } = await s.t.db.execute<{ uri: string }>(sql`select uri from statuses where not is_local order by id`)
  expect(rows.map(({ uri }) => uri.split('/').slice(-2).join('/'))).toEqual([
    'notes/1',
    'notes/2',
    'notes/3',
    'announces/1',
    'notes/4',
    'notes/5',
    'notes/6',
  ])
})
