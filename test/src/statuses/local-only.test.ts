/** Local-only posts never leave this server, and neither do reactions to them. */
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import { recount } from '#src/instance/recount.ts'
import { statusDocument } from '#src/outgoing/documents/statuses.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { answerToInteraction } from '#src/statuses/access/interaction-requests.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { eraseSomeStatuses } from '#src/statuses/erase.ts'
import { pin } from '#src/statuses/interactions/pin.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { federate } from '../../../federation/outgoing/federate.ts'

async function cast(t: TestDatabase) {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const rita = await remoteAccount(t, 'rita', 'a.test')
  await makeFollow(t, rita, alice)
  await makeFollow(t, rita, bob)
  await forgetJobs(t)
  return { alice, bob, rita }
}

async function nothingLeaves(t: TestDatabase): Promise<void> {
  for (const job of await t.jobPayloads('federate')) await federate(t.app, job)
  expect((await t.db.execute('select type from activities')).rows).toEqual([])
}

test('only local people see a local-only post, and its pin, edit and deletion are not sent', async () => {
  await using t = await database()
  const { alice, bob, rita } = await cast(t)
  const id = await status(t, alice, { text: 'Among us #house', isLocalOnly: true })
  const seen = async (by: typeof alice | null) => Boolean(await loadStatusView(t.db, by, id))
  expect([await seen(alice), await seen(bob), await seen(rita), await seen(null)]).toEqual([true, true, false, false])

  await t.db.transaction((tx) => pin(tx, alice, id))
  await editStatus(t.app, alice, id, { text: 'Still among us' })
  expect(await loadStatusView(t.db, bob, id)).toMatchObject({ isLocalOnly: true, content: '<p>Still among us</p>' })
  expect((await loadStatusView(t.db, bob, id))!.editedAt).not.toBeNull()
  await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect((await statusDocument(t.db, id, 'x')).status).toMatchObject({ isDeleted: true, isUnheard: true })
  await nothingLeaves(t)
})

test('boosts, replies and quotes of a local-only post are local-only', async () => {
  await using t = await database()
  const { alice, bob, rita } = await cast(t)
  const id = await status(t, alice, { text: 'Among us', isLocalOnly: true })
  const following: StatusId[] = [
    await status(t, bob, { text: 'An answer', inReplyToId: id }),
    await status(t, bob, { text: 'A quote', quotedStatusId: id }),
    await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id)),
  ]
  for (const one of following) {
    expect(await loadStatusView(t.db, alice, one)).toMatchObject({ isLocalOnly: true })
    expect(await loadStatusView(t.db, rita, one)).toBeUndefined()
  }
  await t.db.transaction((tx) => unreblog(tx, bob, id))
  await nothingLeaves(t)
})

test('a local-only post is not held, as it never leaves', async () => {
  await using t = await database()
  const { alice } = await cast(t)
  await t.db.execute('update users set undo_seconds = 60')
  const id = await status(t, alice, { isLocalOnly: true })
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({ heldUntil: null })
})

test('a local-only post that needs a remote person’s server is refused', async () => {
  await using t = await database()
  const { alice, rita } = await cast(t)
  const theirs = await remoteStatus(t, rita, { quotePolicy: { automatic: ['public'], manual: [] } } as never)
  const refused = (input: object) =>
    expect(status(t, alice, { isLocalOnly: true, ...input })).rejects.toMatchObject({ code: 'invalid' })
  await refused({ text: 'Hello @rita@a.test' })
  await refused({ text: 'See', quotedStatusId: theirs })
  const id = await status(t, alice, { text: 'Between us', isLocalOnly: true })
  await expect(editStatus(t.app, alice, id, { text: 'Hello @rita@a.test' })).rejects.toMatchObject({ code: 'invalid' })
  // An answer to it can't name them either.
  await refused({ text: '@rita@a.test look', inReplyToId: id, isLocalOnly: false })
  // A reply to a remote post that needs no consent is accepted.
  expect(
    await loadStatusView(t.db, alice, await status(t, alice, { inReplyToId: theirs, isLocalOnly: true })),
  ).toBeDefined()
  await nothingLeaves(t)
})

test('local-only posts are not counted in public numbers', async () => {
  await using t = await database()
  const { alice, bob } = await cast(t)
  const open = await status(t, alice)
  const here = await status(t, alice, { text: 'Among us #house', isLocalOnly: true })
  const following = async (id: StatusId) => [
    await status(t, bob, { text: 'An answer', inReplyToId: id, isLocalOnly: true }),
    await status(t, bob, { text: 'A quote', quotedStatusId: id, isLocalOnly: true }),
  ]
  const made = [...(await following(open)), ...(await following(here))]
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, here))
  const counts = async (id: StatusId) => {
    const view = (await loadStatusView(t.db, alice, id))!
    return [view.repliesCount, view.quotesCount, view.reblogsCount]
  }
  const written = async (who: typeof alice) => (await loadAccountViews(t.db, [who]))[0]!.statusesCount
  const agrees = async () => expect((await recount(t.db)).findings).toEqual([])

  expect([await counts(open), await counts(here)]).toEqual([
    [0, 0, 0],
    [1, 1, 1],
  ])
  expect([await written(alice), await written(bob)]).toEqual([1, 0])
  expect((await t.db.execute('select from tags where is_open')).rows).toEqual([])
  await agrees()
  await t.db.transaction(async (tx) => {
    await unreblog(tx, bob, here)
    for (const id of made) await deleteStatus(tx, bob, id)
  })
  expect(await counts(here)).toEqual([0, 0, 0])
  await agrees()
  await following(here)
  await following(open)
  await t.db.transaction((tx) => eraseSomeStatuses(tx, bob, 10))
  expect(await counts(here)).toEqual([0, 0, 0])
  await agrees()
})

test('an interaction of a blocked server with a local-only post gets no answer, not even a Reject', async () => {
  await using t = await database()
  const { alice, rita } = await cast(t)
  const [id, open] = [await status(t, alice, { isLocalOnly: true }), await status(t, alice)]
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, rita))
  expect(await answerToInteraction(t.db, rita, open)).toBe(false)
  expect(await answerToInteraction(t.db, rita, id)).toBeNull()
})
