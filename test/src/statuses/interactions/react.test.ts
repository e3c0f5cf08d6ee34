import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { favouritedBy } from '#src/reading/timelines/marked.ts'
import { block } from '#src/relationships/block.ts'
import { receiveConsentRevocation } from '#src/statuses/access/consent.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reactHere, unreactHere } from '#src/statuses/interactions/react-here.ts'
import { react } from '#src/statuses/interactions/react.ts'
import { loadViewsFor } from '#src/statuses/views/views-for.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

async function stage(t: TestDatabase) {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob)
  const add = (who: AccountId, emoji: string, to: StatusId = post) =>
    t.db.transaction((tx) => reactHere(tx, who, to, emoji))
  const take = (who: AccountId, emoji: string) => t.db.transaction((tx) => unreactHere(tx, who, post, emoji))
  /** What an account sees: the emojis, with `!` for its own ones; the favourites; and whether it favourited. */
  const seen = async (by: AccountId | null = alice) => {
    const view = (await loadStatusView(t.db, by, post))!
    const emojis = view.reactions.map(
      ({ id, name, count }) => `${name}${view.reacted.includes(id) ? '!' : ''} ${count}`,
    )
    return [emojis.toSorted(), view.favouritesCount, view.favourited]
  }
  return { alice, bob, post, add, take, seen }
}

test('local people react with several emojis, take them back, and favour by it, as long as one is left', async () => {
  await using t = await database()
  const { alice, bob, post, add, take, seen } = await stage(t)
  await Promise.all([add(alice, '🎉'), add(alice, '🎉')])
  await add(alice, '🎉')
  await add(alice, '❤')
  await add(bob, '🎉')
  expect(await seen()).toEqual([['❤️! 1', '🎉! 2'], 2, false])
  expect(await seen(null)).toEqual([['❤️ 1', '🎉 2'], 2, false])
  const told = await loadNotificationPage(t.db, bob, {}, { limit: 40 })
  expect(told.views.map(({ type, emoji }) => [type, emoji?.name])).toEqual([['favourite', '🎉']])

  await take(alice, '🎉')
  await take(alice, '🐱')
  expect(await seen()).toEqual([['❤️! 1', '🎉 1'], 2, false])
  await take(alice, '❤️')
  expect(await seen()).toEqual([['🎉 1'], 1, false])
  expect((await loadNotificationPage(t.db, bob, {}, { limit: 40 })).views).toEqual([])
  expect(await favouritedBy(t.db, bob, { limit: 20 })).toEqual([])
  expect((await t.db.execute(sql`select from favourites where status_id = ${post} and is_implied`)).rowCount).toBe(1)
})

test('a favourite of one’s own choice is another thing than one implied by a reaction', async () => {
  await using t = await database()
  const { alice, add, take, seen, post } = await stage(t)
  await add(alice, '🎉')
  await t.db.transaction((tx) => favourite(tx, alice, post))
  expect(await seen()).toEqual([['🎉! 1'], 1, true])
  expect(await favouritedBy(t.db, alice, { limit: 20 })).toMatchObject([{ statusId: post }])
  await t.db.transaction((tx) => unfavourite(tx, alice, post))
  expect(await seen()).toEqual([['🎉! 1'], 1, false])
  await t.db.transaction((tx) => favourite(tx, alice, post))
  await take(alice, '🎉')
  expect(await seen()).toEqual([[], 1, true])
})

test('people react with this server’s custom emojis, and with those of other servers that stand below the post', async () => {
  await using t = await database()
  const { alice, post, add, take, seen } = await stage(t)
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file, static_file, disabled_at) values (1, 'ours', 'ours.webp', 'ours.png', null), (2, 'off', 'off.webp', 'off.png', now())`,
  )
  const far = await remoteAccount(t, 'far')
  await t.db.transaction((tx) =>
    react(tx, far, post, { type: 'custom', name: 'blob-cat', url: 'https://remote.test/blob.png' }),
  )
  await t.db.transaction((tx) => react(tx, far, post, { type: 'unicode', name: '🫪' }))
  await add(alice, ':ours:')
  await add(alice, 'ours')
  await add(alice, 'blob-cat@remote.test')
  await add(alice, '🫪')
  expect((await seen())[0]).toEqual(['blob-cat! 2', 'ours! 1', '🫪! 2'])
  const other = await status(t, alice)
  for (const emoji of ['', 'two words', '🎉🎉', 'a', 'off', 'gone', 'ours@remote.test', '<b>', 'x'.repeat(400)])
    await expect(add(alice, emoji), emoji).rejects.toThrow('Name is not a recognized emoji')
  await expect(add(alice, 'blob-cat@remote.test', other)).rejects.toThrow('Name is not a recognized emoji')
  await add(alice, '🎉 ')
  await take(alice, ':blob-cat@remote.test:')
  expect((await seen())[0]).toEqual(['blob-cat 1', 'ours! 1', '🎉! 1', '🫪! 2'])
})

test('reactions follow the rules of favourites: visibility, blocks, the author’s policy, and limits', async () => {
  await using t = await database()
  const { alice, bob, post, add, seen } = await stage(t)
  const hidden = await status(t, bob, { visibility: 'direct' })
  await expect(add(alice, '🎉', hidden)).rejects.toThrow('not found')
  const far = await remoteAccount(t, 'far')
  const closed = await remoteStatus(t, far, { interactionPolicy: { like: { automatic: [], manual: [] } } })
  await expect(add(alice, '🎉', closed)).rejects.toThrow('does not allow you to favourite')
  const asking = await remoteStatus(t, far, { interactionPolicy: { like: { automatic: [], manual: ['public'] } } })
  await expect(add(alice, '🎉', asking)).rejects.toThrow('decides about each favourite')
  for (const emoji of '🐶🐱🐭🐹🐰🦊🐻🐼') await add(alice, emoji)
  await expect(add(alice, '🐨')).rejects.toThrow('at most 8')
  await add(alice, '🐼')
  await t.db.execute(
    sql`insert into status_reactions (id, status_id, name) select n, ${post}, 'x' || n from generate_series(1, 92) n`,
  )
  await expect(add(bob, '🐨')).rejects.toThrow('100 different emojis')
  await add(bob, '🐼')
  await t.db.execute(sql`delete from status_reactions where name like 'x%'`)
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, alice))
  await expect(add(alice, '🐨')).rejects.toThrow('not found')
  expect((await seen(bob))[1]).toBe(2)
})

test('each viewer of a streamed post sees their own reactions, and sees them even below many others', async () => {
  await using t = await database()
  const { alice, bob, post, add } = await stage(t)
  await t.db.execute(
    sql`insert into status_reactions (id, status_id, name, count) select n, ${post}, 'x' || n, 5 from generate_series(1, 40) n`,
  )
  await add(alice, '🎉')
  const views = await loadViewsFor(t.db, [alice, bob], post)
  expect([views.get(alice)?.reacted.length, views.get(bob)?.reacted]).toEqual([1, []])
  const view = await loadStatusView(t.db, alice, post)
  expect([view?.reactions.length, view?.reactions.at(-1)?.name]).toEqual([30, '🎉'])
})

test('reactions end with the consent that they were made by', async () => {
  await using t = await database()
  const [bob, far] = [await remoteAccount(t, 'bob'), await remoteAccount(t, 'far')]
  const approvalUri = 'https://remote.test/authorizations/1'
  const post = await remoteStatus(t, far, { interactionPolicy: { like: { automatic: [], manual: ['public'] } } })
  await t.db.transaction((tx) => react(tx, bob, post, { type: 'unicode', name: '🎉' }, { approvalUri }))
  expect(await loadStatusView(t.db, null, post)).toMatchObject({ favouritesCount: 1, reactions: [{ name: '🎉' }] })
  await t.db.transaction((tx) => receiveConsentRevocation(tx, far, approvalUri))
  expect(await loadStatusView(t.db, null, post)).toMatchObject({ favouritesCount: 0, reactions: [] })
})
