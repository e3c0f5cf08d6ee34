import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { block, unblock } from '#src/relationships/block.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { replyPage } from '#src/statuses/threads/replies.ts'
import { pathTo, thread } from '#src/statuses/threads/thread.ts'
import { localAccount, status, suspend } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const replies = (t: TestDatabase, viewer: AccountId | null, id: StatusId) =>
  replyPage(t.db, viewer, id, { after: null, most: 60 })

/** The rule in words: each reply is followed by its own, older ones first, none deeper than allowed; of that, the beginning. */
function inOrder(parents: number[], from: number, bound: { descendants: number; depth: number }): number[] {
  const walk = (at: number, depth: number): number[] =>
    depth === bound.depth
      ? []
      : parents.flatMap((parent, i) => (parent === at && i > 0 ? [i, ...walk(i, depth + 1)] : []))
  return walk(from, 0).slice(0, bound.descendants)
}

test('a thread is in the order of its replies, and is cut at its end, not at a depth', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const trees = fc
    .array(fc.nat(1_000), { minLength: 1, maxLength: 14 })
    .map((picks) => [-1, ...picks.map((pick, i) => pick % (i + 1))])
  await fc.assert(
    fc.asyncProperty(
      trees,
      fc.integer({ min: 1, max: 16 }),
      fc.integer({ min: 1, max: 6 }),
      async (parents, descendants, depth) => {
        const ids: StatusId[] = []
        for (const parent of parents) ids.push(await status(t, alice, parent < 0 ? {} : { inReplyToId: ids[parent]! }))
        const bound = { ancestors: 40, descendants, depth }
        const found = await thread(t.db, alice, ids[0]!, bound)
        expect(found.descendants.map((id) => ids.indexOf(id))).toEqual(inOrder(parents, 0, bound))
      },
    ),
    { numRuns: 12 },
  )
})

test('a post that the reader may not see does not cut a thread, and nobody learns of one without such replies', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const root = await status(t, alice)
  const hidden = await status(t, alice, { inReplyToId: root, visibility: 'private' })
  const more = await status(t, alice, { inReplyToId: hidden, visibility: 'direct' })
  for (const viewer of [bob, null]) expect((await replies(t, viewer, root)).replies).toEqual([])
  const behind = await status(t, alice, { inReplyToId: more })
  for (const viewer of [bob, null]) {
    expect(await thread(t.db, viewer, root)).toEqual({ ancestors: [], descendants: [behind] })
    expect(await thread(t.db, viewer, behind)).toEqual({ ancestors: [root], descendants: [] })
    expect(await pathTo(t.db, viewer, behind, 20)).toEqual([
      { id: root, gap: null },
      { id: hidden, gap: 'unseen' },
      { id: more, gap: 'unseen' },
    ])
    expect((await replies(t, viewer, root)).replies).toEqual([
      { id: more, gap: 'unseen', hasMore: false, below: [{ id: behind, gap: null, hasMore: false, below: [] }] },
    ])
  }
  expect((await thread(t.db, alice, root)).descendants).toEqual([hidden, more, behind])
})

test('hidden replies that nobody answers keep no place in a thread', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const root = await status(t, alice)
  for (let i = 0; i < 4; i++) {
    const secret = await status(t, alice, { inReplyToId: root, visibility: 'direct' })
    await status(t, alice, { inReplyToId: secret, visibility: 'direct' })
  }
  const answer = await status(t, bob, { inReplyToId: root })
  expect((await thread(t.db, null, root, { ancestors: 4, descendants: 3, depth: 4 })).descendants).toEqual([answer])
})

test('a thread says why it leaves a post out, as far as the reader may know', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const root = await status(t, alice)
  const [open, secret] = [
    await status(t, bob, { inReplyToId: root }),
    await status(t, bob, { inReplyToId: root, visibility: 'private' }),
  ]
  const [below, belowSecret] = [
    await status(t, carol, { inReplyToId: open }),
    await status(t, bob, { inReplyToId: secret, visibility: 'private' }),
  ]
  const last = await status(t, bob, { inReplyToId: belowSecret })
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  const gaps = async (viewer: AccountId | null) =>
    (await replies(t, viewer, root)).replies.map(({ id, gap }) => [id, gap])
  expect(last).not.toBe(below)
  expect(await gaps(alice)).toEqual([[open, 'youBlock']])
  expect(await gaps(carol)).toEqual([[open, 'unwelcome']])
  await t.db.transaction((tx) => unblock(tx, alice, bob))
  await suspend(t, bob)
  for (const viewer of [alice, null]) expect(await gaps(viewer)).toEqual([[open, 'suspended']])
})

test('anonymous visitors get a shorter part of a long thread', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const root = await status(t, alice)
  let last = root
  const chain: StatusId[] = []
  for (let i = 0; i < 25; i++) chain.push((last = await status(t, bob, { inReplyToId: last })))
  expect((await thread(t.db, null, root)).descendants).toEqual(chain.slice(0, 20))
  expect((await thread(t.db, bob, last)).ancestors).toEqual([root, ...chain.slice(0, -1)])
})

test('a deleted post does not cut a thread for viewers who could see it', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const remove = (author: AccountId, id: StatusId) => t.db.transaction((tx) => deleteStatus(tx, author, id))
  const root = await status(t, alice)
  const gone = await status(t, bob, { inReplyToId: root })
  const behind = await status(t, alice, { inReplyToId: gone })
  const goneToo = await status(t, bob, { inReplyToId: behind })
  const last = await status(t, alice, { inReplyToId: goneToo })
  await remove(bob, gone)
  await remove(bob, goneToo)
  for (const viewer of [alice, bob, null]) {
    expect(await thread(t.db, viewer, root)).toEqual({ ancestors: [], descendants: [behind, last] })
    expect(await thread(t.db, viewer, behind)).toEqual({ ancestors: [root], descendants: [last] })
    expect(await thread(t.db, viewer, last)).toEqual({ ancestors: [root, behind], descendants: [] })
    await expect(thread(t.db, viewer, gone)).rejects.toMatchObject({ code: 'not_found' })
  }

  // A deleted post with a limited audience does not cut it either.
  const secret = await status(t, alice, { inReplyToId: last, visibility: 'private' })
  const open = await status(t, alice, { inReplyToId: secret })
  await remove(alice, secret)
  for (const viewer of [alice, bob, null]) {
    expect((await thread(t.db, viewer, root)).descendants).toEqual([behind, last, open])
    expect((await thread(t.db, viewer, open)).ancestors).toEqual([root, behind, last])
  }

  // A wave that was removed keeps no place.
  const crowded = await status(t, alice)
  for (let i = 0; i < 4; i++) await remove(bob, await status(t, bob, { inReplyToId: crowded }))
  const answer = await status(t, bob, { inReplyToId: crowded })
  expect((await thread(t.db, null, crowded, { ancestors: 4, descendants: 3, depth: 4 })).descendants).toEqual([answer])
})
