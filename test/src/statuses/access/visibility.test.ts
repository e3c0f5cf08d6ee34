/** The whole matrix of viewers and visibilities against the rule in words; then every reader of statuses against the matrix. */
import { and, eq, inArray } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { statuses, type Visibility, visibilities } from '#src/platform/db/schema/statuses.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { accountTimeline } from '#src/reading/timelines/account.ts'
import { homeTimeline } from '#src/reading/timelines/home.ts'
import { publicTimeline, tagTimeline } from '#src/reading/timelines/public.ts'
import { block } from '#src/relationships/block.ts'
import { mute } from '#src/relationships/mute.ts'
import { visibleTo } from '#src/statuses/access/visibility.ts'
import { visibleStatus, visibleStatusByUrl } from '#src/statuses/find.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { thread } from '#src/statuses/threads/thread.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { localAccount, makeFollow, remoteAccount, status, suspend } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

/** How each kind of viewer stands to the author, and which visibilities it may read. `any` names those that need nothing. */
const open: Visibility[] = ['public', 'unlisted']
const all: Visibility[] = [...visibilities]
const viewers: Record<string, { sees: Visibility[] }> = {
  author: { sees: all },
  mentioned: { sees: all },
  follower: { sees: ['public', 'unlisted', 'private'] },
  stranger: { sees: open },
  nobody: { sees: open },
  blocked: { sees: [] },
  blocking: { sees: [] },
  muting: { sees: open },
  mutedFollower: { sees: ['public', 'unlisted', 'private'] },
  mentionedButBlocked: { sees: [] },
}

let t: TestDatabase
const ids: Record<string, AccountId | null> = { nobody: null }
const posted: Record<Visibility, StatusId> = {} as Record<Visibility, StatusId>

beforeAll(async () => {
  t = await database()
  for (const name of Object.keys(viewers)) {
    if (name !== 'nobody') ids[name] = await localAccount(t, name.toLowerCase())
  }
  const { author, follower, blocked, blocking, muting, mutedFollower, mentionedButBlocked } = ids as Record<
    string,
    AccountId
  >
  await makeFollow(t, follower!, author!)
  await makeFollow(t, mutedFollower!, author!)
  for (const visibility of visibilities)
    posted[visibility] = await status(t, author!, {
      text: '@mentioned @mentionedbutblocked see this #thing',
      visibility,
    })
  await t.db.transaction(async (tx) => {
    await block(tx, t.app.uris, author!, blocked!)
    await block(tx, t.app.uris, author!, mentionedButBlocked!)
    await block(tx, t.app.uris, blocking!, author!)
    await mute(tx, muting!, author!)
    await mute(tx, author!, mutedFollower!)
  })
})
afterAll(() => t[Symbol.asyncDispose]())

describe.each(Object.entries(viewers))('%s', (name, { sees }) => {
  test.each(visibilities)('and a %s status', async (visibility) => {
    const viewer = ids[name] ?? null
    const id = posted[visibility]
    const may = sees.includes(visibility)

    const rows = await t.db
      .select({ id: statuses.id })
      .from(statuses)
      .where(visibleTo(viewer))
      .then((found) => found.map((row) => row.id))
    expect(rows.includes(id)).toBe(may)
    expect((await loadStatusViews(t.db, viewer, [id])).length).toBe(may ? 1 : 0)
    expect(await visibleStatusByUrl(t.db, t.app.uris, viewer, t.app.uris.status(id))).toBe(may ? id : null)
    expect(await outcome(visibleStatus(t.db, viewer, id))).toBe(may ? 'seen' : 'not_found')
    expect(await outcome(thread(t.db, viewer, id))).toBe(may ? 'seen' : 'not_found')

    const page = { limit: 40 }
    expect((await accountTimeline(t.db, viewer, ids['author']!, {}, page)).includes(id)).toBe(may)
    const isMuting = name === 'muting'
    expect((await publicTimeline(t.db, viewer, {}, page)).includes(id)).toBe(
      may && visibility === 'public' && !isMuting,
    )
    expect((await tagTimeline(t.db, viewer, 'thing', {}, page)).includes(id)).toBe(
      may && visibility === 'public' && !isMuting,
    )
    const follows = ['follower', 'mutedFollower', 'author'].includes(name)
    const home = viewer ? await homeTimeline(t.db, viewer, page) : []
    expect(home.includes(id)).toBe(may && follows)
  })
})

const outcome = (reading: Promise<unknown>): Promise<string> =>
  reading.then(
    () => 'seen',
    (error: { code: string }) => error.code,
  )

test('nobody sees statuses of a suspended account, not even the author', async () => {
  await using d = await database()
  const author = await localAccount(d, 'alice')
  const fan = await localAccount(d, 'bob')
  await makeFollow(d, fan, author)
  const id = await status(d, author)
  await d.db.transaction((tx) => reblog(tx, d.app.uris, fan, id))
  await suspend(d, author)

  for (const viewer of [null, fan, author]) {
    expect(await d.db.select().from(statuses).where(visibleTo(viewer))).toEqual([])
  }
})

test('a boost is visible only to viewers who may see the boosted status', async () => {
  await using d = await database()
  const [author, fan, stranger] = [
    await localAccount(d, 'alice'),
    await localAccount(d, 'bob'),
    await localAccount(d, 'carol'),
  ]
  await makeFollow(d, fan, author)
  const id = await status(d, author, { visibility: 'private' })
  const boost = await d.db.transaction((tx) => reblog(tx, d.app.uris, author, id))

  const sees = async (viewer: AccountId | null) =>
    (await d.db.select({ id: statuses.id }).from(statuses).where(visibleTo(viewer))).map((row) => row.id).sort()
  expect(await sees(fan)).toEqual([boost, id].sort())
  expect(await sees(stranger)).toEqual([])
  expect(await sees(null)).toEqual([])

  // A block between reader and boosted author hides the boost by a third person, too.
  const open = await status(d, author)
  const byFan = await d.db.transaction((tx) => reblog(tx, d.app.uris, fan, open))
  await d.db.transaction((tx) => block(tx, d.app.uris, author, stranger))
  expect(await sees(stranger)).toEqual([])
  expect(
    await d.db
      .select()
      .from(statuses)
      .where(inArray(statuses.id, [byFan])),
  ).toHaveLength(1)
  expect(await d.db.select().from(statuses).where(eq(statuses.id, open))).toHaveLength(1)
})

test('a held or local-only post is visible only to the local accounts that would see it anyway', async () => {
  await using d = await database()
  const author = await localAccount(d, 'alice')
  const local = {
    follower: await localAccount(d, 'bob'),
    mentioned: await localAccount(d, 'carol'),
    stranger: await localAccount(d, 'dave'),
    blocked: await localAccount(d, 'erin'),
  }
  const remote = { follower: await remoteAccount(d, 'rita'), mentioned: await remoteAccount(d, 'rob') }
  await makeFollow(d, local.follower, author)
  await makeFollow(d, remote.follower, author)
  await d.db.transaction((tx) => block(tx, d.app.uris, author, local.blocked))
  const sees = async (viewer: AccountId | null, id: StatusId) =>
    (
      await d.db
        .select()
        .from(statuses)
        .where(and(eq(statuses.id, id), visibleTo(viewer)))
    ).length === 1
  const expected: Record<Visibility, (keyof typeof local)[]> = {
    public: ['follower', 'mentioned', 'stranger'],
    unlisted: ['follower', 'mentioned', 'stranger'],
    private: ['follower', 'mentioned'],
    direct: ['mentioned'],
  }
  for (const visibility of visibilities)
    for (const staying of ['held_until = now()', 'is_local_only = true', null]) {
      const id = await status(d, author, { text: '@carol @rob@remote.test see', visibility })
      if (staying) await d.db.execute(`update statuses set ${staying} where id = ${id}`)
      const kind = `${visibility} ${staying}`
      expect([kind, await sees(author, id)]).toEqual([kind, true])
      for (const [name, viewer] of Object.entries(local))
        expect([kind, name, await sees(viewer, id)]).toEqual([kind, name, expected[visibility].includes(name as never)])
      for (const [name, viewer] of Object.entries(remote))
        expect([kind, name, await sees(viewer, id)]).toEqual([
          kind,
          name,
          !staying && expected[visibility].includes(name as never),
        ])
      expect([kind, await sees(null, id)]).toEqual([kind, !staying && open.includes(visibility)])
    }
})
