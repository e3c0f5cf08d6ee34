import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { notify } from '#src/notices/notify.ts'
import type { AccountId, RelationId } from '#src/platform/ids.ts'
import { pendingMentionMail } from '#src/reading/notifications/mention-mail.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { loadPolicy, type NotificationPolicy, savePolicy } from '#src/reading/notifications/policy.ts'
import {
  acceptRequests,
  dismissRequests,
  isMerged,
  loadRequests,
  mergeFiltered,
} from '#src/reading/notifications/requests.ts'
import { block } from '#src/relationships/block.ts'
import { follow } from '#src/relationships/follow.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { runJobs } from '#test/jobs/run.ts'

const shown = async (t: TestDatabase, viewer: AccountId, withFiltered = false) =>
  (await loadNotificationPage(t.db, viewer, { withFiltered }, { limit: 40 })).views.map(
    ({ type, account }) => `${type} ${account.username}`,
  )
const setPolicy = (t: TestDatabase, viewer: AccountId, changes: Partial<NotificationPolicy>) =>
  t.db.transaction((tx) => savePolicy(tx, viewer, changes))
const age = (t: TestDatabase, accountId: AccountId) =>
  t.db.execute(sql`update accounts set created_at = now() - interval '1 year' where id = ${accountId}`)

test('a notification policy has its own choice for each kind of sender', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const mentioned = async () => {
    await status(t, bob, { text: 'Hello @alice', visibility: 'direct' })
    const found = await shown(t, alice)
    await t.db.execute(sql`delete from notifications`)
    return found.length > 0
  }
  expect(await mentioned()).toBe(true)
  const rules: [Partial<NotificationPolicy>, () => Promise<unknown>][] = [
    [{ forNewAccounts: 'filter' }, () => age(t, bob)],
    [{ forPrivateMentions: 'filter' }, () => makeFollow(t, alice, bob)],
    [{ forNotFollowing: 'filter' }, () => makeFollow(t, alice, bob)],
    [
      { forNotFollowers: 'drop' },
      () =>
        makeFollow(t, bob, alice).then(() =>
          t.db.execute(sql`update follows set created_at = now() - interval '4 days'`),
        ),
    ],
    [{}, () => makeFollow(t, alice, bob)],
  ]
  for (const [rule, exempt] of rules) {
    await t.db.execute(sql`delete from follows`)
    await t.db.execute(sql`delete from notification_policies`)
    await t.db.execute(sql`delete from notifications`)
    await t.db.execute(
      sql`update accounts set created_at = now(), silenced_at = ${Object.keys(rule).length === 0 ? sql`now()` : sql`null`} where id = ${bob}`,
    )
    await setPolicy(t, alice, rule)
    expect([rule, await mentioned()]).toEqual([rule, false])
    await exempt()
    await t.db.execute(sql`delete from notifications`)
    expect([rule, await mentioned()]).toEqual([rule, true])
  }
})

test('notifications by bots are filtered or dropped as the person wishes, except by followed bots', async () => {
  await using t = await database()
  const [alice, robot, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'robot'),
    await localAccount(t, 'carol'),
  ]
  await updateProfile(t.app, robot, { isBot: true })
  const mention = () => status(t, robot, { text: 'Beep, @alice' })
  await status(t, carol, { text: 'Hello @alice' })
  await mention()
  expect(await shown(t, alice)).toEqual(['mention robot', 'mention carol'])

  await t.db.execute(sql`delete from notifications`)
  await setPolicy(t, alice, { forBots: 'filter' })
  await mention()
  await status(t, carol, { text: 'Hello @alice' })
  expect([await shown(t, alice), await shown(t, alice, true)]).toEqual([
    ['mention carol'],
    ['mention carol', 'mention robot'],
  ])

  await t.db.execute(sql`delete from notifications`)
  await setPolicy(t, alice, { forBots: 'drop' })
  await mention()
  expect(await shown(t, alice, true)).toEqual([])
  await t.db.transaction((tx) => follow(tx, t.app.uris, alice, robot))
  await mention()
  expect(await shown(t, alice)).toEqual(['mention robot'])
})

test('a private answer in a thread in which the person wrote to its author is not filtered as a private mention', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await setPolicy(t, alice, { forPrivateMentions: 'filter' })
  const asked = await status(t, alice, { text: 'A question for @bob', visibility: 'direct' })
  await status(t, bob, { text: '@alice An answer', visibility: 'direct', inReplyToId: asked })
  await remoteStatus(t, carol, { visibility: 'direct', mentionedIds: [alice] })
  expect(await shown(t, alice)).toEqual(['mention bob'])
  expect(await shown(t, alice, true)).toEqual(['mention carol', 'mention bob'])
})

test('a filtered notification waits as a request, sends no mail, and appears when the request is accepted', async () => {
  await using t = await database()
  const [alice, bob, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'dave'),
  ]
  await setPolicy(t, alice, { forNotFollowing: 'filter' })
  await forgetJobs(t)
  const last = [
    await status(t, bob, { text: 'One for @alice' }),
    await status(t, bob, { text: 'Two for @alice', visibility: 'direct' }),
  ].at(-1)
  await status(t, dave, { text: 'Buy this, @alice' })
  await t.db.transaction((tx) => follow(tx, t.app.uris, bob, alice))
  expect(await t.jobs()).not.toContain('mention-mail')
  expect(await shown(t, alice)).toEqual([])
  expect(await loadPolicy(t.db, alice)).toMatchObject({
    forNotFollowing: 'filter',
    pendingRequests: 2,
    pendingNotifications: 3,
  })

  const [ofDave, ofBob] = await loadRequests(t.db, alice, { limit: 10 })
  expect(ofBob).toMatchObject({ count: 2, account: { username: 'bob' }, lastStatus: { id: last } })
  expect((await t.db.execute(sql`select from conversations where account_id = ${alice}`)).rowCount).toBe(0)
  await t.db.transaction((tx) => acceptRequests(tx, alice, [ofBob?.id as RelationId]))
  expect(await shown(t, alice)).toEqual(['follow bob', 'mention bob', 'mention bob'])
  expect((await t.db.execute(sql`select from conversations where account_id = ${alice} and is_unread`)).rowCount).toBe(
    1,
  )
  await t.db.transaction((tx) => dismissRequests(tx, alice, [ofDave?.id as RelationId]))
  expect(await shown(t, alice, true)).toHaveLength(3)
  expect(await t.db.transaction((tx) => acceptRequests(tx, bob, [ofDave?.id as RelationId]))).toBe(0)

  await status(t, bob, { text: 'Thanks, @alice' })
  expect((await shown(t, alice))[0]).toBe('mention bob')
  await status(t, dave, { text: 'Buy this too, @alice' })
  expect(await loadRequests(t.db, alice, { limit: 10 })).toMatchObject([{ count: 1, account: { username: 'dave' } }])
})

test('a job merges notification requests that are too many for one transaction', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(sql`insert into notification_permissions (account_id, from_account_id) values (${alice}, ${bob})`)
  await t.db.execute(
    sql`insert into reports (id, account_id, target_id) select i, ${bob}, ${alice} from generate_series(1, 1500) i`,
  )
  await t.db.execute(
    sql`insert into notifications (account_id, type, from_account_id, report_id, is_filtered) select ${alice}, 'admin.report', ${bob}, i, true from generate_series(1, 1500) i`,
  )
  await forgetJobs(t)
  await t.db.transaction((tx) => mergeFiltered(tx, alice, [bob]))
  expect(await isMerged(t.db, alice)).toBe(false)
  expect(await t.jobs()).toEqual(['merge-notifications'])
  await runJobs(t)
  expect(await isMerged(t.db, alice)).toBe(true)
  expect((await t.db.execute(sql`select from events where event ->> 'type' = 'notifications.merged'`)).rowCount).toBe(1)
})

test('a muted thread and a blocked server cause no notifications, and mutes expire', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const post = await status(t, alice)
  await t.db.execute(sql`insert into thread_mutes (account_id, thread_id) values (${alice}, ${post})`)
  await status(t, bob, { text: '@alice Look', inReplyToId: post })
  await t.db.transaction((tx) => favourite(tx, bob, post))
  expect(await shown(t, alice)).toEqual([])

  await t.db.execute(
    sql`insert into account_domain_blocks (id, account_id, domain) values (1, ${alice}, 'remote.test')`,
  )
  await remoteStatus(t, carol, { mentionedIds: [alice] })
  expect(await shown(t, alice)).toEqual([])
  await t.db.execute(
    sql`insert into follows (id, follower_id, target_id, uri) values (1, ${alice}, ${carol}, 'https://pipit.test/1')`,
  )
  await remoteStatus(t, carol, { mentionedIds: [alice] })
  expect(await shown(t, alice)).toEqual(['mention carol'])

  await t.db.execute(
    sql`insert into mutes (id, account_id, target_id, expires_at) values (1, ${alice}, ${bob}, now() + interval '1 hour')`,
  )
  await status(t, bob, { text: 'Hey @alice' })
  expect(await shown(t, alice)).toHaveLength(1)
  await t.db.execute(sql`update mutes set expires_at = now() - interval '1 second'`)
  await status(t, bob, { text: 'Hey @alice' })
  expect(await shown(t, alice)).toHaveLength(2)
})

test('followers with notifications on are notified once of each new post in their languages', async () => {
  await using t = await database()
  const [author, eager, picky, silent, named] = [
    await localAccount(t, 'author'),
    await localAccount(t, 'eager'),
    await localAccount(t, 'picky'),
    await localAccount(t, 'silent'),
    await localAccount(t, 'named'),
  ]
  for (const follower of [eager, picky, silent, named]) await makeFollow(t, follower, author)
  await t.db.execute(
    sql`update follows set notifies = follower_id <> ${silent}, languages = case when follower_id = ${picky} then array['fr'] end`,
  )
  const post = await status(t, author, { text: 'News for @named', language: 'de', visibility: 'private' })
  await status(t, author, { text: 'A secret', visibility: 'direct' })
  await status(t, author, { text: 'An answer to somebody', inReplyToId: await status(t, silent) })
  await runJobs(t)
  const all = async () =>
    Promise.all(
      [eager, picky, silent, named].map(async (viewer) =>
        (await shown(t, viewer)).filter((notice) => !notice.startsWith('follow')),
      ),
    )
  expect(await all()).toEqual([['status author'], [], [], ['mention author']])
  await t.db.execute(
    sql`select graphile_worker.add_job('status-notices', json_build_object('statusId', ${post}::text, 'after', null))`,
  )
  await runJobs(t)
  expect((await all())[0]).toEqual(['status author'])
})

test('authors are notified of the end of their own polls, but of none of their own actions', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, alice)
  for (const type of ['poll', 'favourite'] as const)
    await t.db.transaction((tx) => notify(tx, { type, for: alice, from: alice, statusId: post }))
  expect(await shown(t, alice)).toEqual(['poll alice'])
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  await t.db.transaction((tx) => notify(tx, { type: 'update', for: alice, from: bob, statusId: post }))
  expect(await shown(t, alice)).toEqual(['poll alice'])
})

test('a second edit causes a notification again', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const post = await status(t, bob)
  const ids = async () => (await loadNotificationPage(t.db, alice, {}, { limit: 10 })).ids
  await t.db.transaction((tx) => notify(tx, { type: 'update', for: alice, from: bob, statusId: post }))
  const before = await ids()
  await t.db.transaction((tx) => notify(tx, { type: 'update', for: alice, from: bob, statusId: post }))
  expect(await ids()).toHaveLength(1)
  expect(await ids()).not.toEqual(before)
})

test('a post that a person’s filter hides does not notify this person', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await t.db.execute(
    sql`insert into filters (id, account_id, title, contexts, action) values (1, ${alice}, 'Plot', '{notifications}', 'hide')`,
  )
  await t.db.execute(sql`insert into filter_keywords (id, filter_id, keyword) values (1, 1, 'spoiler')`)
  await status(t, bob, { text: 'A spoiler for @alice' })
  await status(t, bob, { text: 'Hello @alice' })
  const { ids, views } = await loadNotificationPage(t.db, alice, {}, { limit: 10 })
  expect([ids.length, views.length]).toEqual([2, 1])
  expect(await Promise.all(ids.map(async (id) => (await pendingMentionMail(t.db, id)) !== null))).toEqual([true, false])
})
