/** Moves of accounts, in both directions, and invalid moves. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { accountByUri } from '#src/accounts/find.ts'
import { addAlias } from '#src/accounts/moves/aliases.ts'
import { cancelMove, moveAccount } from '#src/accounts/moves/move.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { addToList } from '#src/reading/lists/members.ts'
import { block } from '#src/relationships/block.ts'
import { blockDomain } from '#src/relationships/domain-block.ts'
import { endorse } from '#src/relationships/endorse.ts'
import { acceptFollow, follow } from '#src/relationships/follow.ts'
import { moveRelationships } from '#src/relationships/move-relationships.ts'
import { mute } from '#src/relationships/mute.ts'
import { noteAccount } from '#src/relationships/note.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { localAccount, makeFollow } from '../cast.ts'
import { peer, type PeerActor, signedPost } from './peer.ts'
import { type Scene, scene } from './setup.ts'

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

const moveOf = (actor: PeerActor, target: PeerActor | { uri: string }) => ({
  type: 'Move',
  object: actor.uri,
  target: target.uri,
})
const known = async (s: Scene, actor: PeerActor) => (await s.t.app.remote.url(actor.uri))!.id as AccountId
const relation = async (s: Scene, viewer: AccountId, actor: PeerActor) => {
  const id = await accountByUri(s.t.db, actor.uri)
  return id && (await loadRelationships(s.t.db, viewer, [id]))[0]
}
const movedOf = async (s: Scene, actor: PeerActor) =>
  (await loadAccountViews(s.t.db, [(await accountByUri(s.t.db, actor.uri))!]))[0]?.moved?.uri ?? null
type Sent = { type: string; actor: string; object: string & { [name: string]: unknown }; [name: string]: unknown }
const sent = (s: Scene) => s.peer.posted.map(({ body }) => JSON.parse(body) as Sent)

/** Two accounts of a peer, of which the second may name the first. */
function pair(
  s: Scene,
  aliases: (old: PeerActor) => unknown = (old) => [old.uri],
  suffix = '',
): { old: PeerActor; target: PeerActor } {
  const old = s.peer.actor(`old${suffix}`)
  const target = s.peer.actor(`new${suffix}`, { alsoKnownAs: aliases(old) })
  return { old, target }
}

test('followers of an account that moves follow the new one, with their settings and lists, and leave the old one', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { old, target } = pair(s)
  const [oldId, newId] = [await known(s, old), await known(s, target)]
  // The stored target is from before it named the old account.
  await s.t.db.execute(sql`update accounts set also_known_as = '{}' where id = ${newId}`)
  await s.t.db.transaction(async (tx) => {
    await follow(tx, s.t.app.uris, alice, oldId, { showsReblogs: false, notifies: true, languages: ['de'] })
    await acceptFollow(tx, oldId, alice)
  })
  const list = await s.t.db.transaction((tx) =>
    createList(tx, alice, { title: 'Friends', repliesPolicy: 'list', isExclusive: false }),
  )
  await s.t.db.transaction(async (tx) => {
    await addToList(tx, alice, list, [oldId])
    await endorse(tx, alice, oldId)
  })
  await receive(s, old, moveOf(old, target))

  expect(await movedOf(s, old)).toBe(target.uri)
  expect(await relation(s, alice, target)).toMatchObject({
    requested: true,
    showsReblogs: false,
    notifies: true,
    languages: ['de'],
    endorsed: true,
  })
  expect(await relation(s, alice, old)).toMatchObject({ following: false, endorsed: false })
  const { rows } = await s.t.db.execute(sql`select account_id as id from list_accounts where list_id = ${list}`)
  expect(rows).toEqual([{ id: newId }])
  expect(sent(s).map(({ type }) => type)).toEqual(expect.arrayContaining(['Follow', 'Undo']))
  expect(sent(s).findLast(({ type }) => type === 'Follow')).toMatchObject({
    actor: s.t.app.uris.account(alice),
    object: target.uri,
  })
})

test('followers do not move to a target that does not name the old account', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const wrong = [
    () => [],
    () => 'https://elsewhere.test/users/old',
    () => null,
    (old: PeerActor) => [`${old.uri}er`, old.uri.slice(0, -1), `${old.uri}#me`],
  ]
  for (const [i, aliases] of wrong.entries()) {
    const { old, target } = pair(s, aliases, String(i))
    await makeFollow(s.t, alice, await known(s, old))
    await receive(s, old, moveOf(old, target))
    expect(await relation(s, alice, old)).toMatchObject({ following: true })
    expect(await movedOf(s, old)).toBeNull()
  }
})

test('only an account itself can start its move, and only to an account that has not moved', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { old, target } = pair(s)
  const mallory = s.peer.actor('mallory', { alsoKnownAs: [old.uri] })
  const gone = s.peer.actor('gone', { alsoKnownAs: [old.uri] })
  for (const one of [old, mallory, gone]) await makeFollow(s.t, alice, await known(s, one))
  Object.assign(target.document, { alsoKnownAs: [old.uri, gone.uri] })
  Object.assign(gone.document, { movedTo: target.uri })
  // By another actor; of another account; to itself; to an account that has moved.
  await receive(s, mallory, moveOf(old, mallory))
  await receive(s, mallory, { ...moveOf(old, mallory), object: old.document })
  await receive(s, old, moveOf(old, old))
  await receive(s, old, moveOf(old, gone))
  await receive(s, old, { type: 'Move', object: old.uri })
  expect(await movedOf(s, old)).toBeNull()
  expect(await relation(s, alice, old)).toMatchObject({ following: true })
})

test('the target of a move is fetched from its own server, and a forged one is not accepted', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const alice = await localAccount(s.t, 'alice')
  const old = s.peer.actor('old')
  const target = elsewhere.actor('new', { alsoKnownAs: old.uri })
  await makeFollow(s.t, alice, await known(s, old))
  // Served by the old account's server, but with the id of an account on another server, which does not confirm it.
  const stranger = elsewhere.actor('stranger')
  s.peer.documents.set('/users/false', { ...stranger.document, alsoKnownAs: [old.uri] })
  await receive(s, old, moveOf(old, { uri: `${s.peer.origin}/users/false` }))
  expect(await relation(s, alice, old)).toMatchObject({ following: true })

  await receive(s, old, moveOf(old, target))
  expect(await relation(s, alice, target)).toMatchObject({ requested: true })
  expect(await relation(s, alice, old)).toMatchObject({ following: false })
})

test('a second move within days moves no followers', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { old, target } = pair(s)
  const third = s.peer.actor('third', { alsoKnownAs: [old.uri, target.uri] })
  await makeFollow(s.t, alice, await known(s, old))
  await receive(s, old, moveOf(old, target))
  await s.t.db.transaction(async (tx) => acceptFollow(tx, (await accountByUri(s.t.db, target.uri))!, alice))

  await receive(s, target, moveOf(target, third))
  expect(await relation(s, alice, target)).toMatchObject({ following: true })
  await s.t.db.execute(sql`update accounts set moved_at = now() - interval '8 days' where moved_at is not null`)
  await receive(s, target, moveOf(target, third))
  expect(await relation(s, alice, target)).toMatchObject({ following: false })
  expect(await relation(s, alice, third)).toMatchObject({ requested: true })
})

test('a block or mute of the old account also applies to the new one, and notes are copied once', async () => {
  await using s = await scene()
  const [alice, bob, carol, dora] = [
    await localAccount(s.t, 'alice'),
    await localAccount(s.t, 'bob'),
    await localAccount(s.t, 'carol'),
    await localAccount(s.t, 'dora'),
  ]
  const { old, target } = pair(s)
  const [oldId, newId] = [await known(s, old), await known(s, target)]
  await s.t.db.transaction(async (tx) => {
    await block(tx, s.t.app.uris, alice, oldId)
    await mute(tx, bob, oldId, { hidesNotifications: false, durationSeconds: 3_600 })
    await noteAccount(tx, carol, oldId, 'Met in Rome')
    await noteAccount(tx, carol, newId, 'Knows birds')
    await tx.execute(
      sql`insert into notification_permissions (account_id, from_account_id) values (${carol}, ${oldId})`,
    )
    await block(tx, s.t.app.uris, dora, oldId)
  })
  // A follower that already follows the new account keeps that follow.
  await makeFollow(s.t, dora, newId)
  await receive(s, old, moveOf(old, target))

  const acct = `old@${s.peer.host}`
  expect(await relation(s, alice, target)).toMatchObject({
    blocking: true,
    note: `Moved from @${acct}, whom you blocked`,
  })
  expect(await relation(s, bob, target)).toMatchObject({
    muting: true,
    mutingNotifications: false,
    mutingExpiresAt: expect.any(Number),
    note: `Moved from @${acct}, whom you muted`,
  })
  expect(await relation(s, carol, target)).toMatchObject({
    muting: false,
    note: `Knows birds\n\nMoved from @${acct}: Met in Rome`,
  })
  expect(await relation(s, dora, target)).toMatchObject({ blocking: false, following: true, note: '' })
  const { rows } = await s.t.db.execute(
    sql`select account_id as id from notification_permissions where from_account_id = ${newId}`,
  )
  expect(rows).toEqual([{ id: carol }])

  // The job may run twice.
  await s.t.db.transaction((tx) =>
    moveRelationships(tx, s.t.app.uris, { fromId: oldId, toId: newId, part: 'decisions', after: null }),
  )
  expect(await relation(s, carol, target)).toMatchObject({ note: `Knows birds\n\nMoved from @${acct}: Met in Rome` })
})

test('a follower that may not follow the new account stays with the old one', async () => {
  await using s = await scene()
  await using elsewhere = await peer()
  const [alice, bob, carol] = [
    await localAccount(s.t, 'alice'),
    await localAccount(s.t, 'bob'),
    await localAccount(s.t, 'carol'),
  ]
  const old = s.peer.actor('old')
  const target = elsewhere.actor('new', { alsoKnownAs: [old.uri] })
  const [oldId, newId] = [await known(s, old), await known(s, target)]
  for (const one of [alice, bob, carol]) await makeFollow(s.t, one, oldId)
  await s.t.db.transaction(async (tx) => {
    await block(tx, s.t.app.uris, alice, newId)
    await blockDomain(tx, s.t.app.uris, bob, elsewhere.host)
  })
  await receive(s, old, moveOf(old, target))
  expect(await relation(s, alice, old)).toMatchObject({ following: true })
  expect(await relation(s, bob, old)).toMatchObject({ following: true })
  expect(await relation(s, carol, old)).toMatchObject({ following: false })
  expect(await relation(s, carol, target)).toMatchObject({ requested: true })
})

test('all followers move, even if they are more than one batch', async () => {
  await using s = await scene()
  const bob = await localAccount(s.t, 'bob')
  const { old } = pair(s)
  await s.t.db.execute(sql`update accounts set also_known_as = ${`{${old.uri}}`} where id = ${bob}`)
  const oldId = await known(s, old)
  const followers: AccountId[] = []
  for (let i = 0; i < 30; i++) followers.push(await localAccount(s.t, `fan${i}`))
  for (const one of followers) await makeFollow(s.t, one, oldId)
  await receive(s, old, moveOf(old, { uri: s.t.app.uris.account(bob) }))
  const [view] = await loadAccountViews(s.t.db, [bob])
  expect(view?.followersCount).toBe(30)
  expect((await loadAccountViews(s.t.db, [oldId]))[0]?.followersCount).toBe(0)
})

test('a move of an account without local followers fetches nothing', async () => {
  await using s = await scene()
  const { old, target } = pair(s)
  await known(s, old)
  s.peer.fetched.length = 0
  await receive(s, old, moveOf(old, target))
  expect(s.peer.fetched).not.toContain('/users/new')
})

test('a profile’s move is accepted when the new account confirms it, and moves no followers', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const { old, target } = pair(s)
  await makeFollow(s.t, alice, await known(s, old))
  const victim = s.peer.actor('victim')
  Object.assign(old.document, { movedTo: victim.uri })
  await receive(s, old, { type: 'Update', object: old.document })
  expect(await movedOf(s, old)).toBeNull()
  Object.assign(old.document, { movedTo: target.uri })
  await receive(s, old, { type: 'Update', object: old.document })
  expect(await movedOf(s, old)).toBe(target.uri)
  expect(await relation(s, alice, old)).toMatchObject({ following: true })

  const bob = await localAccount(s.t, 'bob')
  await expect(
    s.t.db.transaction(async (tx) => follow(tx, s.t.app.uris, bob, (await accountByUri(tx, old.uri))!)),
  ).rejects.toMatchObject({ code: 'not_permitted' })
  // Two that claim to be one another do not make us run in circles.
  Object.assign(target.document, { movedTo: old.uri })
  Object.assign(old.document, { alsoKnownAs: [target.uri] })
  await receive(s, old, { type: 'Update', object: old.document })
  expect(await movedOf(s, old)).toBe(target.uri)
})

test('a local account moves: remote followers get a Move, local ones are moved, and the account is unusable until the move is cancelled', async () => {
  await using s = await scene()
  const [alice, bob] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bob')]
  const uri = s.t.app.uris.account(alice)
  const target = s.peer.actor('new')
  const follower = s.peer.actor('fan')
  await makeFollow(s.t, await known(s, follower), alice)
  await makeFollow(s.t, bob, alice)
  const handle = `new@${s.peer.host}`
  s.peer.documents.set(`/.well-known/webfinger?resource=${encodeURIComponent(`acct:${handle}`)}`, {
    subject: `acct:${handle}`,
    links: [{ rel: 'self', type: 'application/activity+json', href: target.uri }],
  })

  await expect(moveAccount(s.t.app, alice, target.uri)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('does not name this one'),
  })
  Object.assign(target.document, { alsoKnownAs: [uri] })
  await expect(moveAccount(s.t.app, alice, 'nobody@elsewhere.test')).rejects.toMatchObject({ code: 'invalid' })
  // It was named since the profile was read.
  await moveAccount(s.t.app, alice, target.uri)
  await s.work()

  expect(sent(s).find(({ type }) => type === 'Move')).toMatchObject({
    actor: uri,
    object: uri,
    target: target.uri,
    to: [s.t.app.uris.followers(alice)],
  })
  expect(sent(s).find(({ type }) => type === 'Update')?.object).toMatchObject({ id: uri, movedTo: target.uri })
  expect(await relation(s, bob, target)).toMatchObject({ requested: true })
  const document = async () =>
    (await s.routes.request(new Request(uri, { headers: { accept: 'application/activity+json' } }))).json()
  expect(await document()).toMatchObject({ movedTo: target.uri })
  // Nobody can follow it any more.
  const late = s.peer.actor('late')
  await receive(s, late, { type: 'Follow', object: uri })
  expect(sent(s).at(-1)).toMatchObject({ type: 'Reject', object: { type: 'Follow', actor: late.uri } })

  await s.t.db.transaction((tx) => cancelMove(tx, alice))
  await s.work()
  expect(await document()).not.toHaveProperty('movedTo')
  await expect(moveAccount(s.t.app, alice, target.uri)).rejects.toMatchObject({
    code: 'not_permitted',
    message: 'An account can move once in 30 days',
  })
})

test('aliases are a list in the profile, and allow the other account to move to this one', async () => {
  await using s = await scene()
  const [alice, bob] = [await localAccount(s.t, 'alice'), await localAccount(s.t, 'bob')]
  const old = s.peer.actor('old')
  await makeFollow(s.t, bob, await known(s, old))
  await expect(addAlias(s.t.app, alice, '@alice')).rejects.toMatchObject({ code: 'invalid' })
  await expect(addAlias(s.t.app, alice, 'nobody@elsewhere.test')).rejects.toMatchObject({ code: 'invalid' })
  expect(await addAlias(s.t.app, alice, old.uri)).toEqual({ uri: old.uri, acct: `old@${s.peer.host}` })
  expect(
    await (
      await s.routes.request(
        new Request(s.t.app.uris.account(alice), { headers: { accept: 'application/activity+json' } }),
      )
    ).json(),
  ).toMatchObject({ alsoKnownAs: [old.uri] })

  await s.t.db.execute(sql`update accounts set is_locked = true where id = ${alice}`)
  await receive(s, old, moveOf(old, { uri: s.t.app.uris.account(alice) }))
  const [toAlice] = await loadRelationships(s.t.db, bob, [alice])
  expect(toAlice).toMatchObject({ following: false, requested: true })
  expect(await movedOf(s, old)).toBe(s.t.app.uris.account(alice))
})
