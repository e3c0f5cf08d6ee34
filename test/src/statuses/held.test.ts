/** Held posts: local people see them at once; other servers get them when their time is over, in their state of then. */
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { statusDocument } from '#src/outgoing/documents/statuses.ts'
import { media } from '#src/platform/db/schema/media.ts'
import { statuses, statusEdits } from '#src/platform/db/schema/statuses.ts'
import { type AccountId, type MediaId, newId, type StatusId } from '#src/platform/ids.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { publicTimeline } from '#src/reading/timelines/public.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { releaseHeld, sendNow } from '#src/statuses/held.ts'
import { pin } from '#src/statuses/interactions/pin.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { loadSurroundings } from '#src/statuses/threads/surroundings.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { federate } from '../../../federation/outgoing/federate.ts'

/** Alice has her posts held; Bob follows her from here, Rita from another server. */
async function cast(t: TestDatabase, undoSeconds = 60) {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const rita = await remoteAccount(t, 'rita', 'a.test')
  await makeFollow(t, bob, alice)
  await makeFollow(t, rita, alice)
  await makeFollow(t, rita, bob)
  await hold(t, alice, undoSeconds)
  await forgetJobs(t)
  return { alice, bob, rita }
}

const hold = (t: TestDatabase, who: AccountId, seconds: number) =>
  t.db.execute(sql`update users set undo_seconds = ${seconds} where account_id = ${who}`)

/** Lets the time of all held posts pass. */
const passTime = (t: TestDatabase) =>
  t.db.execute(sql`update statuses set held_until = now() - interval '1 second' where held_until is not null`)
const release = (t: TestDatabase, id: StatusId) => t.db.transaction((tx) => releaseHeld(tx, id))
const heldUntil = async (t: TestDatabase, id: StatusId) =>
  (await t.db.select().from(statuses).where(eq(statuses.id, id)))[0]!.heldUntil
const boost = (t: TestDatabase, who: AccountId, id: StatusId) =>
  t.db.transaction((tx) => reblog(tx, t.app.uris, who, id))

type Activity = { type: string; object: { id: string; content: string } }

/** The activities that other servers would get since the last call, with their recipients. */
async function sent(t: TestDatabase): Promise<{ body: Activity; hosts: string[] }[]> {
  const all = []
  for (const job of await t.jobPayloads('federate')) {
    await t.db.execute(sql`delete from deliveries`)
    await t.db.execute(sql`delete from activities`)
    await federate(t.app, job)
    const { rows: hosts } = await t.db.execute<{ host: string }>(sql`select host from deliveries order by host`)
    const { rows } = await t.db.execute<{ body: string }>(sql`select body from activities`)
    if (hosts.length > 0) all.push({ body: JSON.parse(rows[0]!.body), hosts: hosts.map(({ host }) => host) })
  }
  await t.db.execute(
    sql`delete from graphile_worker._private_jobs j using graphile_worker._private_tasks k where k.id = j.task_id and k.identifier = 'federate'`,
  )
  return all
}

test('a held post is visible to local people at once, and to other servers when its time is over', async () => {
  await using t = await database()
  const { alice, bob, rita } = await cast(t)
  const id = await status(t, alice, { text: 'Wait for it' })

  expect((await homeTimeline(t.db, bob, { limit: 5 })).includes(id)).toBe(true)
  expect((await publicTimeline(t.db, bob, {}, { limit: 5 })).includes(id)).toBe(true)
  expect((await publicTimeline(t.db, null, {}, { limit: 5 })).includes(id)).toBe(false)
  expect(await loadStatusView(t.db, rita, id)).toBeUndefined()
  expect((await statusDocument(t.db, id, 'x')).status?.isVisible).toBe(false)
  expect(await sent(t)).toEqual([])

  // A job that comes too early waits on.
  await release(t, id)
  expect(await sent(t)).toEqual([])
  await passTime(t)
  await release(t, id)
  await release(t, id)
  const [created, ...more] = await sent(t)
  expect(more).toEqual([])
  expect(created).toMatchObject({
    body: { type: 'Create', object: { content: '<p>Wait for it</p>' } },
    hosts: ['a.test'],
  })
  expect(await loadStatusView(t.db, rita, id)).toBeDefined()
  expect((await statusDocument(t.db, id, 'x')).status?.isVisible).toBe(true)
})

test('the job that ends the hold is queued with the post, for its time', async () => {
  await using t = await database()
  const { alice } = await cast(t, 30)
  const id = await status(t, alice)
  const { rows } = await t.db.execute<{ wait: number }>(
    sql`select extract(epoch from run_at - now())::float8 as wait from graphile_worker.jobs where task_identifier = 'release-held' and key = ${`release-held ${id}`}`,
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]!.wait).toBeGreaterThan(20)
  expect(rows[0]!.wait).toBeLessThanOrEqual(30)
})

test('an edit of a held post leaves no edit date, no revision, and no access to accounts that it no longer mentions', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const [ann, ben] = [await remoteAccount(t, 'ann', 'b.test'), await remoteAccount(t, 'ben', 'c.test')]
  const id = await status(t, alice, { text: '@ann@b.test @bob a secert', visibility: 'direct' })
  await editStatus(t.app, alice, id, { text: '@ben@c.test a secret' })

  expect(await t.db.select().from(statusEdits)).toEqual([])
  expect(await loadStatusView(t.db, bob, id)).toBeUndefined()
  expect((await t.db.execute(sql`select from notifications where type = 'mention'`)).rows).toEqual([])
  expect(await sent(t)).toEqual([])
  await passTime(t)
  await release(t, id)
  const all = await sent(t)
  expect(all.map(({ body, hosts }) => [body.type, hosts])).toEqual([['Create', ['c.test']]])
  expect(all[0]!.body.object.content).toContain('a secret')
  expect(all[0]!.body.object).not.toHaveProperty('updated')
  expect(JSON.stringify(all)).not.toContain('b.test')
  expect(await loadStatusView(t.db, ben, id)).toMatchObject({ editedAt: null })
  expect(await loadStatusView(t.db, ann, id)).toBeUndefined()
})

test('a file that an edit removes from a held post can be attached again', async () => {
  await using t = await database()
  const { alice } = await cast(t)
  const file = newId<MediaId>()
  await t.db
    .insert(media)
    .values({ id: file, accountId: alice, kind: 'image', mediaType: 'image/webp', file: 'a.webp' })
  const id = await status(t, alice, { text: 'Look', mediaIds: [file] })
  await editStatus(t.app, alice, id, { text: 'Nothing to see' })
  expect(await t.db.select().from(media)).toMatchObject([{ id: file, statusId: null }])
})

test('a held post that is deleted was never sent', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const id = await status(t, alice, { text: 'Regret' })
  const boosted = await boost(t, bob, id)
  await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect((await t.db.execute(sql`select from delete_recipients`)).rows).toEqual([])
  await passTime(t)
  for (const one of [id, boosted]) await release(t, one)
  expect(await sent(t)).toEqual([])
  for (const one of [id, boosted])
    expect((await statusDocument(t.db, one, 'x')).status).toMatchObject({ isDeleted: true, isUnheard: true })
})

test('boosts, replies and quotes of a held post wait with it, and leave after it', async () => {
  await using t = await database()
  const { alice, bob, rita } = await cast(t)
  const id = await status(t, alice, { text: 'The first' })
  const followers = [
    await boost(t, bob, id),
    await status(t, bob, { text: 'An answer', inReplyToId: id }),
    await status(t, bob, { text: 'A quote', quotedStatusId: id }),
  ]
  for (const one of followers) {
    expect((await heldUntil(t, one))?.getTime()).toBe((await heldUntil(t, id))!.getTime())
    expect(await loadStatusView(t.db, rita, one)).toBeUndefined()
    await release(t, one)
  }
  expect(await sent(t)).toEqual([])
  await passTime(t)
  // The job of the quote runs first.
  for (const one of [...followers.toReversed(), id]) await release(t, one)
  const all = await sent(t)
  expect(all.map(({ body }) => body.type).toSorted()).toEqual(['Announce', 'Create', 'Create', 'Create'])
  expect(all[0]!.body.object.id).toBe(t.app.uris.status(id))
})

test('replies to a deleted held post, and quotes of it, are sent without a reference to it', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const id = await status(t, alice, { text: 'Regret' })
  const answer = await status(t, bob, { text: 'Well', inReplyToId: id })
  const quote = await status(t, bob, { text: 'Look', quotedStatusId: id })
  await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  await passTime(t)
  for (const one of [answer, quote, id]) await release(t, one)
  const all = await sent(t)
  expect(all.map(({ body }) => [body.type, body.object.content])).toEqual([
    ['Create', '<p>Well</p>'],
    ['Create', '<p>Look</p>'],
  ])
  expect(JSON.stringify(all)).not.toContain(id)
})

test('the document of a post doesn’t list its author’s held or local-only replies', async () => {
  await using t = await database()
  const { alice } = await cast(t)
  await hold(t, alice, 0)
  const id = await status(t, alice, { text: 'Open' })
  await hold(t, alice, 60)
  const held = await status(t, alice, { text: 'Held', inReplyToId: id })
  await status(t, alice, { text: 'Here', inReplyToId: id, isLocalOnly: true })
  expect((await loadSurroundings(t.db, [id])).get(id)?.ownReplies).toEqual([])
  await t.db.transaction((tx) => sendNow(tx, alice, held))
  expect((await loadSurroundings(t.db, [id])).get(id)?.ownReplies).toEqual([t.app.uris.status(held)])
})

test('a held boost that is undone was never sent', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const id = await status(t, alice)
  await boost(t, bob, id)
  await t.db.transaction((tx) => unreblog(tx, bob, id))
  expect(await sent(t)).toEqual([])
})

test('an author can send a held post at once, together with own earlier posts of the thread, but not before others’ posts', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const first = await status(t, alice, { text: 'One' })
  const second = await status(t, alice, { text: 'Two', inReplyToId: first })
  const answer = await status(t, bob, { text: 'Well', inReplyToId: second })
  await expect(t.db.transaction((tx) => sendNow(tx, bob, first))).rejects.toMatchObject({ code: 'not_found' })

  await t.db.transaction((tx) => sendNow(tx, bob, answer))
  expect(await heldUntil(t, answer)).not.toBeNull()
  expect(await sent(t)).toEqual([])
  await t.db.transaction((tx) => sendNow(tx, alice, second))
  expect((await sent(t)).map(({ body }) => body.object.id)).toEqual([
    t.app.uris.status(first),
    t.app.uris.status(second),
  ])
  await t.db.transaction((tx) => sendNow(tx, bob, answer))
  expect((await sent(t)).map(({ body }) => body.object.id)).toEqual([t.app.uris.status(answer)])
})

test('a pin of a held post, and its request to quote a remote post, wait with it', async () => {
  await using t = await database()
  const { alice, rita } = await cast(t)
  const quoted = await remoteStatus(t, rita, { quotePolicy: { automatic: ['public'], manual: [] } } as never)
  const id = await status(t, alice, { text: 'As she says', quotedStatusId: quoted })
  await t.db.transaction((tx) => pin(tx, alice, id))
  expect(await sent(t)).toEqual([])
  await passTime(t)
  await release(t, id)
  expect((await sent(t)).map(({ body }) => body.type)).toEqual(['Create', 'QuoteRequest', 'Add'])
})

test('without time to undo, a post is sent at once', async () => {
  await using t = await database()
  const { bob } = await cast(t)
  const id = await status(t, bob)
  expect(await heldUntil(t, id)).toBeNull()
  expect((await sent(t)).map(({ body }) => body.type)).toEqual(['Create'])
})

test('an edit of a held post notifies no local people, either; a later edit does', async () => {
  await using t = await database()
  const { alice } = await cast(t)
  const id = await status(t, alice, { text: 'Frist' })
  await editStatus(t.app, alice, id, { text: 'First' })
  expect(await t.jobs()).not.toContain('edit-notices')
  await t.db.transaction((tx) => sendNow(tx, alice, id))
  await editStatus(t.app, alice, id, { text: 'First of all' })
  expect(await t.jobs()).toContain('edit-notices')
})
