/** Single files that staff remove from posts. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { storeUpload } from '#src/media/upload.ts'
import { liftStrike } from '#src/moderation/accounts/strike.ts'
import { removeFilesOf } from '#src/moderation/files.ts'
import { auditLog } from '#src/platform/db/schema/moderation.ts'
import { statuses } from '#src/platform/db/schema/statuses.ts'
import type { AccountId, MediaId, StatusId } from '#src/platform/ids.ts'
import { listStrikes } from '#src/reading/notifications/strikes.ts'
import { loadHistory } from '#src/statuses/views/history.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { forgetJobs, localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { mailbox } from '../../jobs/mailbox.ts'
import { runJobs } from '../../jobs/run.ts'

async function picture(t: TestDatabase, account: AccountId): Promise<MediaId> {
  const path = join(t.app.config.dataDir, `${crypto.randomUUID()}.png`)
  const image = sharp({ create: { width: 40, height: 30, channels: 3, background: '#a64' } })
  await writeFile(path, await image.png().toBuffer())
  return storeUpload(t.app, account, { path })
}

const filesOf = async (t: TestDatabase, id: StatusId) =>
  (await loadStatusView(t.db, null, id))?.media.map((file) => file.remoteUrl ?? file.id)

const remove = (t: TestDatabase, id: AccountId, files: MediaId[], text = '') =>
  t.db.transaction((tx) => removeFilesOf(tx, commandLine, id, files, { text }))

test('a file is gone from a post and its history; the post stays, and is sent as an edit', async () => {
  await using box = await mailbox()
  await using t = await database({ SMTP_URL: box.url, MAIL_FROM: 'pipit@pipit.test' })
  const alice = await localAccount(t, 'alice')
  const [bad, good] = [await picture(t, alice), await picture(t, alice)]
  const post = await status(t, alice, { text: 'Look', mediaIds: [bad, good] })
  await forgetJobs(t)
  expect(await remove(t, alice, [bad], 'Not this one')).toMatchObject({ statusIds: [post], count: 1 })
  expect(await filesOf(t, post)).toEqual([good])
  expect((await loadHistory(t.db, null, post)).map(({ media }) => media.map(({ id }) => id))).toEqual([[good], [good]])
  expect(await t.db.select().from(statuses).where(eq(statuses.id, post))).toMatchObject([
    { text: 'Look', hasMedia: true, editedAt: expect.any(Date), deletedAt: null },
  ])
  expect(await t.jobs()).toEqual(expect.arrayContaining(['federate', 'delete-files', 'strike-mail']))
  expect(await t.jobs()).not.toContain('edit-notices')
  expect(await t.db.select().from(auditLog).where(eq(auditLog.targetKind, 'status'))).toMatchObject([
    { action: 'removeFile', targetId: post },
  ])

  await runJobs(t)
  expect(box.mails[0]?.text).toContain('A moderator removed files from posts of yours. The posts stay.')
  expect(box.mails[0]?.text).toContain('> Not this one')
  expect(await listStrikes(t.db, alice, { limit: 5 })).toMatchObject([
    { action: 'delete_statuses', told: 'delete_files', statusIds: [post] },
  ])

  await remove(t, alice, [good])
  expect(await filesOf(t, post)).toEqual([])
  expect(await t.db.select().from(statuses).where(eq(statuses.id, post))).toMatchObject([{ hasMedia: false }])
})

test('a file of a remote post stays away when its server sends it again, until the strike is lifted', async () => {
  await using t = await database()
  const carol = await remoteAccount(t, 'carol')
  const media = ['bad', 'good'].map((name) => ({
    url: `https://remote.test/${name}.png`,
    mediaType: 'image/png',
    kind: 'image' as const,
    description: '',
    width: 4,
    height: 3,
    blurhash: null,
    focus: { x: 0, y: 0 },
  }))
  const uri = 'https://remote.test/statuses/1'
  const post = await remoteStatus(t, carol, { uri, media, publishedAt: new Date('2026-01-01T00:00:00Z') })
  const { rows } = await t.db.execute<{ id: MediaId }>(
    sql`select id::text as id from media where remote_url = ${media[0]!.url}`,
  )
  const { strikeId } = await remove(t, carol, [rows[0]!.id])
  expect(await filesOf(t, post)).toEqual([media[1]!.url])
  // Other servers have their own copies: nothing is sent.
  expect(await t.jobs()).not.toContain('federate')

  let edits = 0
  const edit = (content: string) =>
    remoteStatus(t, carol, { uri, content, media, editedAt: new Date(Date.now() + ++edits * 1_000) })
  await edit('<p>Another text</p>')
  expect(await filesOf(t, post)).toEqual([media[1]!.url])
  expect((await loadStatusView(t.db, null, post))?.content).toBe('<p>Another text</p>')
  await t.db.transaction((tx) => liftStrike(tx, commandLine, strikeId!))
  await edit('<p>Once more</p>')
  expect(await filesOf(t, post)).toEqual(media.map(({ url }) => url))
})

test('files are removed by staff above the account, and only from its own posts', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [mod, boss] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'boss', { role: 'admin' }),
  ]
  const [attached, free] = [await picture(t, alice), await picture(t, alice)]
  const post = await status(t, alice, { mediaIds: [attached] })
  const as = (by: AccountId, target: AccountId, ids: MediaId[]) =>
    t.db.transaction(async (tx) => removeFilesOf(tx, await staffMember(tx, by), target, ids))
  for (const [by, target, ids, code] of [
    [bob, alice, [attached], 'not_permitted'],
    [mod, boss, [attached], 'not_permitted'],
    [mod, bob, [attached], 'not_found'],
    // A file that no post shows is nobody's business.
    [mod, alice, [free], 'not_found'],
    [mod, alice, Array.from({ length: 101 }, () => attached), 'invalid'],
  ] as const)
    await expect(as(by, target, [...ids])).rejects.toMatchObject({ code })
  expect(await filesOf(t, post)).toEqual([attached])
  expect(await listStrikes(t.db, alice, { limit: 5 })).toEqual([])
})
