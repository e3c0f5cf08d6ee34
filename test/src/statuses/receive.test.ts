import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { type StatusId, timeOfId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { statusByUri, visibleStatus } from '#src/statuses/find.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { receiveDelete } from '#src/statuses/receive/delete.ts'
import type { RemoteStatus } from '#src/statuses/receive/remote-status.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database } from '#test/database.ts'

const uri = 'https://remote.test/statuses/1'

test('a remote status is stored once, sanitized, and sorted by its time of publication', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const publishedAt = new Date('2025-03-01T10:00:00.000Z')
  const data = {
    uri,
    publishedAt,
    content: '<p onclick="x()">Hi<script>alert(1)</script></p>',
    tags: [{ name: 'birds', displayName: 'Birds' }],
  }
  const id = await remoteStatus(t, carol, data)
  expect(await remoteStatus(t, carol, data)).toBe(id)
  expect(await loadStatusView(t.db, null, id)).toMatchObject({
    content: '<p>Hi</p>',
    createdAt: publishedAt,
    account: { acct: 'carol@remote.test', statusesCount: 1 },
  })
  expect(Math.abs(timeOfId(id).getTime() - publishedAt.getTime())).toBeLessThan(1_000)
})

test('the same status in two jobs at once is one status', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const ids = await Promise.all(Array.from({ length: 4 }, () => remoteStatus(t, carol, { uri, mentionedIds: [alice] })))
  expect(new Set(ids).size).toBe(1)
  expect((await loadNotificationPage(t.db, alice, {}, { limit: 10 })).views).toHaveLength(1)
})

test('a reply that names the page of its parent finds it, also when both are stored at once', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const url = 'https://remote.test/@carol/1'
  const reply = await t.db.transaction(async (tx) => {
    await remoteStatus({ ...t, db: tx } as never, carol, { uri, url })
    const storing = remoteStatus(t, carol, { uri: 'https://remote.test/statuses/2', inReplyToUri: url })
    await setTimeout(300)
    return { storing }
  })
  const { rows } = await t.db.execute(
    sql`select p.uri from statuses s join statuses p on p.id = s.in_reply_to_id where s.id = ${await reply.storing}`,
  )
  expect(rows).toEqual([{ uri }])
})

test('a newer edit changes the text, and no edit changes the audience', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const id = await remoteStatus(t, carol, { uri, visibility: 'private', publishedAt: new Date('2025-03-01T10:00:00Z') })
  const edit = (content: string, minute: number) =>
    remoteStatus(t, carol, { uri, content, visibility: 'public', editedAt: new Date(`2025-03-01T10:0${minute}:00Z`) })
  await edit('<p>Second</p>', 5)
  await edit('<p>First</p>', 3)
  expect(await loadStatusView(t.db, carol, id)).toMatchObject({ content: '<p>Second</p>', visibility: 'private' })
  expect(await loadStatusView(t.db, null, id)).toBeUndefined()
})

test('an older copy changes neither the quote policy of a status nor its quote', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const quoted = t.app.uris.status(await status(t, alice))
  const copy = (minute: number, more: Partial<RemoteStatus>) =>
    remoteStatus(t, carol, {
      uri,
      publishedAt: new Date('2025-03-01T10:00:00Z'),
      editedAt: new Date(`2025-03-01T10:0${minute}:00Z`),
      ...more,
    })
  const nobody = { automatic: [], manual: [] }
  const id = await copy(5, { quotePolicy: nobody, quote: null })
  await copy(3, { quotePolicy: { automatic: ['public'], manual: [] }, quote: { uri: quoted, approvalUri: null } })
  expect(await loadStatusView(t.db, null, id)).toMatchObject({ quoteAutomatic: [], quote: null })

  // A newer copy changes the quote policy without an edit.
  await copy(5, { quotePolicy: { automatic: ['public'], manual: [] } })
  expect(await loadStatusView(t.db, null, id)).toMatchObject({ quoteAutomatic: ['public'] })
})

test('another account’s status can’t be replaced by its URI', async () => {
  await using t = await database()
  const [carol, mallory] = [await remoteAccount(t, 'carol'), await remoteAccount(t, 'mallory')]
  const id = await remoteStatus(t, carol, { uri })
  await expect(
    remoteStatus(t, mallory, { uri, content: 'mine', editedAt: new Date(Date.now() + 60_000) }),
  ).rejects.toMatchObject({ code: 'not_permitted' })
  await t.db.transaction((tx) => receiveDelete(tx, 'https://remote.test/users/mallory', uri))
  expect(await loadStatusView(t.db, null, id)).toBeTruthy()
})

test('a Delete removes a status for good, also when it arrives before the Create', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const id = await remoteStatus(t, carol, { uri })
  await t.db.transaction((tx) => receiveDelete(tx, 'https://remote.test/users/carol', uri))
  expect(await loadStatusView(t.db, null, id)).toBeUndefined()
  await expect(remoteStatus(t, carol, { uri })).rejects.toThrow('not taken')

  const unseen = 'https://remote.test/statuses/2'
  await t.db.transaction((tx) => receiveDelete(tx, 'https://remote.test/users/carol', unseen))
  await expect(remoteStatus(t, carol, { uri: unseen })).rejects.toThrow('not taken')
})

test('a reply is linked to its parent in either order of arrival, and missing parents are fetched', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const own = await status(t, alice)
  await forgetJobs(t)
  const reply = await remoteStatus(t, carol, { inReplyToUri: t.app.uris.status(own) })
  expect(await loadStatusView(t.db, null, reply)).toMatchObject({ inReplyToId: own, inReplyToAccountId: alice })
  expect(await loadStatusView(t.db, null, own)).toMatchObject({ repliesCount: 1 })
  expect(await t.jobs()).toEqual([])

  const orphan = await remoteStatus(t, carol, { inReplyToUri: uri })
  expect(await t.jobPayloads('ancestors')).toEqual([{ statusId: orphan, uri, depth: 1, fetchesLeft: 100 }])
  const parent = await remoteStatus(t, carol, { uri })
  expect(await loadStatusView(t.db, null, orphan)).toMatchObject({ inReplyToId: parent })
  expect(await loadStatusView(t.db, null, parent)).toMatchObject({ repliesCount: 1 })
})

test('an edit removes the hashtags that its text no longer has', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const tag = (name: string) => [{ name, displayName: name }]
  const id = await remoteStatus(t, carol, { uri, tags: tag('old'), publishedAt: new Date('2025-03-01T10:00:00Z') })
  await remoteStatus(t, carol, { uri, tags: tag('new'), editedAt: new Date('2025-03-01T11:00:00Z') })
  expect((await loadStatusView(t.db, null, id))?.tags.map(({ name }) => name)).toEqual(['new'])
})

test('a reply by a blocked account is not linked to the thread, in either order of arrival', async () => {
  await using t = await database()
  const [alice, mallory] = [await localAccount(t, 'alice'), await remoteAccount(t, 'mallory')]
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, mallory))
  const own = await status(t, alice)
  await forgetJobs(t)
  const reply = await remoteStatus(t, mallory, { inReplyToUri: t.app.uris.status(own) })
  expect(await loadStatusView(t.db, null, own)).toMatchObject({ repliesCount: 0 })
  expect(await loadStatusView(t.db, null, reply)).toMatchObject({ inReplyToId: null })
  expect(await t.jobs()).toEqual([])

  const carol = await remoteAccount(t, 'carol')
  await t.db.transaction((tx) => block(tx, t.app.uris, carol, mallory))
  await remoteStatus(t, mallory, { inReplyToUri: uri })
  const parent = await remoteStatus(t, carol, { uri })
  expect(await loadStatusView(t.db, null, parent)).toMatchObject({ repliesCount: 0 })
})

test('a Delete and its Create at the same time leave nothing', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  for (let i = 0; i < 10; i++) {
    const each = `${uri}/${i}`
    await Promise.allSettled([
      remoteStatus(t, carol, { uri: each }),
      t.db.transaction((tx) => receiveDelete(tx, 'https://remote.test/users/carol', each)),
    ])
    expect((await statusByUri(t.db, each))?.deletedAt).not.toBeNull()
  }
})

test('a reply that is stored while its thread is merged into another one is in the merged thread', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const middle = await remoteStatus(t, carol, { uri: 'https://remote.test/middle', inReplyToUri: uri })
  const input = await prepareStatus(t.app, alice, { text: 'Me too', inReplyToId: middle })
  const [written, ended] = [Promise.withResolvers<StatusId>(), Promise.withResolvers<void>()]
  const writing = t.db.transaction(async (tx) => {
    written.resolve(await publishStatus(tx, t.app.uris, alice, input))
    await ended.promise
  })
  const reply = await written.promise
  const joining = remoteStatus(t, carol, { uri })
  await Promise.race([joining, setTimeout(500)])
  ended.resolve()
  await writing
  const root = await joining
  for (const id of [middle, reply]) expect((await visibleStatus(t.db, null, id)).threadId).toBe(root)
  const later = await status(t, alice, { text: 'And so on', inReplyToId: reply })
  expect((await visibleStatus(t.db, null, later)).threadId).toBe(root)
})

test('a reply and its parent find each other when they are stored at the same moment', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const pairs = Array.from({ length: 8 }, (_, i) => `${uri}-${i}`)
  const replies = await Promise.all(
    pairs.flatMap((parent) => [
      remoteStatus(t, carol, { inReplyToUri: parent }),
      remoteStatus(t, carol, { uri: parent }),
    ]),
  )
  for (const [i, parent] of pairs.entries()) {
    const view = await loadStatusView(t.db, null, replies[2 * i]!)
    expect(view).toMatchObject({ inReplyToId: (await statusByUri(t.db, parent))?.id })
    expect(await loadStatusView(t.db, null, view!.inReplyToId!)).toMatchObject({
      repliesCount: 1,
      threadId: view!.threadId,
    })
  }
})

test('an edit can narrow the audience, but not widen it', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice'), await remoteAccount(t, 'carol')]
  const edited = (minutes: number) => ({ publishedAt: new Date(0), editedAt: new Date(minutes * 60_000) })
  const id = await remoteStatus(t, carol, { uri, publishedAt: new Date(0) })
  await remoteStatus(t, carol, { uri, visibility: 'private', content: '<p>For few</p>', ...edited(1) })
  expect(await loadStatusView(t.db, null, id)).toBeUndefined()
  expect(await loadStatusView(t.db, carol, id)).toMatchObject({ visibility: 'private', account: { statusesCount: 0 } })
  await makeFollow(t, alice, carol)
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({ content: '<p>For few</p>' })
  await remoteStatus(t, carol, { uri, visibility: 'public', content: '<p>For all</p>', ...edited(2) })
  expect(await loadStatusView(t.db, null, id)).toBeUndefined()
})
