import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { loadAccountViews } from '#src/accounts/views.ts'
import { addEmoji } from '#src/media/emojis/manage.ts'
import { storeUpload } from '#src/media/upload.ts'
import { parseActor } from '../../federation/parse/actor.ts'
import { parseNote } from '../../federation/parse/note.ts'
import { localAccount, status } from '../cast.ts'
import { photo, png } from '../media.ts'
import { scene } from './setup.ts'

const json = { headers: { accept: 'application/activity+json' } }

test('attachments are sent with type, size and description', async () => {
  await using s = await scene()
  const alice = await localAccount(s.t, 'alice')
  const path = join(s.t.app.config.dataDir, 'upload')
  await writeFile(path, await photo())
  const first = await storeUpload(s.t.app, alice, { path, description: 'A flag', focus: { x: 0.5, y: -0.5 } })
  await writeFile(path, await png())
  const second = await storeUpload(s.t.app, alice, { path })
  await s.t.db.execute(
    sql`update media set kind = 'video', media_type = 'video/mp4', file = ${`${'a'.repeat(32)}.mp4`}, duration_seconds = 1.5 where id = ${second}`,
  )
  const id = await status(s.t, alice, { mediaIds: [second, first] })

  const note = await (await s.routes.request(s.t.app.uris.status(id), json)).json()
  expect(note.attachment).toEqual([
    expect.objectContaining({
      type: 'Document',
      mediaType: 'video/mp4',
      name: null,
      duration: 'PT1.5S',
      icon: { type: 'Image', mediaType: 'image/webp', url: expect.stringMatching(/\.webp$/) },
    }),
    {
      type: 'Document',
      mediaType: 'image/jpeg',
      url: expect.stringMatching(/^https:\/\/pipit\.test\/media\/[0-9a-f]{32}\.jpg$/),
      name: 'A flag',
      summary: 'A flag',
      width: 40,
      height: 60,
      blurhash: expect.any(String),
      focalPoint: [0.5, -0.5],
    },
  ])
  expect(parseNote(note)?.media).toMatchObject([
    { kind: 'video' },
    { kind: 'image', description: 'A flag', width: 40, height: 60, focus: { x: 0.5, y: -0.5 } },
  ])
})

test('custom emojis of posts and names are sent along, and can be fetched', async () => {
  await using s = await scene()
  const { app } = s.t
  const alice = await localAccount(s.t, 'alice')
  await addEmoji(app, { shortcode: 'cat', image: await png() })
  await s.t.db.execute(sql`update accounts set display_name = 'Alice :cat:' where id = ${alice}`)
  const id = await status(s.t, alice, { text: 'A :cat: and :nothing:' })

  const note = await (await s.routes.request(app.uris.status(id), json)).json()
  const tag = {
    id: 'https://pipit.test/ap/emojis/cat',
    type: 'Emoji',
    name: ':cat:',
    updated: expect.any(String),
    icon: { type: 'Image', mediaType: 'image/webp', url: expect.stringMatching(/\.webp$/) },
  }
  expect(note.tag).toEqual([tag])
  expect(await (await s.routes.request(tag.id, json)).json()).toMatchObject(tag)
  expect((await s.routes.request('https://pipit.test/ap/emojis/dog', json)).status).toBe(404)
  const actor = await (await s.routes.request(app.uris.account(alice), json)).json()
  expect(actor.tag).toEqual([tag])
  expect(parseNote(note)?.emojis).toEqual([{ shortcode: 'cat', url: note.tag[0].icon.url }])
  expect(parseActor(actor)?.emojis).toEqual([{ shortcode: 'cat', url: note.tag[0].icon.url }])
  expect((await loadAccountViews(s.t.db, [alice]))[0]?.emojis).toHaveLength(1)
})

test('emojis that can’t be shown are left out', () => {
  const emoji = (more: object) => ({
    type: 'Emoji',
    name: ':cat:',
    icon: { type: 'Image', url: 'https://a.test/cat.png' },
    ...more,
  })
  const tag = [
    emoji({}),
    emoji({ name: 'dog' }),
    emoji({ name: ':two words:' }),
    emoji({ name: ':x:', icon: { url: 'javascript:alert(1)' } }),
    emoji({ name: ':y:', icon: null }),
    emoji({ name: 7 }),
    emoji({ type: 'Hashtag' }),
  ]
  const note = parseNote({
    id: 'https://a.test/1',
    type: 'Note',
    attributedTo: 'https://a.test/users/a',
    content: 'Hi',
    to: [],
    tag,
  })
  expect(note?.emojis).toEqual([
    { shortcode: 'cat', url: 'https://a.test/cat.png' },
    { shortcode: 'dog', url: 'https://a.test/cat.png' },
  ])
})
