import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { changeAttachment } from '#src/media/attachments.ts'
import { storeUpload } from '#src/media/upload.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, MediaId } from '#src/platform/ids.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { localAccount, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

async function picture(t: TestDatabase, account: AccountId): Promise<MediaId> {
  const path = join(t.app.config.dataDir, `${crypto.randomUUID()}.png`)
  await writeFile(
    path,
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a64' } })
      .png()
      .toBuffer(),
  )
  return storeUpload(t.app, account, { path })
}

test('admins decide how many files a post may have', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const mediaIds = await Promise.all(Array.from({ length: 5 }, () => picture(t, alice)))
  await expect(status(t, alice, { mediaIds })).rejects.toMatchObject({ message: 'Cannot attach more than 4 files' })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { maxMediaAttachments: 5 }))
  const id = await status(t, alice, { mediaIds })
  expect((await loadStatusView(t.db, null, id))?.media.map((file) => file.id)).toEqual(mediaIds)
  await expect(t.db.transaction((tx) => saveSettings(tx, commandLine, { maxMediaAttachments: 17 }))).rejects.toThrow(
    '16',
  )
})

test('a person who requires descriptions can’t post a file without one, nor edit one in', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice')
  const [first, second] = [await picture(t, alice), await picture(t, alice)]
  await t.db.transaction((tx) => savePreferences(tx, alice, { descriptionRule: 'require' }))
  const refusal = { code: 'invalid', message: expect.stringContaining('require a description') }
  await expect(status(t, alice, { mediaIds: [first] })).rejects.toMatchObject(refusal)
  await changeAttachment(t.app, alice, first, { description: 'A brown square' })
  const id = await status(t, alice, { mediaIds: [first] })

  const edit = { text: 'Two', mediaIds: [first, second] }
  await expect(editStatus(t.app, alice, id, edit)).rejects.toMatchObject(refusal)
  await editStatus(t.app, alice, id, { ...edit, fileChanges: [{ id: second, description: 'Another' }] })
  expect((await loadStatusView(t.db, null, id))?.media.map((file) => file.description)).toEqual([
    'A brown square',
    'Another',
  ])
})
