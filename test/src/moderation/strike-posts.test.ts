/** What strikes keep of posts. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { loadKeptPosts } from '#src/moderation/accounts/strike-posts.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { actOnStatuses } from '#src/moderation/statuses.ts'
import { firstIdAt, type StatusId, type StrikeId } from '#src/platform/ids.ts'
import { dayMs } from '#src/platform/time.ts'
import { struckWords } from '#src/statuses/struck.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const kept = async (t: TestDatabase, id: StrikeId | null) => (await loadKeptPosts(t.db, id ? [id] : [])).get(id!) ?? []
const rows = async (t: TestDatabase) => (await t.db.execute(sql`select strike_id::text as id from strike_posts`)).rows

test('a strike keeps text, warning, descriptions and date of what it deletes or marks, and no boosts or files', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const post = await remoteStatus(t, carol, {
    content: '<p>Far <b>away</b></p>',
    spoilerText: 'Careful',
    media: [
      {
        url: 'https://remote.test/1.png',
        mediaType: 'image/png',
        kind: 'image',
        description: 'A cat',
        width: null,
        height: null,
        focus: { x: 0, y: 0 },
        blurhash: null,
      },
    ],
  })
  const bare = await remoteStatus(t, carol)
  const act = (id: StatusId, action: 'mark_statuses_as_sensitive' | 'delete_statuses') =>
    t.db.transaction((tx) => actOnStatuses(tx, commandLine, carol, [id], { action }))
  const words = { id: post, text: 'Far away', spoilerText: 'Careful', visibility: 'public', descriptions: ['A cat'] }
  const marked = await act(bare, 'mark_statuses_as_sensitive')
  expect(await kept(t, marked.strikeId)).toMatchObject([{ id: bare, text: 'Hello from afar', descriptions: [] }])
  const { strikeId } = await act(post, 'delete_statuses')
  expect(await kept(t, strikeId)).toMatchObject([words])
  expect(JSON.stringify(await kept(t, strikeId))).not.toContain('1.png')
  const warned = await t.db.transaction((tx) => strike(tx, commandLine, carol, { action: 'none', statusIds: [post] }))
  expect(await kept(t, warned)).toEqual([])
})

test('a strike keeps forty posts at most, and no endless texts', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const ids: StatusId[] = []
  for (let n = 0; n < 42; n++) ids.push(await remoteStatus(t, carol, { content: `<p>${'🐦'.repeat(5_001 + n)}</p>` }))
  const words = await struckWords(t.db, ids)
  expect(words).toHaveLength(40)
  expect(new Set(words.map(({ text }) => [...text].length))).toEqual(new Set([5_001]))
})

test('what is kept goes with the account, and after a year', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const remove = async (id: typeof alice) =>
    (
      await t.db.transaction(async (tx) =>
        actOnStatuses(tx, commandLine, id, [await status(t, id)], { action: 'delete_statuses' }),
      )
    ).strikeId
  const [hers, his] = [await remove(alice), await remove(bob)]
  expect(await rows(t)).toHaveLength(2)
  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect(hers).not.toBeNull()
  expect(await rows(t)).toEqual([{ id: his }])
  const old = (days: number) => firstIdAt(new Date(Date.now() - days * dayMs))
  for (const days of [364, 366])
    await t.db.execute(sql`
      with made as (insert into strikes (id, account_id, action) values (${old(days)}::bigint, ${bob}, 'delete_statuses') returning id)
      insert into strike_posts (strike_id, posts) select id, '[]' from made`)
  expect(await cleanUp(t.app)).toMatchObject({ strikePosts: 1 })
  expect(await rows(t)).toHaveLength(2)
})
