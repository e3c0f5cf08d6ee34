import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { endStrikes } from '#src/moderation/accounts/due.ts'
import { purgeAccount, purgeAccounts } from '#src/moderation/accounts/purge.ts'
import { changeStrike, endEffect, liftStrike, strike, type StrikeInput } from '#src/moderation/accounts/strike.ts'
import { accountOfStrikeLink, appeal, approveAppeal, rejectAppeal, strikeUrl } from '#src/moderation/appeals.ts'
import { removeDomainRule, setDomainRule } from '#src/moderation/domains.ts'
import { actOnStatuses, purgeStatuses } from '#src/moderation/statuses.ts'
import { accounts } from '#src/platform/db/schema/accounts.ts'
import { auditLog, strikes } from '#src/platform/db/schema/moderation.ts'
import { follows } from '#src/platform/db/schema/relationships.ts'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import type { AccountId, StrikeId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { mailbox } from '../../jobs/mailbox.ts'
import { runJobs } from '../../jobs/run.ts'

async function act(t: TestDatabase, id: AccountId, input: StrikeInput): Promise<StrikeId> {
  const made = await t.db.transaction((tx) => strike(tx, commandLine, id, input))
  if (!made) throw new Error('The account was in this state already')
  return made
}
const lift = (t: TestDatabase, id: StrikeId) => t.db.transaction((tx) => liftStrike(tx, commandLine, id))

async function row(t: TestDatabase, id: AccountId) {
  const [account] = await t.db.select().from(accounts).where(eq(accounts.id, id))
  if (!account) throw new Error('There is no such account')
  return account
}

const inPast = (t: TestDatabase, id: StrikeId, column: 'ends_at' | 'review_at' | 'created_at', days = 1) =>
  t.db.execute(
    sql`update strikes set ${sql.identifier(column)} = now() - ${days} * interval '1 day' where id = ${id}::bigint`,
  )

test('a strike is told by mail with a signed link and by a notification, and lifted without a trace of its maker', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const alice = await localAccount(t, 'alice')
  const id = await act(t, alice, { action: 'suspend', text: 'Spam is not allowed.' })
  await runJobs(t)
  expect(box.mails).toHaveLength(1)
  expect(box.mails[0]?.text).toContain('> Spam is not allowed.')
  const link = new URL(strikeUrl(t.app, id))
  expect(box.mails[0]?.text).toContain(link.href)
  const signature = link.searchParams.get('signature') ?? ''
  expect(await accountOfStrikeLink(t.app, id, signature)).toBe(alice)
  await expect(accountOfStrikeLink(t.app, id, `${signature}x`)).rejects.toMatchObject({ code: 'not_found' })

  await lift(t, id)
  await runJobs(t)
  expect(box.mails.slice(1)).toMatchObject([
    { to: ['alice@mail.test'], text: expect.stringContaining('Your account is no longer suspended') },
  ])
  const { views } = await loadNotificationPage(t.db, alice, {}, { limit: 20 })
  expect(views).toMatchObject([{ type: 'moderation_warning', strike: { action: 'suspend', appeal: null } }])
  expect(views[0]?.strike).not.toHaveProperty('actorId')
})

test('a strike lifts itself when its time is over, and staff are told of one that comes up for review', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await localAccount(t, 'mod', { role: 'moderator' })
  const soon = new Date(Date.now() + 60_000)
  const ends = await act(t, alice, { action: 'silence', endsAt: soon, mails: false })
  const later = await act(t, bob, { action: 'silence', endsAt: soon, mails: false })
  const reviewed = await act(t, bob, { action: 'sensitive', reviewAt: soon, mails: false })
  await endStrikes(t.db)
  expect((await row(t, alice)).silencedAt).not.toBeNull()
  await t.db.transaction((tx) => changeStrike(tx, commandLine, later, { endsAt: null }))
  await inPast(t, ends, 'ends_at')
  await inPast(t, reviewed, 'review_at')
  await endStrikes(t.db)
  await endStrikes(t.db)
  await runJobs(t)
  expect((await row(t, alice)).silencedAt).toBeNull()
  expect(await row(t, bob)).toMatchObject({ silencedBy: 'moderator', sensitizedAt: expect.any(Date) })
  expect(box.mails.map(({ to }) => to)).toEqual([['alice@mail.test'], ['mod@mail.test']])
  const [entry] = await t.db.select().from(auditLog).where(eq(auditLog.action, 'unsilence'))
  expect(entry).toMatchObject({ actorId: null, actorName: 'schedule', targetName: '@alice' })
})

test('a suspended account is deleted after 30 days, a remote one, too, and can’t be lifted then', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const carol = await remoteAccount(t, 'carol')
  await makeFollow(t, bob, carol)
  const post = await status(t, alice)
  const theirs = await remoteStatus(t, carol)
  const [one, two] = [await act(t, alice, { action: 'suspend' }), await act(t, carol, { action: 'suspend' })]
  await purgeAccounts(t.db)
  expect((await row(t, alice)).deletedAt).toBeNull()
  await t.db.execute(sql`update accounts set purge_at = now() - interval '1 second' where purge_at is not null`)
  await purgeAccounts(t.db)
  for (const id of [alice, carol])
    expect(await row(t, id)).toMatchObject({ deletedAt: expect.any(Date), purgeAt: null })
  for (const id of [post, theirs])
    expect((await t.db.select().from(statuses).where(eq(statuses.id, id)))[0]?.deletedAt ?? 'gone').not.toBeNull()
  expect(await t.db.select().from(follows)).toEqual([])
  expect(await t.jobs()).toContain('federate')
  for (const id of [one, two]) await expect(lift(t, id)).rejects.toMatchObject({ code: 'gone' })
})

test('nothing is deleted of a suspended account before its suspension ends or comes up for review', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000)
  const daysLeft = async (id: AccountId) =>
    Math.round(((await row(t, id)).purgeAt!.getTime() - Date.now()) / 86_400_000)
  await act(t, alice, { action: 'suspend', endsAt: inDays(60) })
  expect(await daysLeft(alice)).toBe(90)
  const id = await act(t, bob, { action: 'suspend', endsAt: inDays(3) })
  expect(await daysLeft(bob)).toBe(33)

  const change = (dates: { endsAt?: Date | null; reviewAt?: Date | null }) =>
    t.db.transaction((tx) => changeStrike(tx, commandLine, id, dates))
  await change({ reviewAt: inDays(45) })
  expect(await daysLeft(bob)).toBe(75)
  // The review says that it stays: nothing is deleted on the spot.
  await change({ reviewAt: null, endsAt: null })
  expect(await daysLeft(bob)).toBe(75)
  await t.db.transaction((tx) => purgeAccount(tx, commandLine, bob))
  await change({ reviewAt: inDays(10) })
  expect(await daysLeft(bob)).toBeLessThan(1)
})

test('only suspended accounts are purged at once, and only by who may delete data', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [mod, admin] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'boss', { role: 'admin' }),
  ]
  const purge = (by: AccountId) => t.db.transaction(async (tx) => purgeAccount(tx, await staffMember(tx, by), alice))
  await expect(purge(admin)).rejects.toMatchObject({ code: 'not_permitted' })
  await act(t, alice, { action: 'suspend' })
  await expect(purge(mod)).rejects.toMatchObject({ code: 'not_permitted' })
  await purge(admin)
  await runJobs(t)
  expect((await row(t, alice)).deletedAt).not.toBeNull()
})

test('lifting a suspension leaves what the present rule about the server does', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol', 'bad.test')
  const id = await act(t, carol, { action: 'suspend' })
  await t.db.transaction((tx) => setDomainRule(tx, commandLine, t.app.uris, 'bad.test', { severity: 'suspend' }))
  await runJobs(t)
  await lift(t, id)
  expect(await row(t, carol)).toMatchObject({ suspendedBy: 'domain', purgeAt: null })

  const again = await act(t, carol, { action: 'suspend' })
  await t.db.transaction((tx) => removeDomainRule(tx, commandLine, 'bad.test'))
  await runJobs(t)
  expect(await row(t, carol)).toMatchObject({ suspendedBy: 'moderator' })
  await lift(t, again)
  expect(await row(t, carol)).toMatchObject({ suspendedBy: null, suspendedAt: null })
  // Nothing to end, so nothing is recorded.
  await t.db.transaction((tx) => endEffect(tx, commandLine, carol, 'silence'))
  expect(await t.db.select().from(auditLog).where(eq(auditLog.action, 'unsilence'))).toEqual([])
})

test('marked posts stay sensitive whatever their author or server says, until the strike is lifted', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const [own, chosen] = [await status(t, alice), await status(t, alice, { isSensitive: true })]
  const theirs = await remoteStatus(t, carol)
  const mark = (id: AccountId, ...ids: (typeof own)[]) =>
    t.db.transaction((tx) => actOnStatuses(tx, commandLine, id, ids, { action: 'mark_statuses_as_sensitive' }))
  const marked = await mark(alice, own, chosen)
  expect(marked).toMatchObject({ done: [own], canBeUndone: true })
  await mark(carol, theirs)
  const read = async (id: typeof own) => (await t.db.select().from(statuses).where(eq(statuses.id, id)))[0]
  await editStatus(t.app, alice, own, { text: 'Another text', isSensitive: false })
  expect(await read(own)).toMatchObject({ isSensitive: true, text: 'Another text' })
  const data = (await read(theirs))!
  await remoteStatus(t, carol, { uri: data.uri, content: '<p>New</p>', editedAt: new Date() })
  expect(await read(theirs)).toMatchObject({ isSensitive: true, content: '<p>New</p>' })

  await lift(t, marked.strikeId!)
  expect(await read(own)).toMatchObject({ isSensitive: false })
  expect(await read(chosen)).toMatchObject({ isSensitive: true })
})

test('posts and boosts are deleted for good, with an entry each', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [first, second] = [await status(t, alice), await status(t, alice)]
  const foreign = await status(t, bob)
  const done = await t.db.transaction((tx) =>
    actOnStatuses(tx, commandLine, alice, [first, foreign], { action: 'delete_statuses', text: 'Not here.' }),
  )
  expect(done).toMatchObject({ done: [first], canBeUndone: false })
  await lift(t, done.strikeId!)
  const left = await t.db
    .select({ id: statuses.id })
    .from(statuses)
    .where(sql`deleted_at is null`)
  expect(left.map(({ id }) => id).toSorted()).toEqual([second, foreign].toSorted())
  expect(
    await t.db
      .select({ action: auditLog.action, id: auditLog.targetId })
      .from(auditLog)
      .where(eq(auditLog.targetKind, 'status')),
  ).toEqual([{ action: 'delete', id: first }])
  expect(await purgeStatuses(t.db, commandLine, alice)).toBe(1)
})

test('a strike is appealed once, in time, by its person; staff are told, and an approved appeal lifts it', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  const id = await act(t, alice, { action: 'silence', mails: false })
  await expect(appeal(t.app, bob, id, 'Not me')).rejects.toMatchObject({ code: 'not_found' })
  await expect(appeal(t.app, alice, id, '  ')).rejects.toMatchObject({ code: 'invalid' })
  await appeal(t.app, alice, id, 'It was a joke')
  await expect(appeal(t.app, alice, id, 'Really')).rejects.toMatchObject({ code: 'conflict' })
  const old = await act(t, alice, { action: 'sensitive', mails: false })
  await inPast(t, old, 'created_at', 21)
  await expect(appeal(t.app, alice, old, 'Too late')).rejects.toMatchObject({ code: 'unprocessable' })
  await runJobs(t)
  expect(box.mails.map(({ to }) => to)).toEqual([['mod@mail.test']])

  const decide = (approves: boolean, by: AccountId, strikeId: StrikeId) =>
    t.db.transaction(async (tx) => (approves ? approveAppeal : rejectAppeal)(tx, await staffMember(tx, by), strikeId))
  await expect(decide(true, bob, id)).rejects.toMatchObject({ code: 'not_permitted' })
  await decide(true, mod, id)
  await expect(decide(false, mod, id)).rejects.toMatchObject({ code: 'not_found' })
  expect((await row(t, alice)).silencedAt).toBeNull()
  await runJobs(t)
  expect(box.mails.slice(1)).toMatchObject([{ to: ['alice@mail.test'], text: expect.stringContaining('approved') }])

  const again = await act(t, bob, { action: 'silence', mails: false })
  await appeal(t.app, bob, again, 'Please')
  await decide(false, mod, again)
  expect((await row(t, bob)).silencedBy).toBe('moderator')
  expect(await t.db.select().from(strikes).where(eq(strikes.id, again))).toMatchObject([{ liftedAt: null }])
})
