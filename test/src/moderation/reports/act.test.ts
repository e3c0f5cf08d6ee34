import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { bitsOf } from '#src/accounts/roles/permissions.ts'
import { commandLine, type Staff } from '#src/accounts/roles/staff.ts'
import { actOnReported, type ReportedChoice } from '#src/moderation/reports/act.ts'
import { createReport } from '#src/moderation/reports/create.ts'
import type { StatusActionInput } from '#src/moderation/statuses.ts'
import { auditLog, reports, strikes } from '#src/platform/db/schema/moderation.ts'
import type { AccountId, CollectionId, ReportId, StatusId } from '#src/platform/ids.ts'
import { createCollection } from '#src/reading/collections/manage.ts'
import { statusesOf } from '#src/statuses/find.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const act = (
  t: TestDatabase,
  id: ReportId,
  choice: Partial<ReportedChoice>,
  action: StatusActionInput['action'] = 'delete_statuses',
  staff: Staff = commandLine,
) =>
  t.db.transaction((tx) =>
    actOnReported(tx, staff, id, { statusIds: [], collectionIds: [], ...choice }, { action, text: 'No spam.' }),
  )

const report = (
  t: TestDatabase,
  reporter: AccountId,
  targetId: AccountId,
  statusIds: StatusId[],
  collectionIds: CollectionId[] = [],
) => t.db.transaction((tx) => createReport(tx, t.app.uris, reporter, { targetId, statusIds, collectionIds }))

const isResolved = async (t: TestDatabase, id: ReportId) =>
  (await t.db.select({ at: reports.resolvedAt }).from(reports).where(eq(reports.id, id)))[0]?.at !== null

test('some of the reported posts are deleted, which resolves the report with one strike', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const posts = [await status(t, bob), await status(t, bob), await status(t, bob)] as const
  const id = await report(t, alice, bob, [posts[0], posts[1]])
  await expect(act(t, id, { statusIds: [posts[2]] })).rejects.toMatchObject({ code: 'not_found' })
  await expect(act(t, id, {})).rejects.toMatchObject({ code: 'unprocessable' })
  expect(await isResolved(t, id)).toBe(false)
  expect(await act(t, id, { statusIds: [posts[1]] })).toBe(true)
  expect((await statusesOf(t.db, bob, posts)).map((post) => post.id)).toEqual([posts[0], posts[2]])
  expect(await isResolved(t, id)).toBe(true)
  expect(await t.db.select().from(strikes)).toMatchObject([
    { accountId: bob, action: 'delete_statuses', statusIds: [posts[1]], reportId: id, text: 'No spam.' },
  ])
  await expect(act(t, id, { statusIds: [posts[1]] })).rejects.toMatchObject({ code: 'not_found' })
})

test('reported posts are marked once, those of other servers, too', async () => {
  await using t = await database()
  const [alice, rita] = [await localAccount(t, 'alice'), await remoteAccount(t, 'rita')]
  const post = await remoteStatus(t, rita, {})
  const id = await report(t, alice, rita, [post])
  expect(await act(t, id, { statusIds: [post] }, 'mark_statuses_as_sensitive')).toBe(true)
  expect(await act(t, id, { statusIds: [post] }, 'mark_statuses_as_sensitive')).toBe(false)
  expect(await t.db.select().from(strikes)).toHaveLength(1)
})

test('a reported collection is deleted with a warning, and never one that the report does not name', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const make = (name: string) => t.db.transaction((tx) => createCollection(tx, bob, { name }))
  const [bad, good] = [await make('Bad people'), await make('Friends')]
  const id = await report(t, alice, bob, [], [bad])
  await expect(act(t, id, { collectionIds: [good] })).rejects.toMatchObject({ code: 'not_found' })
  // Collections can't be marked.
  await expect(act(t, id, { collectionIds: [bad] }, 'mark_statuses_as_sensitive')).rejects.toMatchObject({
    code: 'unprocessable',
  })
  expect(await act(t, id, { collectionIds: [bad] })).toBe(true)
  expect(await act(t, id, { collectionIds: [bad] })).toBe(false)
  expect(await t.db.select().from(strikes)).toMatchObject([{ accountId: bob, action: 'none', reportId: id }])
  const [entry] = await t.db.select().from(auditLog).where(eq(auditLog.targetKind, 'collection'))
  expect(entry).toMatchObject({ action: 'delete', targetId: bad, targetName: 'Bad people' })
  expect(await isResolved(t, id)).toBe(true)
})

test('acting on a report takes its permission, and a role above that of the person', async () => {
  await using t = await database()
  const [alice, boss] = [await localAccount(t, 'alice'), await localAccount(t, 'boss', { role: 'admin' })]
  const post = await status(t, boss)
  const id = await report(t, alice, boss, [post])
  const staff = (permission: 'manage_users' | 'manage_reports', position: number): Staff => ({
    accountId: null,
    name: 'x',
    permissions: bitsOf([permission]),
    position,
  })
  for (const who of [staff('manage_users', 500), staff('manage_reports', 10)])
    await expect(act(t, id, { statusIds: [post] }, 'delete_statuses', who)).rejects.toMatchObject({
      code: 'not_permitted',
    })
  expect(await act(t, id, { statusIds: [post] }, 'delete_statuses', staff('manage_reports', 500))).toBe(true)
})
