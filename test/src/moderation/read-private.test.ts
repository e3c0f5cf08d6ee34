import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { accountToRead, readPrivate } from '#src/moderation/read-private.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import { resolveReport } from '#src/moderation/reports/handle.ts'
import type { AccountId, ReportId, StatusId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { localAccount, makeFollow, status } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'

const reason = 'Threats that were announced elsewhere'

const staffOf = async (t: TestDatabase, name: string, role: 'moderator' | 'admin' | 'owner' | 'user') =>
  staffMember(t.db, await localAccount(t, name, { role }))

type Input = { reportId?: ReportId | null; reason?: string; before?: StatusId | null }
const read = (t: TestDatabase, staff: Staff, accountId: AccountId, input: Input = {}) =>
  t.db.transaction((tx) =>
    readPrivate(tx, staff, t.app.uris, { accountId, reportId: null, reason: '', before: null, ...input }),
  )

const looks = async (t: TestDatabase) =>
  (
    await t.db.execute<{ details: object }>(
      sql`select details from audit_log where action = 'readPrivate' and target_kind = 'account' order by id`,
    )
  ).rows.map(({ details }) => details)

test('with a reason staff read posts for followers, and of direct posts only reported ones; each look is recorded, without contents', async () => {
  await using t = await database()
  const [mod, alice, bob] = [
    await staffOf(t, 'mod', 'moderator'),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  await makeFollow(t, alice, bob)
  await status(t, bob, { text: 'Public words' })
  await status(t, bob, { text: 'Unlisted words', visibility: 'unlisted' })
  const followers = await status(t, bob, { text: 'Words for followers', visibility: 'private' })
  const gone = await status(t, bob, { text: 'Deleted words', visibility: 'private' })
  const reported = await status(t, bob, { text: '@alice Nasty words', visibility: 'direct' })
  await status(t, bob, { text: '@alice Words between the two', visibility: 'direct' })
  await t.db.transaction((tx) => deleteStatus(tx, bob, gone))
  expect((await read(t, mod, bob, { reason })).posts.map(({ id }) => id)).toEqual([followers])
  const report = await t.db.transaction((tx) =>
    createReport(tx, t.app.uris, alice, { targetId: bob, statusIds: [reported] }),
  )
  const look = await read(t, mod, bob, { reportId: report })
  expect(look).toMatchObject({
    posts: [
      { id: reported, text: '@alice Nasty words' },
      { id: followers, text: 'Words for followers' },
    ],
    before: null,
  })
  expect(await looks(t)).toEqual([
    { reason, posts: [followers] },
    { report, posts: [reported, followers] },
  ])
})

test('a look needs an open report of somebody else about the account, or a reason of three words', async () => {
  await using t = await database()
  const modId = await localAccount(t, 'mod', { role: 'moderator' })
  const mod = await staffMember(t.db, modId)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  await status(t, bob, { text: 'Words for followers', visibility: 'private' })
  const report = (by: AccountId, targetId: AccountId) =>
    t.db.transaction((tx) => createReport(tx, t.app.uris, by, { targetId }))
  const [about, other, own] = [await report(alice, bob), await report(alice, carol), await report(modId, bob)]
  for (const empty of ['', '  ', 'because', 'just because', '. . . .', 'a b c'.repeat(200)])
    await expect(read(t, mod, bob, { reason: empty }), empty).rejects.toMatchObject({ code: 'invalid' })
  await expect(read(t, mod, bob, { reportId: other, reason })).rejects.toMatchObject({ code: 'not_found' })
  await expect(read(t, mod, bob, { reportId: own, reason })).rejects.toMatchObject({ text: { key: 'reportOwn' } })
  await t.db.transaction((tx) => resolveReport(tx, mod, about))
  await expect(read(t, mod, bob, { reportId: about })).rejects.toMatchObject({ text: { key: 'reportResolved' } })
  expect(await looks(t)).toEqual([])
})

test('only staff above the account looks, with the permission for reports or for people', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [mod, head] = [await staffOf(t, 'mod', 'moderator'), await staffOf(t, 'head', 'admin')]
  const report = await t.db.transaction((tx) => createReport(tx, t.app.uris, alice, { targetId: bob }))
  const refused = { code: 'not_permitted' }
  for (const one of [mod, head, await staffOf(t, 'boss', 'owner')]) await read(t, one, bob, { reason })
  await expect(read(t, await staffOf(t, 'someone', 'user'), bob, { reason })).rejects.toMatchObject(refused)
  await expect(read(t, mod, head.accountId!, { reason })).rejects.toMatchObject(refused)
  await expect(read(t, mod, mod.accountId!, { reason })).rejects.toMatchObject(refused)
  const helper: Staff = { ...mod, permissions: 0x10n }
  await read(t, helper, bob, { reportId: report })
  await expect(read(t, helper, bob, { reason })).rejects.toMatchObject(refused)
  await expect(
    accountToRead(t.db, { ...mod, permissions: 0x400n }, { accountId: bob, reportId: report }),
  ).rejects.toMatchObject(refused)
  await expect(read(t, commandLine, '1' as AccountId, { reason })).rejects.toMatchObject({ code: 'not_found' })
})

test('a look has twenty posts of the latest two thousand; the next one is recorded, too', async () => {
  await using t = await database()
  const [mod, bob] = [await staffOf(t, 'mod', 'moderator'), await localAccount(t, 'bob')]
  for (let n = 0; n < 22; n++) await status(t, bob, { text: `Words ${n}`, visibility: 'private' })
  const first = await read(t, mod, bob, { reason })
  expect(first.posts).toHaveLength(20)
  const second = await read(t, mod, bob, { reason, before: first.before })
  expect(second).toMatchObject({ posts: [{ text: 'Words 1' }, { text: 'Words 0' }], before: null })
  expect(await looks(t)).toHaveLength(2)
  // Many public posts above them: a look ends before it has read them all, and says where to go on.
  await t.db.execute(sql`
    insert into statuses (id, account_id, uri, url, is_local, visibility, content, thread_id, created_at)
    select ${first.posts[0]!.id}::bigint + n, ${bob}, 'https://pipit.test/x/' || n, 'https://pipit.test/x/' || n, true, 'public', '', ${first.posts[0]!.id}::bigint + n, now()
    from generate_series(1, 2001) n`)
  const bare = await read(t, mod, bob, { reason })
  expect(bare.posts).toEqual([])
  expect((await read(t, mod, bob, { reason, before: bare.before })).posts).toHaveLength(20)
})
