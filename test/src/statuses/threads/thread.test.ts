import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { localAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

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

test('a thread ends at a status that the reader may not see, and anonymous visitors get a shorter part of a long one', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const root = await status(t, alice)
  const hidden = await status(t, alice, { inReplyToId: root, visibility: 'private' })
  const behind = await status(t, alice, { inReplyToId: hidden })
  expect((await thread(t.db, bob, root)).descendants).toEqual([])
  expect((await thread(t.db, bob, behind)).ancestors).toEqual([])
  expect((await thread(t.db, alice, root)).descendants).toEqual([hidden, behind])

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

  // A deleted post with a limited audience still ends the thread for others.
  const secret = await status(t, alice, { inReplyToId: last, visibility: 'private' })
  const open = await status(t, alice, { inReplyToId: secret })
  await remove(alice, secret)
  expect((await thread(t.db, null, root)).descendants).toEqual([behind, last])
  expect((await thread(t.db, bob, open)).ancestors).toEqual([])
  expect((await thread(t.db, alice, root)).descendants).toEqual([behind, last, open])

  // A wave that was removed keeps no place.
  const crowded = await status(t, alice)
  for (let i = 0; i < 4; i++) await remove(bob, await status(t, bob, { inReplyToId: crowded }))
  const answer = await status(t, bob, { inReplyToId: crowded })
  expect((await thread(t.db, null, crowded, { ancestors: 4, descendants: 3, depth: 4 })).descendants).toEqual([answer])
})
