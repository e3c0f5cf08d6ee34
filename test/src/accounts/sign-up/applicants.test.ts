import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffOrCommandLine } from '#src/accounts/roles/staff.ts'
import { approveApplicants, loadApplicants, rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import { confirmAddress, newMailToken } from '#src/accounts/sign-up/credentials.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadGroupPage } from '#src/reading/notifications/groups.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { toPushMessage } from '#src/reading/push/message.ts'
import { forgetJobs, localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** Somebody who asked to join and has not confirmed the address yet. */
async function asking(t: TestDatabase, username: string, reason = 'I like birds'): Promise<AccountId> {
  const id = await localAccount(t, username, { isConfirmed: false, isApproved: false })
  await t.db.execute(sql`update users set sign_up_reason = ${reason} where account_id = ${id}`)
  return id
}
async function confirm(t: TestDatabase, id: AccountId): Promise<void> {
  const token = await t.db.transaction((tx) => newMailToken(tx, id, 'confirm'))
  await t.db.transaction((tx) => confirmAddress(tx, token!.secret))
}
const noticesOf = async (t: TestDatabase, viewer: AccountId) =>
  (await loadNotificationPage(t.db, viewer, {}, { limit: 40 })).views.map(({ type, account, applicant }) => [
    type,
    account.username,
    applicant,
  ])
const approve = (t: TestDatabase, staff: AccountId | null, ids: AccountId[]) =>
  t.db.transaction(async (tx) => approveApplicants(tx, await staffOrCommandLine(tx, staff), ids))
const reject = (t: TestDatabase, staff: AccountId, ids: AccountId[], text?: string) =>
  t.db.transaction(async (tx) => rejectApplicants(tx, t.app.secrets, await staffOrCommandLine(tx, staff), ids, text))
const names = async (t: TestDatabase, isConfirmed = true) =>
  (await loadApplicants(t.db, commandLine, { isConfirmed, after: null, limit: 40 })).map(({ username }) => username)

test('moderators hear of a person who waits as soon as the address is confirmed, and only once', async () => {
  await using t = await database()
  const [mod, alice] = [await localAccount(t, 'mod', { role: 'moderator' }), await localAccount(t, 'alice')]
  const bob = await asking(t, 'bob')
  expect(await noticesOf(t, mod)).toEqual([])
  await confirm(t, bob)
  expect(await noticesOf(t, mod)).toEqual([['admin.sign_up', 'bob', { reason: 'I like birds' }]])
  const {
    groups: [group],
    accounts,
  } = await loadGroupPage(t.db, mod, {}, undefined, { limit: 40 })
  expect(group).toMatchObject({ type: 'admin.sign_up', accountIds: [bob], applicant: { reason: 'I like birds' } })
  expect(accounts.get(bob)).toMatchObject({ username: 'bob' })
  const [view] = (await loadNotificationPage(t.db, mod, {}, { limit: 1 })).views
  expect(toPushMessage(view!, t.app.uris, { token: '', locale: 'en', isOwn: false })).toMatchObject({
    title: 'bob asks to join',
    body: 'I like birds',
  })
  expect(await noticesOf(t, alice)).toEqual([])

  await approve(t, mod, [bob])
  expect(await noticesOf(t, mod)).toEqual([['admin.sign_up', 'bob', null]])
})

test('somebody who is no moderator any more sees nobody who waits', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  await confirm(t, await asking(t, 'bob'))
  await t.db.execute(sql`update users set role = 'user' where account_id = ${mod}`)
  expect(await noticesOf(t, mod)).toEqual([])
})

test('moderators who want mails get one job each, however many ask', async () => {
  await using t = await database()
  const owner = await localAccount(t, 'olga', { role: 'owner' })
  await localAccount(t, 'quiet', { role: 'moderator' })
  await localAccount(t, 'gone', { role: 'moderator' })
  await localAccount(t, 'alice')
  await t.db.execute(sql`update users set mails_mentions = false where email like 'quiet%'`)
  await t.db.execute(sql`update users set disabled_at = now() where email like 'gone%'`)
  await forgetJobs(t)
  for (const name of ['bob', 'carol', 'dora']) await confirm(t, await asking(t, name))
  expect(await t.jobPayloads('applicants-mail')).toEqual([{ accountId: owner }])
  // A sign-up that needs no approval needs no answer.
  await forgetJobs(t)
  await confirm(t, await localAccount(t, 'erin', { isConfirmed: false }))
  expect(await t.jobPayloads('applicants-mail')).toEqual([])
})

test('approving lets people in and tells them, once', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const people = [await asking(t, 'bob'), await asking(t, 'carol')]
  for (const id of people) await confirm(t, id)
  await forgetJobs(t)
  expect((await approve(t, mod, people)).toSorted()).toEqual(people.toSorted())
  expect(await approve(t, mod, people)).toEqual([])
  expect(await names(t)).toEqual([])
  expect(await t.jobPayloads('account-mail')).toEqual(people.map((accountId) => ({ accountId, about: 'approved' })))
})

test('rejecting deletes everything but the sealed mail, and frees the name', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const [bob, early] = [await asking(t, 'bob'), await asking(t, 'early')]
  await confirm(t, bob)
  await forgetJobs(t)
  expect(await reject(t, mod, [bob, early], ' Not now.\r\n')).toEqual([bob, early])
  expect(await reject(t, mod, [bob, early])).toEqual([])
  expect((await t.db.execute(sql`select username from accounts`)).rows).toEqual([{ username: 'mod' }])
  expect(await noticesOf(t, mod)).toEqual([])
  // An address that nobody confirmed gets no mail.
  const [job, ...more] = await t.jobPayloads('rejection-mail')
  expect(more).toEqual([])
  expect(JSON.stringify(job)).not.toMatch(/mail\.test|Not now/)
  expect(JSON.parse(t.app.secrets.unseal(job!.letter)!)).toEqual({
    username: 'bob',
    email: 'bob@mail.test',
    locale: null,
    text: 'Not now.',
  })
  await asking(t, 'bob')
})

test('nobody is both approved and rejected, by two moderators at the same moment', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  for (let i = 0; i < 8; i++) {
    const bob = await asking(t, `bob${i}`)
    await confirm(t, bob)
    const [approved, rejected] = await Promise.all([approve(t, mod, [bob]), reject(t, mod, [bob])])
    expect(approved.length + rejected.length, `try ${i}`).toBe(1)
    const { rows } = await t.db.execute(sql`select from users where account_id = ${bob}`)
    expect(rows).toHaveLength(approved.length)
  }
})

test.each(['moderator', 'admin', 'owner'] as const)('a role of %s decides about applicants', async (role) => {
  await using t = await database()
  const staff = await localAccount(t, 'staff', { role })
  const [bob, carol] = [await asking(t, 'bob'), await asking(t, 'carol')]
  expect(await approve(t, staff, [bob])).toEqual([bob])
  expect(await reject(t, staff, [carol])).toEqual([carol])
})

test('people who are no moderators decide about nobody', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [bob, carol] = [await asking(t, 'bob'), await asking(t, 'carol')]
  await expect(approve(t, alice, [bob])).rejects.toMatchObject({ code: 'not_permitted' })
  await expect(reject(t, alice, [carol])).rejects.toMatchObject({ code: 'not_permitted' })
  // Nor does one of those who wait.
  await expect(approve(t, bob, [bob])).rejects.toMatchObject({ code: 'not_permitted' })
  expect(await names(t, false)).toEqual(['bob', 'carol'])
})

test('a disabled moderator decides about nobody', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  await t.db.execute(sql`update users set disabled_at = now()`)
  await expect(approve(t, mod, [await asking(t, 'bob')])).rejects.toMatchObject({ code: 'not_permitted' })
})

test('nobody who was let in before is rejected', async () => {
  await using t = await database()
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const alice = await localAccount(t, 'alice')
  expect(await reject(t, mod, [alice, mod])).toEqual([])
  expect((await t.db.execute(sql`select from users`)).rows).toHaveLength(2)
})
