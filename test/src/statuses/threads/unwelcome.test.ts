import { expect, test } from 'vitest'
import { block } from '#src/relationships/block.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { localAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('nobody sees a reply of somebody whom the author above blocks, but the one who wrote it', async () => {
  await using t = await database()
  const [alice, bob, carol, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
    await localAccount(t, 'dave'),
  ]
  const root = await status(t, alice)
  const answer = await status(t, bob, { inReplyToId: root })
  const rude = await status(t, carol, { inReplyToId: root })
  const toBob = await status(t, carol, { inReplyToId: answer })
  const defence = await status(t, dave, { inReplyToId: rude })
  expect((await thread(t.db, dave, root)).descendants).toEqual([answer, toBob, rude, defence])

  await t.db.transaction((tx) => block(tx, t.app.uris, alice, carol))
  for (const viewer of [null, bob, dave])
    expect((await thread(t.db, viewer, root)).descendants).toEqual([answer, defence])
  expect((await thread(t.db, dave, answer)).descendants).toEqual([])
  expect((await thread(t.db, carol, answer)).descendants).toEqual([toBob])
  // Its own page has the reply, for those who come by a link.
  expect((await thread(t.db, dave, rude)).descendants).toEqual([defence])
})

test('a block reaches replies below the posts of its own author only', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const root = await status(t, alice)
  const answer = await status(t, bob, { inReplyToId: root })
  const below = await status(t, carol, { inReplyToId: answer })
  const beside = await status(t, carol, { inReplyToId: root })
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, carol))
  expect((await thread(t.db, null, root)).descendants).toEqual([answer, beside])
  expect((await thread(t.db, null, answer)).descendants).toEqual([])
  expect(below).not.toBe(beside)
})
