import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { addEmoji } from '#src/media/emojis/manage.ts'
import { storeUpload } from '#src/media/upload.ts'
import { newFileName } from '#src/platform/storage/names.ts'
import { openStorage } from '#src/platform/storage/open-storage.ts'
import { pages } from '../../web/app.tsx'
import { withEmojis } from '../../web/components/emoji.tsx'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { png } from '../media.ts'
import { visitor } from './visitor.ts'

test('ranges of a video are served, and browsers can revalidate files', async () => {
  await using t = await database()
  const name = newFileName('mp4')
  await t.app.storage.put(name, Buffer.from('0123456789'))
  const someone = visitor(pages(t.app))
  const ask = (headers: Record<string, string>) => someone.get(`/media/${name}`, headers)
  const parts = [
    ['bytes=0-0', '0', '0-0'],
    ['bytes=5-', '56789', '5-9'],
    ['bytes=-2', '89', '8-9'],
    ['bytes=8-99', '89', '8-9'],
  ] as const
  for (const [range, text, part] of parts) {
    const { status: code, html, headers } = await ask({ Range: range })
    expect([range, code, html, headers.get('Content-Range'), headers.get('Content-Length')]).toEqual([
      range,
      206,
      text,
      `bytes ${part}/10`,
      String(text.length),
    ])
    expect(headers.get('Content-Type')).toBe('video/mp4')
  }
  // Without a valid single range, the answer is the whole file.
  for (const range of ['bytes=5-2', 'bytes=0-1,3-4', 'bytes=-', 'pages=1-2'])
    expect([range, await ask({ Range: range })]).toMatchObject([range, { status: 200, html: '0123456789' }])
  for (const range of ['bytes=10-', 'bytes=-0']) {
    const none = await ask({ Range: range })
    expect([range, none.status, none.headers.get('Content-Range'), none.headers.get('Cache-Control')]).toEqual([
      range,
      416,
      'bytes */10',
      'no-store',
    ])
  }
  const etag = (await ask({})).headers.get('ETag') ?? ''
  expect(await ask({ 'If-None-Match': `"x", W/${etag}` })).toMatchObject({ status: 304, html: '' })
  expect(await ask({ 'If-Range': '"another"', Range: 'bytes=0-0' })).toMatchObject({ status: 200 })
  expect(await ask({ 'If-Range': etag, Range: 'bytes=0-0' })).toMatchObject({ status: 206 })
  const head = await pages(t.app).request(`/media/${name}`, { method: 'HEAD' })
  expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '10', ''])

  await t.app.storage.remove(name)
  expect((await ask({ 'If-None-Match': etag })).status).toBe(404)
})

test('custom emojis are shown in posts and names, and as text in plain text', async () => {
  await using t = await database()
  const [alice, carol] = [await localAccount(t, 'alice', { role: 'owner' }), await remoteAccount(t, 'carol')]
  const { file } = await addEmoji(t.app, { shortcode: 'cat', image: await png() })
  await t.db.execute(sql`update accounts set display_name = 'Alice :cat:' where id = ${alice}`)
  await status(t, alice, { text: 'A :cat: and :nothing:', spoilerText: 'Beware :cat:' })
  await remoteStatus(t, carol, {
    content: '<p>:dog: <code>:dog:</code></p>',
    emojis: [{ shortcode: 'dog', url: 'https://remote.test/dog.png?a=1&b="2"' }],
  })
  const { html } = await visitor(pages(t.app)).get('/explore')
  expect(html.split(`<img class="emoji" src="/media/${file}" alt=":cat:"`)).toHaveLength(4)
  expect(html).toContain('and :nothing:')
  const { html: remote } = await visitor(pages(t.app)).get('/public')
  expect(remote).toContain(
    `<img class="emoji" src="${t.app.uris.remoteFile('https://remote.test/dog.png?a=1&b=%222%22', 'emoji')}" alt=":dog:"`,
  )
  expect(remote).toContain('<code>:dog:</code>')

  const view = {
    shortcode: 'cat',
    domain: null,
    file,
    staticFile: null,
    remoteUrl: null,
    category: null,
    isListed: true,
    updatedAt: new Date(),
  }
  expect(withEmojis('<a href="https://a.test/ :cat: ">x</a>', [view], (url) => url)).toBe(
    '<a href="https://a.test/ :cat: ">x</a>',
  )
})

test('videos have a still, and play on the page', async () => {
  await using t = await database()
  const alice = await localAccount(t, 'alice', { role: 'owner' })
  const path = join(t.app.config.dataDir, 'upload')
  await writeFile(path, await png())
  const id = await storeUpload(t.app, alice, { path, description: 'A square' })
  const file = newFileName('mp4')
  await t.db.execute(sql`update media set kind = 'video', media_type = 'video/mp4', file = ${file} where id = ${id}`)
  await status(t, alice, { mediaIds: [id] })
  const { html } = await visitor(pages(t.app)).get('/explore')
  expect(html).toMatch(
    new RegExp(`<video[^>]* src="/media/${file}"[^>]* aria-label="A square" poster="/media/[0-9a-f]{32}\\.webp"`),
  )
})

test('while the file store is unavailable, a file answers 503 rather than broken content', async () => {
  await using t = await database({
    S3_ENDPOINT: 'http://127.0.0.1:1',
    S3_BUCKET: 'pipit',
    S3_ACCESS_KEY_ID: 'a',
    S3_SECRET_ACCESS_KEY: 'b',
  })
  const someone = visitor(pages({ ...t.app, storage: openStorage(t.app.config) }))
  const { status: code, html, headers } = await someone.get(`/media/${newFileName('webp')}`)
  expect([code, headers.get('Retry-After')]).toEqual([503, '5'])
  expect(html).toContain('can’t store or read files right now')
})
