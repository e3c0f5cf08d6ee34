import { expect, test } from 'vitest'
import type { StatusId } from '#src/platform/ids.ts'
import { block } from '#src/relationships/block.ts'
import { replyPage } from '#src/statuses/threads/replies.ts'
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

test('a block reaches every reply below a post of its author, at any depth', async () => {
  await using t = await database()
  const [alice, bob, carol, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
    await localAccount(t, 'dave'),
  ]
  const root = await status(t, dave)
  const answer = await status(t, alice, { inReplyToId: root })
  let last = answer
  const between: StatusId[] = []
  for (let i = 0; i < 5; i++) between.push((last = await status(t, i % 2 ? dave : bob, { inReplyToId: last })))
  const rude = await status(t, carol, { inReplyToId: last })
  const defence = await status(t, dave, { inReplyToId: rude })
  const beside = await status(t, carol, { inReplyToId: root })
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, carol))
  for (const viewer of [null, alice, bob]) {
    const all = (await thread(t.db, viewer, root)).descendants
    // Those who block or are blocked see none of them anyway.
    expect(all).toEqual([answer, ...between, defence, ...(viewer === alice ? [] : [beside])])
    for (const id of [answer, ...between.slice(0, -1)])
      expect((await thread(t.db, viewer, id)).descendants.at(-1)).toBe(defence)
    const { replies } = await replyPage(t.db, viewer, last, { after: null, most: 60 })
    expect(replies.map(({ id, gap }) => ({ id, gap }))).toEqual([
      { id: rude, gap: viewer === alice ? 'youBlock' : 'unwelcome' },
    ])
    expect(replies[0]?.below.map(({ id, gap }) => ({ id, gap }))).toEqual([{ id: defence, gap: null }])
  }
  expect((await thread(t.db, carol, last)).descendants).toEqual([rude, defence])
})
