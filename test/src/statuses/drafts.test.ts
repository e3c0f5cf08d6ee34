/** Drafts, threads that are published at once, and posts that become drafts again. */
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { cleanUp } from '#src/instance/clean-up.ts'
import { media } from '#src/platform/db/schema/media.ts'
import { drafts, statuses } from '#src/platform/db/schema/statuses.ts'
import { type AccountId, type MediaId, newId, type StatusId } from '#src/platform/ids.ts'
import {
  type DraftContent,
  type DraftPart,
  emptyContent,
  emptyPart,
  inputsOf,
  listDrafts,
  loadDraft,
  removeDraft,
  saveDraft,
} from '#src/statuses/drafts.ts'
import { prepareThread, publishThread } from '#src/statuses/publish-thread.ts'
import { redraft, redraftScheduled } from '#src/statuses/redraft.ts'
import { listScheduled, loadScheduled, publishScheduled, reschedule, scheduleStatus } from '#src/statuses/scheduled.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const content = (part: Partial<DraftPart> = {}, more: Partial<DraftContent> = {}): DraftContent => ({
  ...emptyContent,
  parts: [{ ...emptyPart, text: 'Once upon', ...part }],
  ...more,
})

/** Uploads a file, some days ago. */
async function upload(
  t: TestDatabase,
  accountId: AccountId,
  state: 'ready' | 'processing' = 'ready',
): Promise<MediaId> {
  const id = newId<MediaId>()
  const createdAt = new Date(Date.now() - 3 * 86_400_000)
  await t.db
    .insert(media)
    .values({ id, accountId, kind: 'image', mediaType: 'image/webp', file: `${id}.webp`, state, createdAt })
  return id
}
const save = (t: TestDatabase, who: AccountId, what: DraftContent, id?: Awaited<ReturnType<typeof saveDraft>>) =>
  t.db.transaction((tx) => saveDraft(tx, who, what, id))
const page = { limit: 20 }

test('a draft keeps its exact text, is visible only to its author, and stays until it is deleted', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  // Nothing of this could be published.
  const typed = content(
    { text: ' ', poll: { options: ['', 'a'], expiresInSeconds: 1, isMultiple: true, hidesTotals: false } },
    { visibility: 'direct', scheduledAt: 'soon', isLocalOnly: true },
  )
  const id = await save(t, alice, typed)
  expect((await loadDraft(t.db, alice, id)).content).toEqual(typed)
  await expect(loadDraft(t.db, bob, id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(save(t, bob, typed, id)).rejects.toMatchObject({ code: 'not_found' })
  await t.db.transaction((tx) => removeDraft(tx, bob, id))
  await save(t, alice, content({ text: 'Changed' }), id)
  const second = await save(t, alice, content({ text: 'Second\0' }))

  expect((await listDrafts(t.db, alice, page)).map((draft) => [draft.id, draft.content.parts[0]!.text])).toEqual([
    [second, 'Second'],
    [id, 'Changed'],
  ])
  expect(await listDrafts(t.db, bob, page)).toEqual([])
  await t.db.transaction((tx) => removeDraft(tx, alice, id))
  expect(await listDrafts(t.db, alice, page)).toHaveLength(1)
})

test('the files of a draft are kept, also files in processing, and no other post can use them', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [kept, dropped] = [await upload(t, alice, 'processing'), await upload(t, alice)]
  const theirs = await upload(t, await localAccount(t, 'bob'))
  const id = await save(t, alice, content({ mediaIds: [kept, dropped] }))
  await cleanUp(t.app)
  expect((await loadDraft(t.db, alice, id)).media.map((file) => file.id)).toEqual([kept, dropped])
  await expect(save(t, alice, content({ mediaIds: [kept] }))).rejects.toMatchObject({ code: 'unprocessable' })
  await expect(save(t, alice, content({ mediaIds: [theirs] }))).rejects.toMatchObject({ code: 'unprocessable' })
  await expect(status(t, alice, { mediaIds: [dropped] })).rejects.toMatchObject({ code: 'unprocessable' })

  await save(t, alice, content({ mediaIds: [kept] }), id)
  expect((await loadDraft(t.db, alice, id)).media.map((file) => file.id)).toEqual([kept])
  await status(t, alice, { mediaIds: [dropped] })
  await t.db.transaction((tx) => removeDraft(tx, alice, id))
  await cleanUp(t.app)
  expect((await t.db.select().from(media).where(eq(media.accountId, alice))).map((file) => file.id)).toEqual([dropped])
})

test('drafts have limits: their number, their size, and the posts of a thread', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await expect(save(t, alice, content({ text: 'x'.repeat(50_001) }))).rejects.toMatchObject({ code: 'invalid' })
  const parts = Array.from({ length: 21 }, () => emptyPart)
  await expect(save(t, alice, content({}, { parts }))).rejects.toMatchObject({ code: 'invalid' })
  await expect(save(t, alice, content({}, { parts: [] }))).rejects.toMatchObject({ code: 'invalid' })
  await t.db
    .insert(drafts)
    .values(Array.from({ length: 300 }, () => ({ id: newId<never>(), accountId: alice, content: content() })))
  await expect(save(t, alice, content())).rejects.toMatchObject({ code: 'invalid' })
})

test('publishing a draft of several posts makes a thread with its files, and deletes the draft', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const file = await upload(t, alice)
  const parent = await status(t, alice, { text: 'Before' })
  const id = await save(
    t,
    alice,
    content(
      {},
      {
        parts: [
          { ...emptyPart, text: 'One' },
          { ...emptyPart, text: 'Two', mediaIds: [file] },
          { ...emptyPart, text: 'Three', spoilerText: 'End' },
        ],
        visibility: 'unlisted',
        inReplyToId: parent,
      },
    ),
  )
  const publish = async () => {
    const [first, ...more] = inputsOf((await loadDraft(t.db, alice, id)).content)
    const prepared = await prepareThread(t.app, alice, [{ ...first!, idempotencyKey: 'k' }, ...more])
    return () =>
      t.db.transaction(async (tx) => {
        await removeDraft(tx, alice, id)
        return publishThread(tx, t.app.uris, alice, prepared)
      })
  }
  const send = await publish()
  const ids = await send()
  // The form was sent twice.
  expect(await send()).toEqual(ids)
  const views = await Promise.all(ids.map((one) => loadStatusView(t.db, alice, one)))
  expect(views.map((view) => [view!.text, view!.inReplyToId, view!.visibility, view!.media.length])).toEqual([
    ['One', parent, 'unlisted', 0],
    ['Two', ids[0], 'unlisted', 1],
    ['Three', ids[1], 'unlisted', 0],
  ])
  expect(await listDrafts(t.db, alice, page)).toEqual([])
})

test('a thread is published as a whole, or not at all', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const prepared = await prepareThread(t.app, alice, [{ text: 'Fine' }, { text: 'Lost', mediaIds: ['77' as MediaId] }])
  await expect(t.db.transaction((tx) => publishThread(tx, t.app.uris, alice, prepared))).rejects.toMatchObject({
    code: 'unprocessable',
  })
  expect(await t.db.select().from(statuses)).toEqual([])
  await expect(prepareThread(t.app, alice, [{ text: 'Fine' }, { text: '' }])).rejects.toMatchObject({ code: 'invalid' })
})

test('a thread that begins with a reply that waits for consent is refused with a reason', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const parent = await status(t, bob, { interactionPolicy: { reply: { automatic: [], manual: ['public'] } } })
  const refusal = { code: 'invalid', message: expect.stringContaining('Publish the first post alone') }
  const inputs = [{ text: 'One', inReplyToId: parent }, { text: 'Two' }]
  const prepared = await prepareThread(t.app, alice, inputs)
  await expect(t.db.transaction((tx) => publishThread(tx, t.app.uris, alice, prepared))).rejects.toMatchObject(refusal)
  await expect(schedule(t, alice, inputs)).rejects.toMatchObject(refusal)
  expect(await t.db.select().from(statuses)).toHaveLength(1)
  // Alone, it waits.
  expect(await t.db.transaction((tx) => publishThread(tx, t.app.uris, alice, prepared.slice(0, 1)))).toHaveLength(1)
})

test('deleting and redrafting a post keeps everything that it had', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const parent = await status(t, alice, { text: 'Before' })
  const files = [await upload(t, alice), await upload(t, alice)]
  const first = await status(t, alice, {
    text: '**Look**',
    format: 'markdown',
    spoilerText: 'Birds',
    visibility: 'private',
    language: 'de',
    inReplyToId: parent,
    mediaIds: files.toReversed(),
    isLocalOnly: true,
  })
  const poll = await status(t, alice, {
    text: 'Which?',
    quotePolicy: 'followers',
    poll: { options: ['a', 'b'], expiresInSeconds: 3_600, isMultiple: true, hidesTotals: true },
  })
  const quote = await status(t, alice, { text: 'As I said', quotedStatusId: parent, quotePolicy: 'nobody' })
  const again = async (id: StatusId) => {
    const draft = await t.db.transaction((tx) => redraft(tx, alice, id))
    expect(await loadStatusView(t.db, alice, id)).toBeUndefined()
    return loadDraft(t.db, alice, draft)
  }

  expect((await again(first)).content).toEqual({
    ...emptyContent,
    parts: [{ ...emptyPart, text: '**Look**', spoilerText: 'Birds', isSensitive: true, mediaIds: files.toReversed() }],
    format: 'markdown',
    visibility: 'private',
    language: 'de',
    inReplyToId: parent,
    quotePolicy: 'nobody',
    interactionPolicy: {},
    isLocalOnly: true,
  })
  expect((await again(poll)).content).toMatchObject({
    parts: [{ poll: { options: ['a', 'b'], expiresInSeconds: 3_600, isMultiple: true, hidesTotals: true } }],
    quotePolicy: 'followers',
  })
  expect((await again(quote)).content).toMatchObject({ quotedStatusId: parent, quotePolicy: 'nobody' })
  // The files survive the deletion.
  await cleanUp(t.app)
  expect(await t.db.select().from(media)).toHaveLength(2)
})

test('people can redraft only their own posts, and no boosts', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const id = await status(t, alice)
  await expect(t.db.transaction((tx) => redraft(tx, bob, id))).rejects.toMatchObject({ code: 'not_found' })
  expect(await loadStatusView(t.db, alice, id)).toBeDefined()
})

const inAnHour = () => new Date(Date.now() + 3_600_000)
async function schedule(t: TestDatabase, who: AccountId, inputs: Parameters<typeof prepareThread>[2]) {
  const prepared = await prepareThread(t.app, who, inputs)
  const [first, ...more] = inputs.map((input, i) => ({ input, draft: prepared[i]! }))
  const made = await t.db.transaction((tx) => scheduleStatus(tx, who, inAnHour(), first!, more))
  return 'scheduledId' in made ? made.scheduledId : null
}
const makeDue = (t: TestDatabase) => t.db.execute(sql`update scheduled_statuses set scheduled_at = now()`)

test('a thread is scheduled with all of its files, and published whole', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const file = await upload(t, alice)
  const id = (await schedule(t, alice, [{ text: 'One' }, { text: 'Two', mediaIds: [file] }]))!
  await cleanUp(t.app)
  expect(await loadScheduled(t.db, alice, id)).toMatchObject({
    params: { text: 'One' },
    further: [{ text: 'Two' }],
    media: [{ id: file }],
  })
  await makeDue(t)
  await publishScheduled(t.app, id)
  const rows = await t.db.select().from(statuses).orderBy(statuses.id)
  expect(rows.map(({ text, inReplyToId }) => [text, inReplyToId])).toEqual([
    ['One', null],
    ['Two', rows[0]!.id],
  ])
})

test('a scheduled post that can’t be published shows the reason, until it gets another time', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const parent = await status(t, alice)
  const id = (await schedule(t, alice, [{ text: 'Well', inReplyToId: parent }]))!
  await t.db.execute(sql`update statuses set deleted_at = now()`)
  await makeDue(t)
  await expect(publishScheduled(t.app, id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await listScheduled(t.db, alice, page)).toMatchObject([
    { failure: 'Record not found', params: { text: 'Well' } },
  ])
  await t.db.transaction((tx) => reschedule(tx, alice, id, inAnHour()))
  expect(await listScheduled(t.db, alice, page)).toMatchObject([{ failure: null }])
})

test('a scheduled post becomes a draft again, with its time in the author’s zone', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  await t.db.execute(sql`update users set time_zone = 'Asia/Tokyo'`)
  const file = await upload(t, alice)
  const id = (await schedule(t, alice, [{ text: 'One', visibility: 'unlisted', mediaIds: [file] }, { text: 'Two' }]))!
  await t.db.execute(sql`update scheduled_statuses set scheduled_at = '2030-01-01T15:30:00Z'`)
  const draft = await t.db.transaction((tx) => redraftScheduled(tx, alice, id))
  expect(await loadDraft(t.db, alice, draft)).toMatchObject({
    content: {
      parts: [{ text: 'One', mediaIds: [file] }, { text: 'Two' }],
      visibility: 'unlisted',
      scheduledAt: '2030-01-02T00:30',
    },
    media: [{ id: file }],
  })
  expect(await listScheduled(t.db, alice, page)).toEqual([])
})

test('a policy survives drafts, redrafting and scheduling', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const policy = {
    quotePolicy: 'nobody' as const,
    quoteManual: ['followers' as const],
    interactionPolicy: { reply: { automatic: ['followers'], manual: ['public'] } },
  }
  const [input] = inputsOf(content({}, policy))
  const id = await status(t, alice, input!)
  const draftId = await t.db.transaction((tx) => redraft(tx, alice, id))
  expect((await loadDraft(t.db, alice, draftId)).content).toMatchObject(policy)

  const everybody = await status(t, alice, { text: 'For all', interactionPolicy: null })
  const open = await t.db.transaction((tx) => redraft(tx, alice, everybody))
  expect(inputsOf((await loadDraft(t.db, alice, open)).content)[0]).toMatchObject({ interactionPolicy: {} })
})
