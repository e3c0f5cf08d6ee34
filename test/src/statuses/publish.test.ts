import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { block } from '#src/relationships/block.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { favourite, unfavourite } from '#src/statuses/interactions/favourite.ts'
import { reblog, unreblog } from '#src/statuses/interactions/reblog.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, makeFollow, remoteAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const noticesOf = async (t: TestDatabase, account: AccountId) =>
  (await loadNotificationPage(t.db, account, {}, { limit: 20 })).views.map(
    ({ type, account: from }) => `${type} by ${from.username}`,
  )
const countsOf = async (t: TestDatabase, account: AccountId) => (await loadAccountViews(t.db, [account]))[0]!

test('a new status is stored with its text, mentions, hashtags, counters and jobs in one transaction', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await forgetJobs(t)
  const id = await status(t, alice, {
    text: 'Hello @bob, about #Birds and https://example.com/a',
    spoilerText: 'Feathers',
    language: 'en',
  })

  const view = await loadStatusView(t.db, null, id)
  expect(view).toMatchObject({
    spoilerText: 'Feathers',
    isSensitive: true,
    language: 'en',
    visibility: 'public',
    uri: `https://pipit.test/ap/statuses/${id}`,
    url: `https://pipit.test/@alice/${id}`,
    mentions: [{ username: 'bob', acct: 'bob' }],
    tags: [{ name: 'birds', displayName: 'Birds' }],
  })
  expect(view?.content).toContain('<a href="https://pipit.test/@bob" class="u-url mention">@<span>bob</span></a>')
  expect(view?.content).toContain('https://pipit.test/tags/birds')
  expect((await countsOf(t, alice)).statusesCount).toBe(1)
  expect(await noticesOf(t, bob)).toEqual(['mention by alice'])
  expect((await t.jobs()).sort()).toEqual(['card', 'federate', 'mention-mail'])
})

test('a failed transaction leaves neither status nor jobs', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await forgetJobs(t)
  const draft = await prepareStatus(t.app, alice, { text: 'Never said' })
  await expect(
    t.db.transaction(async (tx) => {
      await publishStatus(tx, t.app.uris, alice, draft)
      throw new Error('The plug was pulled')
    }),
  ).rejects.toThrow('The plug was pulled')
  expect(await t.jobs()).toEqual([])
  expect(await t.db.select().from(statuses)).toEqual([])
})

test('one idempotency key makes one status, also for concurrent requests', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const ids = await Promise.all(
    Array.from({ length: 4 }, () => status(t, alice, { text: 'Once', idempotencyKey: 'k' })),
  )
  expect(new Set(ids).size).toBe(1)
  expect(await status(t, bob, { text: 'Once', idempotencyKey: 'k' })).not.toBe(ids[0])
})

test.each([
  ['no text', { text: '   ' }, 'invalid'],
  ['too much text', { text: 'a'.repeat(501) }, 'invalid'],
  ['a file that does not exist', { text: 'a', mediaIds: ['1' as never] }, 'unprocessable'],
])('a status with %s is refused', async (_, input, code) => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await expect(status(t, alice, input)).rejects.toMatchObject({ code })
})

test('an account can’t reply to a status that it may not see', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const hidden = await status(t, alice, { visibility: 'private' })
  await expect(status(t, bob, { inReplyToId: hidden })).rejects.toMatchObject({ code: 'not_found' })
})

test('an unknown mention is looked up on its server; without an account there it stays text', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const asked: string[] = []
  t.remote.account = async (handle) => {
    asked.push(handle)
    return handle === 'carol@remote.test' ? remoteAccount(t, 'carol') : null
  }
  const view = await loadStatusView(
    t.db,
    null,
    await status(t, alice, { text: 'Hi @Carol@remote.test and @ghost@nowhere.test' }),
  )
  expect(asked.sort()).toEqual(['carol@remote.test', 'ghost@nowhere.test'])
  expect(view?.mentions.map((mention) => mention.acct)).toEqual(['carol@remote.test'])
  expect(view?.content).toContain('@ghost@nowhere.test')
})

test('a thread has its ancestors and replies in order, and goes on past statuses that the viewer may not see', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const root = await status(t, alice)
  const first = await status(t, bob, { inReplyToId: root })
  const second = await status(t, bob, { inReplyToId: root })
  const deep = await status(t, alice, { inReplyToId: first })
  const hidden = await status(t, bob, { inReplyToId: first, visibility: 'private' })
  const below = await status(t, bob, { inReplyToId: hidden })

  expect(await thread(t.db, null, root)).toEqual({ ancestors: [], descendants: [first, deep, below, second] })
  expect(await thread(t.db, null, deep)).toEqual({ ancestors: [root, first], descendants: [] })
  expect((await loadStatusView(t.db, null, root))?.repliesCount).toBe(2)
  expect((await loadStatusView(t.db, null, first))?.repliesCount).toBe(1)
})

test('a favourite counts once, notifies the author, and can be undone, also after a block', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const id = await status(t, alice)
  for (let i = 0; i < 2; i++) await t.db.transaction((tx) => favourite(tx, bob, id))
  expect(await loadStatusView(t.db, bob, id)).toMatchObject({ favouritesCount: 1, favourited: true })
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({ favourited: false })
  expect(await noticesOf(t, alice)).toEqual(['favourite by bob'])

  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  await expect(t.db.transaction((tx) => favourite(tx, bob, id))).rejects.toMatchObject({ code: 'not_found' })
  await t.db.transaction((tx) => unfavourite(tx, bob, id))
  expect(await loadStatusView(t.db, alice, id)).toMatchObject({ favouritesCount: 0 })
})

test('repeated boosts are one status, and non-public statuses can’t be boosted', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  await makeFollow(t, bob, alice)
  const id = await status(t, alice)
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))
  expect(await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, boost))).toBe(boost)
  expect(await loadStatusView(t.db, bob, boost)).toMatchObject({ reblog: { id, reblogsCount: 1, reblogged: true } })

  await t.db.transaction((tx) => unreblog(tx, bob, id))
  expect(await loadStatusView(t.db, bob, boost)).toBeUndefined()
  expect(await loadStatusView(t.db, bob, id)).toMatchObject({ reblogsCount: 0, reblogged: false })
  // A boost that was taken back can be made again.
  expect(await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))).not.toBe(boost)

  for (const visibility of ['private', 'direct'] as const) {
    const hidden = await status(t, alice, { text: '@bob', visibility })
    await expect(t.db.transaction((tx) => reblog(tx, t.app.uris, bob, hidden))).rejects.toMatchObject({
      code: 'not_permitted',
    })
  }
})

test('deleting a status deletes its boosts, notifications and counts; only its author can delete it', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const parent = await status(t, bob)
  const id = await status(t, alice, { text: '@bob yes', inReplyToId: parent })
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))
  await t.db.transaction((tx) => favourite(tx, bob, id))
  await expect(t.db.transaction((tx) => deleteStatus(tx, bob, id))).rejects.toMatchObject({ code: 'not_found' })

  await t.db.transaction((tx) => deleteStatus(tx, alice, id))
  expect(await loadStatusView(t.db, alice, id)).toBeUndefined()
  expect(await loadStatusView(t.db, alice, boost)).toBeUndefined()
  expect(await noticesOf(t, bob)).toEqual([])
  expect(await noticesOf(t, alice)).toEqual([])
  expect((await countsOf(t, alice)).statusesCount).toBe(0)
  expect((await countsOf(t, bob)).statusesCount).toBe(1)
  expect(await loadStatusView(t.db, null, parent)).toMatchObject({ repliesCount: 0 })
  const [row] = await t.db.select().from(statuses).where(eq(statuses.id, id))
  expect(row).toMatchObject({ text: '', content: '' })
})

test('deleting a boost undoes it completely', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const id = await status(t, alice)
  const boost = await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id))
  await t.db.transaction((tx) => deleteStatus(tx, bob, boost))
  expect(await loadStatusView(t.db, bob, id)).toMatchObject({ reblogsCount: 0, reblogged: false })
  expect(await noticesOf(t, alice)).toEqual([])
  expect((await countsOf(t, bob)).statusesCount).toBe(0)
  expect((await t.jobPayloads('federate')).at(-1)?.event).toEqual({ type: 'reblog.removed', statusId: boost })
})
