/** The events that each person's streams leave out. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { publishAnnouncement, removeAnnouncement } from '#src/moderation/announcements.ts'
import { type AccountId, newId, type StatusId } from '#src/platform/ids.ts'
import { addReaction } from '#src/reading/announcements/react.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { problemsOf } from '../schemas.ts'
import { serve, tokenOf } from '../server.ts'
import { openSocket } from './client.ts'

async function filter(t: TestDatabase, owner: AccountId, keyword: string, action: 'warn' | 'hide'): Promise<void> {
  const id = newId()
  await t.db.execute(
    sql`insert into filters (id, account_id, title, contexts, action) values (${id}, ${owner}, ${keyword}, '{home,public,notifications}', ${action})`,
  )
  await t.db.execute(sql`insert into filter_keywords (id, filter_id, keyword) values (${newId()}, ${id}, ${keyword})`)
}

test('mutes, blocks, filters and visibility apply at the moment when an event is sent', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, eve] = [await localAccount(t, 'alice'), await localAccount(t, 'bob'), await localAccount(t, 'eve')]
  const carol = await remoteAccount(t, 'carol')
  for (const author of [bob, eve, carol]) await makeFollow(t, alice, author)
  await using socket = await openSocket(server.url, `?stream=user&access_token=${await tokenOf(t.app, alice)}`)
  socket.command({ type: 'subscribe', stream: 'public' })
  await socket.settled()
  await filter(t, alice, 'spiders', 'hide')
  await filter(t, alice, 'snakes', 'warn')

  const shown: StatusId[] = []
  /** When this event arrives, all earlier events have been sent. */
  const pass = async () => {
    shown.push(await status(t, alice, { text: 'Next', visibility: 'unlisted' }))
    await socket.wait('update', shown.length, 'user')
  }
  await status(t, bob, { text: 'All about spiders' })
  const warned = await status(t, bob, { text: 'All about snakes' })
  shown.push(warned)
  await t.db.execute(sql`insert into mutes (id, account_id, target_id) values (${newId()}, ${alice}, ${eve})`)
  const muted = await status(t, eve, { text: 'Muted' })
  await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, muted))
  await pass()
  await t.db.execute(sql`delete from mutes`)
  await t.db.execute(
    sql`insert into blocks (id, account_id, target_id, uri) values (${newId()}, ${eve}, ${alice}, 'block')`,
  )
  await status(t, eve, { text: 'Blocked' })
  await pass()
  await t.db.execute(sql`delete from blocks`)
  await status(t, bob, { text: 'Not for her @eve', visibility: 'direct' })
  shown.push(await status(t, bob, { text: 'For her @alice', visibility: 'direct' }))
  await t.db.execute(
    sql`insert into account_domain_blocks (id, account_id, domain) values (${newId()}, ${alice}, 'remote.test')`,
  )
  await remoteStatus(t, carol)
  await pass()
  await t.db.execute(sql`delete from account_domain_blocks`)
  await t.db.execute(sql`update follows set languages = '{de}' where target_id = ${bob}`)
  const foreign = await status(t, bob, { text: 'In English', language: 'en' })
  shown.push(await status(t, bob, { text: 'Auf Deutsch', language: 'de', visibility: 'unlisted' }))
  const old = await remoteStatus(t, carol, { publishedAt: new Date('2024-05-05') })
  shown.push(await status(t, alice, { text: 'The last' }))

  await socket.wait('update', shown.length, 'user')
  expect(socket.of('update', 'user').map(({ id }) => id)).toEqual(shown)
  expect(socket.of('update', 'user')[0].filtered).toMatchObject([
    { filter: { title: 'snakes' }, keyword_matches: ['snakes'] },
  ])
  const open = socket.of('update', 'public')
  expect(open.map(({ id }) => id)).toEqual([warned, foreign, shown.at(-1)])
  expect(open[0].filtered).toHaveLength(1)
  expect(open[1]).not.toHaveProperty('filtered')
  expect(JSON.stringify(socket.frames)).not.toContain(old)
})

test('edits, boosts, deletions and lists reach the streams that had the post', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, dave] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'dave'),
  ]
  const [ofAlice, ofBob, ofDave] = await Promise.all([alice, bob, dave].map((id) => tokenOf(t.app, id)))
  await makeFollow(t, bob, alice)
  await makeFollow(t, dave, bob)
  await using her = await openSocket(server.url, `?stream=user&access_token=${ofAlice}`)
  await using his = await openSocket(server.url, `?stream=user&access_token=${ofBob}`)
  await using others = await openSocket(server.url, `?stream=user&access_token=${ofDave}`)
  const list = await server.post('/api/v1/lists', 'List', ofBob, { title: 'Friends' })
  await server.call('POST', `/api/v1/lists/${list.id}/accounts`, { token: ofBob, body: { account_ids: [alice] } })
  his.command({ type: 'subscribe', stream: 'list', list: list.id })
  his.command({ type: 'subscribe', stream: 'public' })
  await his.settled()

  const post = (
    await server.post('/api/v1/statuses', 'Status', ofAlice, { status: 'A first draft', visibility: 'public' })
  ).id
  await his.wait('update', 1, `list ${list.id}`)
  await server.call('PUT', `/api/v1/statuses/${post}`, { token: ofAlice, body: { status: 'A second draft' } })
  for (const stream of ['user', 'public', `list ${list.id}`])
    expect((await his.wait('status.update', 1, stream))[0]).toMatchObject({
      id: post,
      content: '<p>A second draft</p>',
    })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, post))
  expect((await others.wait('update'))[0]).toMatchObject({ id: boost, reblog: { id: post } })
  await t.db.transaction((tx) => favourite(tx, bob, post))
  // The deletion of the post also deletes the notification, so this comes before.
  expect((await her.wait('notification', 2)).map(({ type }) => type)).toEqual(['reblog', 'favourite'])
  await t.db.transaction((tx) => deleteStatus(tx, alice, post))
  expect(await others.wait('delete')).toEqual([boost])
  expect((await his.wait('delete', 2, 'user')).toSorted()).toEqual([boost, post].toSorted())
  expect(await his.wait('delete', 1, `list ${list.id}`)).toEqual([post])
  expect(others.of('status.update')).toEqual([])
})

test('events of conversations, filters and announcements reach their streams', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const token = await tokenOf(t.app, alice)
  await using socket = await openSocket(server.url, `?stream=user&access_token=${token}`)
  socket.command({ type: 'subscribe', stream: 'direct' })
  await using narrow = await openSocket(
    server.url,
    `?stream=user&access_token=${await tokenOf(t.app, alice, ['read:statuses'])}`,
  )
  await socket.settled()

  const post = await status(t, bob, { text: 'Psst @alice', visibility: 'direct' })
  const [conversation] = await socket.wait('conversation', 1, 'direct')
  expect(problemsOf('Conversation', conversation)).toEqual([])
  expect(conversation).toMatchObject({ unread: true, last_status: { id: post } })
  await socket.wait('notification')

  await server.call('POST', '/api/v2/filters', { token, body: { title: 'F', context: ['home'] } })
  await socket.wait('filters_changed')
  const announcement = await t.db.transaction((tx) =>
    publishAnnouncement(tx, commandLine, { text: 'We move on Friday' }),
  )
  const [told] = await socket.wait('announcement')
  expect(problemsOf('Announcement', told)).toEqual([])
  await t.db.transaction((tx) => addReaction(tx, bob, announcement, '👍'))
  const [reaction] = await socket.wait('announcement.reaction')
  expect(problemsOf('StreamAnnouncementReaction', reaction)).toEqual([])
  expect(reaction).toMatchObject({ name: '👍', count: 1, announcement_id: announcement })
  await t.db.transaction((tx) => removeAnnouncement(tx, commandLine, announcement))
  expect(await socket.wait('announcement.delete')).toEqual([announcement])
  expect(narrow.of('notification')).toEqual([])
  expect(narrow.of('filters_changed')).toHaveLength(1)
})
