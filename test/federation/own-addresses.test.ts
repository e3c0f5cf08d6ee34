import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { search } from '#src/reading/search.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, remoteStatus, status } from '../cast.ts'
import type { PeerActor } from './peer.ts'
import { createOf, followPeer, idOfPeer, notifications, noteOf, receive } from './receive.ts'
import { type Scene, scene } from './setup.ts'

async function stage() {
  const s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const post = await status(s.t, bob)
  const { uris } = s.t.app
  const [id, page] = [uris.status(post), uris.statusPage('bob', post)]
  const ofPost = [
    id,
    page,
    `${id}#it`,
    `${page}#it`,
    `${page}/`,
    `${page}?from=here`,
    page.replace('@', '%40'),
    uris.statusPage('BOB', post),
  ]
  const ofBob = [
    uris.account(bob),
    uris.profile('bob'),
    `${uris.account(bob)}#main-key`,
    `${uris.profile('bob')}/#top`,
    uris.profile('Bob'),
    uris.profile('bob@pipit.test'),
  ]
  return { s, t: s.t, uris, bob, post, ofPost, ofBob, [Symbol.asyncDispose]: () => s[Symbol.asyncDispose]() }
}

const viewOf = async (s: Scene, uri: string) => {
  const [row] = await s.t.db
    .select({ id: statuses.id, inReplyToId: statuses.inReplyToId, inReplyToUri: statuses.inReplyToUri })
    .from(statuses)
    .where(eq(statuses.uri, uri))
  return row ?? null
}
const countsOf = async (s: Scene, id: StatusId) => {
  const view = await loadStatusView(s.t.db, null, id)
  return { replies: view?.repliesCount, favourites: view?.favouritesCount, boosts: view?.reblogsCount }
}

test('a reply to any address of a local post joins its thread, and is counted', async () => {
  await using stageOf = await stage()
  const { s, uris, post, ofPost } = stageOf
  const ann = s.peer.actor('ann')
  for (const [n, inReplyTo] of ofPost.entries()) {
    const note = noteOf(ann, `${n}`, { inReplyTo })
    await receive(s, ann, createOf(note))
    expect([inReplyTo, await viewOf(s, note.id)]).toMatchObject([
      inReplyTo,
      { inReplyToId: post, inReplyToUri: uris.status(post) },
    ])
  }
  // An object in place of its id, and a look-up.
  await receive(s, ann, createOf(noteOf(ann, 'object', { inReplyTo: [{ type: 'Note', id: ofPost[1] }] })))
  expect(await viewOf(s, `${ann.uri}/notes/object`)).toMatchObject({ inReplyToId: post })
  s.peer.documents.set('/users/ann/notes/found', noteOf(ann, 'found', { inReplyTo: ofPost[3] }))
  await s.t.app.remote.url(`${ann.uri}/notes/found`)
  expect(await viewOf(s, `${ann.uri}/notes/found`)).toMatchObject({ inReplyToId: post })
  expect(await countsOf(s, post)).toMatchObject({ replies: ofPost.length + 2 })
})

test('likes, boosts, quotes, votes, reports and Undos may name local posts by any address', async () => {
  await using stageOf = await stage()
  const { s, t, bob, post, ofPost, ofBob } = stageOf
  const ann = s.peer.actor('ann')
  const annId = await followPeer(s, bob, ann)
  for (const object of ofPost) {
    await receive(
      s,
      ann,
      { type: 'Like', object },
      { type: 'Announce', object, to: ['https://www.w3.org/ns/activitystreams#Public'] },
    )
    expect([object, await countsOf(s, post)]).toMatchObject([object, { favourites: 1, boosts: 1 }])
    await receive(
      s,
      ann,
      { type: 'Undo', object: { type: 'Like', actor: ann.uri, object } },
      { type: 'Undo', object: { type: 'Announce', actor: ann.uri, object } },
    )
    expect([object, await countsOf(s, post)]).toMatchObject([object, { favourites: 0, boosts: 0 }])
  }
  for (const [n, quote] of ofPost.entries()) {
    await receive(
      s,
      ann,
      createOf(
        noteOf(
          ann,
          `quote${n}`,
          n % 2
            ? { quoteUrl: quote }
            : { tag: [{ type: 'Link', rel: 'https://misskey-hub.net/ns#_misskey_quote', href: quote }] },
        ),
      ),
    )
    const { rows } = await t.db.execute(
      `select quoted_status_id as id from quotes where status_id = ${(await viewOf(s, `${ann.uri}/notes/quote${n}`))!.id}`,
    )
    expect([quote, rows]).toEqual([quote, [{ id: post }]])
  }
  for (const object of ofBob) await receive(s, ann, { type: 'Flag', object: [object, ...ofPost], content: object })
  const { rows: reports } = await t.db.execute<{ comment: string }>(
    'select comment, target_id, status_ids from reports order by id',
  )
  expect(reports).toEqual(ofBob.map((comment) => ({ comment, target_id: bob, status_ids: [post] })))
  expect(annId).toBe(await idOfPeer(s, ann))
})

test('mentions, follows, blocks and moves may name local accounts by any address', async () => {
  await using stageOf = await stage()
  const { s, t, bob, ofBob } = stageOf
  const followers: PeerActor[] = []
  for (const [n, object] of ofBob.entries()) {
    const ann = s.peer.actor(`ann${n}`)
    followers.push(ann)
    await receive(
      s,
      ann,
      createOf(noteOf(ann, 'mention', { tag: [{ type: 'Mention', href: object, name: '@bob' }] })),
      { type: 'Follow', object },
    )
    const { rows } = await t.db.execute(
      `select (select count(*)::int from mentions where account_id = ${bob} and status_id = ${(await viewOf(s, `${ann.uri}/notes/mention`))!.id}) as mentions, (select count(*)::int from follows where target_id = ${bob}) as follows`,
    )
    expect([object, rows]).toEqual([object, [{ mentions: 1, follows: 1 }]])
    await receive(s, ann, { type: 'Undo', object: { type: 'Follow', actor: ann.uri, object } })
    expect((await t.db.execute(`select from follows where target_id = ${bob}`)).rowCount).toBe(0)
    await receive(s, ann, { type: 'Block', object })
    expect([
      object,
      (await t.db.execute(`select from blocks where target_id = ${bob} and account_id = ${await idOfPeer(s, ann)}`))
        .rowCount,
    ]).toEqual([object, 1])
  }
  expect((await notifications(s, bob)).filter((type) => type === 'mention')).toHaveLength(0)

  const carol = await localAccount(t, 'carol')
  const old = s.peer.actor('old', { movedTo: ofBob[1] })
  await followPeer(s, carol, old)
  await t.db.execute(`update accounts set also_known_as = array['${old.uri}'] where id = ${bob}`)
  await receive(s, old, { type: 'Move', object: old.uri, target: ofBob[3] })
  expect((await t.db.execute(`select from follows where target_id = ${bob} and follower_id = ${carol}`)).rowCount).toBe(
    1,
  )
})

test('a search for any address of a local account or post finds it, and for the local page of a remote post that post', async () => {
  await using stageOf = await stage()
  const { s, t, uris, bob, post, ofPost, ofBob } = stageOf
  const all = { limit: 5, resolve: false } as Parameters<typeof search>[3]
  for (const address of ofPost)
    expect([address, await search(t.app, bob, address, all)]).toMatchObject([address, { statuses: [post] }])
  for (const address of ofBob)
    expect([address, await search(t.app, bob, address, all)]).toMatchObject([address, { accounts: [bob] }])

  const ann = s.peer.actor('ann')
  const annId = (await t.app.remote.url(ann.uri))!.id as AccountId
  const theirs = await remoteStatus(t, annId, { uri: `${ann.uri}/notes/1`, url: `${s.peer.origin}/@ann/1` })
  const cleo = s.peer.actor('cleo')
  await receive(
    s,
    cleo,
    createOf(noteOf(cleo, '1', { inReplyTo: `${uris.origin}/@ann@${s.peer.host}/${theirs}` })),
    createOf(noteOf(cleo, '2', { inReplyTo: `${s.peer.origin}/@ann/1` })),
  )
  for (const n of [1, 2])
    expect(await viewOf(s, `${cleo.uri}/notes/${n}`)).toMatchObject({
      inReplyToId: theirs,
      inReplyToUri: `${ann.uri}/notes/1`,
    })
})

test('replies that arrived before their parent find it by its page, too', async () => {
  await using stageOf = await stage()
  const { s, bob } = stageOf
  const [ann, cleo] = [s.peer.actor('ann'), s.peer.actor('cleo')]
  await followPeer(s, bob, cleo)
  await receive(s, cleo, createOf(noteOf(cleo, '1', { inReplyTo: `${s.peer.origin}/@ann/1` })))
  await followPeer(s, bob, ann)
  await receive(s, ann, createOf(noteOf(ann, '1', { url: `${s.peer.origin}/@ann/1` })))
  expect(await viewOf(s, `${cleo.uri}/notes/1`)).toMatchObject({
    inReplyToId: (await viewOf(s, `${ann.uri}/notes/1`))!.id,
  })
})
