import { readdir } from 'node:fs/promises'
import { Agent, request as httpRequest } from 'node:http'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { AccountId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { localAccount } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { animation, ffmpeg, photo, png, recording, recordings } from '../media.ts'
import { type Json, serve, type TestServer, tokenOf } from './server.ts'

type Person = { id: AccountId; token: string }

async function person(t: TestDatabase, name: string): Promise<Person> {
  const id = await localAccount(t, name)
  return { id, token: await tokenOf(t.app, id) }
}

function form(
  file: Buffer | null,
  fields: Record<string, string | Buffer> = {},
  type = 'application/octet-stream',
): FormData {
  const made = new FormData()
  if (file) made.set('file', new File([new Uint8Array(file)], 'whatever.bin', { type }))
  for (const [name, value] of Object.entries(fields))
    made.set(name, typeof value === 'string' ? value : new File([new Uint8Array(value)], name))
  return made
}

const upload = (
  server: TestServer,
  { token }: Person,
  file: Buffer,
  fields: Record<string, string | Buffer> = {},
  type?: string,
  version = 'v2',
) => server.call('POST', `/api/${version}/media`, { token, body: form(file, fields, type) })

const bytesAt = async (t: TestDatabase, url: string): Promise<Buffer> => {
  const file = await t.app.storage.get(url.split('/').at(-1) ?? '')
  if (!file) throw new Error(`There is no file at ${url}`)
  return Buffer.concat(await (await file.read()).toArray())
}

async function filesOf(t: TestDatabase, folder: 'media' | 'tmp'): Promise<string[]> {
  const names = await readdir(join(t.app.config.dataDir, folder), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  return names.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

test('a photograph is ready at once, upright, without the camera’s metadata, and with a small version', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  // The type that an app sends is often wrong.
  const { status, body } = await upload(
    server,
    alice,
    await photo(),
    { description: ' A flag ', focus: '0.5,-2' },
    'image/png',
  )
  expect(status).toBe(200)
  expect(body).toMatchObject({
    type: 'image',
    description: 'A flag',
    url: expect.stringMatching(/^https:\/\/pipit\.test\/media\/[0-9a-f]{32}\.jpg$/),
    preview_url: expect.stringMatching(/\.webp$/),
    blurhash: expect.stringMatching(/^.{10,}$/),
    meta: {
      original: { width: 40, height: 60, size: '40x60', aspect: 2 / 3 },
      small: { width: 40, height: 60 },
      focus: { x: 0.5, y: -1 },
    },
  })
  const stored = await bytesAt(t, body.url)
  expect(stored.toString('latin1')).not.toContain('Secretcam')
  expect(await sharp(stored).metadata()).toMatchObject({ format: 'jpeg', width: 40, height: 60 })
  const [red] = await sharp(stored).extract({ left: 20, top: 5, width: 1, height: 1 }).raw().toBuffer()
  expect(red).toBeGreaterThan(200)
  expect(await filesOf(t, 'tmp')).toEqual([])
  await server.get(`/api/v1/media/${body.id}`, 'MediaAttachment', alice.token)
})

test('transparency and motion are kept', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const drawing = await upload(server, alice, await png())
  expect(await sharp(await bytesAt(t, drawing.body.url)).metadata()).toMatchObject({
    format: 'webp',
    hasAlpha: true,
    width: 20,
    height: 10,
  })

  const moving = await upload(server, alice, await animation('gif'))
  expect(moving).toMatchObject({
    status: 202,
    body: { type: 'image', url: null, preview_url: expect.stringMatching(/\.webp$/), blurhash: expect.any(String) },
  })
  expect((await server.call('GET', `/api/v1/media/${moving.body.id}`, { token: alice.token })).status).toBe(206)
  await runJobs(t)
  const ready = await server.get(`/api/v1/media/${moving.body.id}`, 'MediaAttachment', alice.token)
  expect(ready).toMatchObject({
    type: 'image',
    preview_url: moving.body.preview_url,
    meta: { original: { width: 40, height: 40 } },
  })
  expect(await sharp(await bytesAt(t, ready.url)).metadata()).toMatchObject({ format: 'webp', pages: 3 })
  // The upload is deleted.
  expect(await filesOf(t, 'media')).toHaveLength(4)
})

test('without ffmpeg, films and sounds are accepted, and their tags removed', async () => {
  await using t = await database({ FFMPEG_PATH: 'none' })
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const ids = new Map<string, string>()
  for (const name of Object.keys(recordings) as (keyof typeof recordings)[]) {
    const { status, body } = await upload(server, alice, await recording(name), {}, 'image/jpeg')
    expect([name, status, body.url, body.type]).toEqual([name, 202, null, name.startsWith('film') ? 'video' : 'audio'])
    ids.set(name, body.id)
  }
  await runJobs(t)
  const size = { width: 64, height: 48, frame_rate: expect.stringMatching(/^1\d\d\d\/100$/) }
  for (const [name, id] of ids) {
    const ready = await server.get(`/api/v1/media/${id}`, 'MediaAttachment', alice.token)
    expect(ready).toMatchObject({
      preview_url: null,
      meta: {
        original: {
          duration: expect.closeTo(1, 0),
          bitrate: expect.any(Number),
          ...(name.startsWith('film') ? size : {}),
        },
      },
    })
    const stored = (await bytesAt(t, ready.url)).toString('latin1')
    expect(stored.includes('Secret title') || stored.includes('+52.5')).toBe(false)
  }
  // The upload is deleted.
  expect(await filesOf(t, 'media')).toHaveLength(ids.size)
})

test('with ffmpeg, films and animations are converted to a format that plays everywhere, with a still', async () => {
  await using t = await database({ FFMPEG_PATH: ffmpeg })
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const uploads = await Promise.all([
    upload(server, alice, await recording('film.webm')),
    upload(server, alice, await recording('film.mp4')),
    upload(server, alice, await recording('sound.flac')),
    upload(server, alice, await animation('gif', 41)),
  ])
  expect(uploads.map(({ status }) => status)).toEqual([202, 202, 202, 202])
  await runJobs(t)
  const [webm, mp4, flac, gif] = await Promise.all(
    uploads.map(({ body }) => server.get(`/api/v1/media/${body.id}`, 'MediaAttachment', alice.token)),
  )
  for (const film of [webm, mp4]) {
    expect(film).toMatchObject({
      type: 'video',
      url: expect.stringMatching(/\.mp4$/),
      preview_url: expect.stringMatching(/\.webp$/),
      blurhash: expect.any(String),
      meta: { small: { width: 64, height: 48 } },
    })
    expect((await bytesAt(t, film.url)).toString('latin1')).not.toContain('Secret title')
  }
  expect(flac).toMatchObject({ type: 'audio', url: expect.stringMatching(/\.mp3$/) })
  expect(gif).toMatchObject({
    type: 'gifv',
    url: expect.stringMatching(/\.mp4$/),
    meta: { original: { width: 40, height: 40 } },
  })
})

test('files of other types and too large files are refused and leave no file behind', async () => {
  await using t = await database({ RATE_LIMIT_FACTOR: '10' })
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const wide = await sharp({ create: { width: 12_000, height: 3_000, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
  const wrong = [
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><script>alert(1)</script></svg>'),
    Buffer.from('<html><body>Hi</body></html>'),
    Buffer.from('#EXTM3U\nfile:///etc/passwd\n'),
    Buffer.from('%PDF-1.4'),
    (await photo()).subarray(0, 900),
    (await recording('film.mp4')).subarray(0, 300),
    wide,
    Buffer.concat([await png(), Buffer.alloc(limits.media.maxImageBytes)]),
  ]
  for (const file of wrong)
    expect(await upload(server, alice, file, {}, 'image/png')).toMatchObject({
      status: 422,
      body: { error: expect.stringMatching(/^Validation failed: File /) },
    })
  expect(await upload(server, alice, await png(), { description: 'x'.repeat(1_501) })).toMatchObject({
    status: 422,
    body: { error: expect.stringContaining('too long') },
  })
  expect(await upload(server, alice, await png(), { thumbnail: Buffer.from('no picture') })).toMatchObject({
    status: 422,
  })
  expect(
    (await server.call('POST', '/api/v2/media', { token: alice.token, body: form(null, { description: 'No file' }) }))
      .status,
  ).toBe(422)
  expect((await server.call('POST', '/api/v2/media', { token: alice.token, body: { file: 'text' } })).status).toBe(422)
  const large = await server.call('POST', '/api/v2/media', {
    token: alice.token,
    body: form(Buffer.alloc(1)),
    headers: { 'Content-Type': 'multipart/form-data' },
  })
  expect(large.status).toBe(400)
  expect([await filesOf(t, 'media'), await filesOf(t, 'tmp')]).toEqual([[], []])
  expect((await t.db.execute('select from media')).rowCount).toBe(0)
})

test('an aborted upload leaves no file', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const agent = new Agent()
  const request = httpRequest(`${server.url}/api/v2/media`, {
    method: 'POST',
    agent,
    headers: {
      Authorization: `Bearer ${alice.token}`,
      'Content-Type': 'multipart/form-data; boundary=x',
      'Content-Length': 1_000_000,
    },
  })
  request.on('error', () => {})
  request.write('--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n')
  request.write(Buffer.alloc(200_000))
  await expect.poll(() => filesOf(t, 'tmp')).toHaveLength(1)
  request.destroy()
  agent.destroy()
  await expect.poll(() => filesOf(t, 'tmp')).toEqual([])
  expect(await filesOf(t, 'media')).toEqual([])
})

test('uploads belong to their uploader, are described until they are attached, and are deleted with their files', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await person(t, 'alice'), await person(t, 'bob')]
  const {
    body: { id, preview_url: preview },
  } = await upload(server, alice, await png())
  for (const [method, body] of [
    ['GET', undefined],
    ['PUT', { description: 'Mine' }],
    ['DELETE', undefined],
  ] as const) {
    expect((await server.call(method, `/api/v1/media/${id}`, { token: bob.token, body })).status).toBe(404)
  }
  expect(
    (await server.call('POST', '/api/v1/statuses', { token: bob.token, body: { status: 'Stolen', media_ids: [id] } }))
      .status,
  ).toBe(422)

  expect(
    await server.call('PUT', `/api/v1/media/${id}`, {
      token: alice.token,
      body: { description: 'A square', focus: '-0.25,0.5' },
    }),
  ).toMatchObject({ status: 200, body: { description: 'A square', meta: { focus: { x: -0.25, y: 0.5 } } } })
  const other = await server.call('PUT', `/api/v1/media/${id}`, {
    token: alice.token,
    body: form(null, { thumbnail: await png(30, 30) }),
  })
  expect(other.body).toMatchObject({ description: 'A square', meta: { small: { width: 30, height: 30 } } })
  expect(other.body.preview_url).not.toBe(preview)
  await runJobs(t)
  expect(await filesOf(t, 'media')).toHaveLength(2)

  const second = await upload(server, alice, await png(), {}, 'image/png', 'v1')
  expect(second.status).toBe(200)
  const posted = await server.post('/api/v1/statuses', 'Status', alice.token, { media_ids: [second.body.id, id] })
  expect(posted.media_attachments.map((file: Json) => file.id)).toEqual([second.body.id, id])
  expect(posted.media_attachments[1]).toMatchObject({ description: 'A square', meta: { focus: { x: -0.25, y: 0.5 } } })
  for (const [method, status] of [
    ['GET', 404],
    ['PUT', 404],
    ['DELETE', 422],
  ] as const) {
    expect(
      (
        await server.call(method, `/api/v1/media/${id}`, {
          token: alice.token,
          ...(method === 'PUT' ? { body: { description: 'Late' } } : {}),
        })
      ).status,
    ).toBe(status)
  }
  expect(
    (await server.call('POST', '/api/v1/statuses', { token: alice.token, body: { status: 'Twice', media_ids: [id] } }))
      .status,
  ).toBe(422)

  const third = await upload(server, alice, await png())
  expect(await server.call('DELETE', `/api/v1/media/${third.body.id}`, { token: alice.token })).toMatchObject({
    status: 200,
    body: {},
  })
  await runJobs(t)
  expect(await filesOf(t, 'media')).toHaveLength(4)
})

test('a file in processing can’t be attached, and a failed one answers with an error', async () => {
  await using t = await database({ FFMPEG_PATH: 'none' })
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const {
    body: { id },
  } = await upload(server, alice, await animation('webp'))
  expect(
    (await server.call('POST', '/api/v1/statuses', { token: alice.token, body: { status: 'Soon', media_ids: [id] } }))
      .status,
  ).toBe(422)
  for (const name of await filesOf(t, 'media')) await t.app.storage.put(name, Buffer.from('broken by the way'))
  await runJobs(t)
  expect((await server.call('GET', `/api/v1/media/${id}`, { token: alice.token })).status).toBe(422)
  expect(
    (await server.call('POST', '/api/v1/statuses', { token: alice.token, body: { status: 'Never', media_ids: [id] } }))
      .status,
  ).toBe(422)
})

test('the instance tells the limits of uploads, and a person may upload 30 files in half an hour', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  const { configuration } = await server.get('/api/v2/instance', 'Instance')
  expect(configuration.statuses.max_media_attachments).toBe(4)
  expect(configuration.media_attachments).toMatchObject({
    image_size_limit: 16_777_216,
    image_matrix_limit: 33_177_600,
    video_size_limit: 103_809_024,
    video_matrix_limit: 8_294_400,
    video_frame_rate_limit: 120,
    description_limit: 1_500,
  })
  for (const type of ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif', 'video/mp4', 'audio/mpeg'])
    expect(configuration.media_attachments.supported_mime_types).toContain(type)
  const avif = await sharp(await png())
    .avif({ effort: 0 })
    .toBuffer()
  const {
    status,
    body: { id },
  } = await upload(server, alice, avif)
  expect(status).toBe(200)
  for (let i = 1; i < 30; i++)
    expect((await server.call('POST', '/api/v2/media', { token: alice.token, body: form(null) })).status).toBe(422)
  expect((await upload(server, alice, avif)).status).toBe(429)
  // Another thumbnail is one more picture to be read; words are not.
  const change = (fields: Record<string, string | Buffer>) =>
    server.call('PUT', `/api/v1/media/${id}`, { token: alice.token, body: form(null, fields) })
  expect([(await change({ thumbnail: avif })).status, (await change({ description: 'A flag' })).status]).toEqual([
    429, 200,
  ])
})

test('a large film is accepted, and parts of it that are no film are removed', async () => {
  await using t = await database({ FFMPEG_PATH: 'none' })
  await using server = await serve(t.app)
  const alice = await person(t, 'alice')
  // Players skip unknown boxes, such as `free`.
  const padding = Buffer.alloc(40 * 1_048_576)
  padding.writeUInt32BE(padding.length, 0)
  padding.write('free', 4)
  const { status, body } = await upload(server, alice, Buffer.concat([await recording('film.mp4'), padding]))
  expect(status).toBe(202)
  await runJobs(t)
  const ready = await server.get(`/api/v1/media/${body.id}`, 'MediaAttachment', alice.token)
  const stored = await bytesAt(t, ready.url)
  expect(stored.length).toBeLessThan(100_000)
})
