import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { changeAccount } from '#src/accounts/manage.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { prepareRegistration } from '#src/accounts/sign-up/register.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { deleteAccount, forgetFollowers } from '#src/erasure/delete-account.ts'
import { eraseAccount } from '#src/erasure/erase-account.ts'
import { publishAnnouncement } from '#src/moderation/announcements.ts'
import { addReaction, dismissAnnouncement } from '#src/reading/announcements/react.ts'
import { createFilter } from '#src/reading/filters/manage.ts'
import { createList } from '#src/reading/lists/manage.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { savePolicy } from '#src/reading/notifications/policy.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { muteThread } from '#src/statuses/interactions/mute-thread.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { vote } from '#src/statuses/polls/vote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

test('only the name of a deleted account stays', async () => {
  await using t = await database()
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  await updateProfile(t.app, alice, { displayName: 'Alice', note: 'Hello' })
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await makeFollow(t, carol, alice)
  const bobs = await status(t, bob)
  const own = await status(t, alice, { text: '@bob hi', inReplyToId: bobs })
  await t.db.transaction((tx) => favourite(tx, alice, bobs))
  await t.db.transaction((tx) => reblog(tx, t.app.uris, alice, bobs))
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, own))
  await forgetJobs(t)

  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect(await loadStatusView(t.db, bob, own)).toBeUndefined()
  expect(await loadStatusView(t.db, null, bobs)).toMatchObject({ favouritesCount: 0, reblogsCount: 0, repliesCount: 0 })
  const [bobView, aliceView] = await loadAccountViews(t.db, [bob, alice])
  expect(bobView).toMatchObject({ followersCount: 0, followingCount: 0, statusesCount: 1 })
  expect(aliceView).toMatchObject({ displayName: '', note: '', statusesCount: 0, username: 'alice' })
  expect((await loadNotificationPage(t.db, bob, {}, { limit: 20 })).views).toEqual([])
  expect(await t.jobs()).toEqual(['federate'])
  await expect(
    prepareRegistration(t.app, { username: 'alice', email: 'a@b.test', password: 'a fine password' }),
  ).rejects.toMatchObject({ problems: [{ code: 'ERR_TAKEN' }] })

  // The recipients of the Delete are stored until it is sent.
  const followers = async () =>
    Number(
      (await t.db.execute<{ n: string }>(sql`select count(*) as n from follows where target_id = ${alice}`)).rows[0]?.n,
    )
  expect(await followers()).toBe(1)
  await t.db.transaction((tx) => forgetFollowers(tx, alice))
  expect(await followers()).toBe(0)
})

test('deleting an account lowers the counts of the posts that it answered and boosted, and no others', async () => {
  await using t = await database()
  const [alice, bob, carl] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carl'),
  ]
  const [first, second] = [await status(t, bob), await status(t, bob)]
  for (const author of [alice, alice, carl]) await status(t, author, { text: 'An answer', inReplyToId: first })
  await status(t, alice, { text: 'A whisper', inReplyToId: first, visibility: 'private' })
  await status(t, alice, { text: 'An answer', inReplyToId: second })
  for (const booster of [alice, carl]) await t.db.transaction((tx) => reblog(tx, t.app.uris, booster, first))
  expect(await loadStatusView(t.db, null, first)).toMatchObject({ repliesCount: 3, reblogsCount: 2 })

  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect(await loadStatusView(t.db, null, first)).toMatchObject({ repliesCount: 1, reblogsCount: 1 })
  expect(await loadStatusView(t.db, null, second)).toMatchObject({ repliesCount: 0, reblogsCount: 0 })
})

test('no private data of a deleted account is left, and no table has its texts', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const poll = await status(t, bob, { poll: { options: ['tea', 'coffee'], expiresInSeconds: 3_600 } })
  const letter = await status(t, bob, { text: '@alice hello', visibility: 'direct' })
  await t.db.transaction(async (tx) => {
    await createFilter(tx, alice, { title: 'My illness', contexts: ['home'], keywords: [{ keyword: 'illness' }] })
    await vote(tx, alice, poll, [0])
    await muteThread(tx, alice, letter)
    await savePolicy(tx, alice, { forNotFollowing: 'filter' })
    await createList(tx, alice, { title: 'Friends' })
    const announcement = await publishAnnouncement(tx, commandLine, { text: 'News' })
    await addReaction(tx, alice, announcement, '👍')
    await dismissAnnouncement(tx, alice, announcement)
    await tx.execute(sql`insert into markers (account_id, timeline, last_read_id) values (${alice}, 'home', 1)`)
    await tx.execute(
      sql`insert into notification_permissions (account_id, from_account_id) values (${alice}, ${bob}), (${bob}, ${alice})`,
    )
    await tx.execute(
      sql`insert into notification_requests (id, account_id, from_account_id) values (1, ${alice}, ${bob}), (2, ${bob}, ${alice})`,
    )
  })
  await t.db.transaction((tx) => deleteAccount(tx, alice))

  // Rows for other servers and moderators, numbers, and other people's rows.
  const kept = ['accounts', 'account_stats', 'active_days', 'activities', 'keys', 'statuses', 'mentions', 'reports']
  const { rows: columns } = await t.db.execute<{ table: string; column: string }>(sql`
    select c.conrelid::regclass::text as "table", a.attname as "column" from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.confrelid = 'accounts'::regclass and c.contype = 'f'`)
  const left = []
  for (const { table, column } of columns.filter(({ table }) => !kept.includes(table))) {
    const { rows } = await t.db.execute(
      sql`select from ${sql.identifier(table)} where ${sql.identifier(column)} = ${alice}`,
    )
    if (rows.length > 0) left.push(`${table}.${column}`)
  }
  expect(left).toEqual([])
  expect((await loadStatusView(t.db, bob, poll))?.poll).toMatchObject({
    votersCount: 1,
    options: [{ votesCount: 1 }, { votesCount: 0 }],
  })
})

test('a large account is hidden at once, and a job erases the rest', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const bobs = await status(t, bob)
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id, in_reply_to_id, in_reply_to_uri)
    select n, ${alice}, true, 'https://pipit.test/s/' || n, '', 'public', 'Hello', ${bobs}, ${bobs}, 'https://pipit.test/s' from generate_series(1, 1200) n`)
  await t.db.execute(sql`update status_stats set replies_count = 1201 where status_id = ${bobs}`)
  await t.db.execute(
    sql`insert into favourites (id, account_id, status_id) select n, ${bob}, n from generate_series(1, 1200) n`,
  )
  await t.db.execute(
    sql`insert into notifications (account_id, type, from_account_id, status_id) select ${bob}, 'mention', ${alice}, n from generate_series(1, 1200) n`,
  )
  await forgetJobs(t)

  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect((await loadNotificationPage(t.db, bob, {}, { limit: 20 })).views).toEqual([])
  expect(await accountTimeline(t.db, bob, alice, {}, { limit: 20 })).toEqual([])
  expect(await t.jobPayloads('erase-account')).toEqual([{ accountId: alice, hasRecipients: true }])

  await eraseAccount(t.db, alice, true)
  const {
    rows: [left],
  } = await t.db.execute(sql`
    select (select count(*)::int from statuses where account_id = ${alice} and (deleted_at is null or content <> '')) as posts,
      (select count(*)::int from favourites) as favourites, (select count(*)::int from notifications) as notifications`)
  expect(left).toEqual({ posts: 0, favourites: 0, notifications: 0 })
  expect(await loadStatusView(t.db, bob, bobs)).toMatchObject({ repliesCount: 1 })
  await eraseAccount(t.db, bob, true)
  expect(await loadStatusView(t.db, bob, bobs)).toBeDefined()
})

test('for a very large account, a job first stores the recipients of its Delete, and then erases it', async () => {
  await using t = await database()
  const [alice, rita] = [await localAccount(t, 'alice'), await remoteAccount(t, 'rita')]
  await t.db.execute(sql`
    insert into statuses (id, account_id, is_local, uri, url, visibility, content, thread_id)
    select n, ${alice}, true, 'https://pipit.test/s/' || n, '', 'public', 'Hello', n from generate_series(1, 5000) n`)
  await t.db.execute(sql`insert into mentions (status_id, account_id, position) values (1, ${rita}, 0)`)
  await forgetJobs(t)

  await t.db.transaction((tx) => deleteAccount(tx, alice))
  expect([await t.jobs(), await t.jobPayloads('erase-account')]).toEqual([
    ['erase-account'],
    [{ accountId: alice, hasRecipients: false }],
  ])
  expect(await accountTimeline(t.db, null, alice, {}, { limit: 20 })).toEqual([])

  await eraseAccount(t.db, alice, false)
  expect(await t.jobPayloads('erase-account')).toEqual([{ accountId: alice, hasRecipients: true }])
  expect(await t.jobs()).toContain('federate')
  expect(
    (await t.db.execute(sql`select inbox_url as inbox from delete_recipients where subject_id = ${alice}`)).rows,
  ).toEqual([{ inbox: 'https://remote.test/inbox' }])

  await eraseAccount(t.db, alice, true)
  expect(
    (await t.db.execute(sql`select from statuses where account_id = ${alice} and deleted_at is null`)).rows,
  ).toEqual([])
})

test('the last owner can’t be deleted', async () => {
  await using t = await database()
  const owner = await localAccount(t, 'alice', { role: 'owner' })
  await expect(t.db.transaction((tx) => deleteAccount(tx, owner))).rejects.toMatchObject({ code: 'not_permitted' })
  const bob = await localAccount(t, 'bob', { role: 'owner' })
  // A suspended owner does not count as an owner.
  await t.db.transaction((tx) => changeAccount(tx, bob, { isDisabled: true }))
  await expect(t.db.transaction((tx) => deleteAccount(tx, owner))).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.transaction((tx) => changeAccount(tx, bob, { isDisabled: false }))
  await t.db.transaction((tx) => deleteAccount(tx, owner))
})
