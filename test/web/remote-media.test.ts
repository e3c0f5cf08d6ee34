import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { pages } from '../../web/app.tsx'
import { remoteAccount, remoteStatus } from '../cast.ts'
import { database } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { photo, png, recording } from '../media.ts'
import { visitor } from './visitor.ts'

/** A server with files, which counts the requests. */
async function fileServer(files: Record<string, { type: string; body: Buffer }>) {
  const asked: { path: string; range: string | undefined }[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, range: request.headers.range })
    const file = files[path]
    if (!file) return void response.writeHead(404).end()
    if (request.headers.range === `bytes=99999999-`)
      return void response.writeHead(416, { 'content-range': `bytes */${file.body.length}` }).end()
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
    const part = start === undefined ? file.body : file.body.subarray(Number(start), Number(end) + 1)
    const range = start === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${file.body.length}` }
    response
      .writeHead(start === undefined ? 200 : 206, {
        'content-type': file.type,
        'content-length': part.length,
        ...range,
      })
      .end(part)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const open = { ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' }
const pathOf = (url: string) => new URL(url).pathname

test('a remote picture is fetched once, re-encoded, and served from this server', async () => {
  await using t = await database(open)
  await using there = await fileServer({ '/photo.jpg': { type: 'image/jpeg', body: await photo() } })
  const url = `${there.origin}/photo.jpg`
  const someone = visitor(pages(t.app))
  const [whole, ...others] = await Promise.all(
    [1, 2, 3].map(() => pages(t.app).request(t.app.uris.remoteFile(url, 'image'), {}, {})),
  )
  expect([whole!.status, whole!.headers.get('content-type'), whole!.headers.get('content-security-policy')]).toEqual([
    200,
    'image/jpeg',
    "sandbox; default-src 'none'",
  ])
  const shown = Buffer.from(await whole!.arrayBuffer())
  expect(await sharp(shown).metadata()).toMatchObject({ width: 40, height: 60 })
  expect(shown.includes('Secretcam')).toBe(false)
  expect(others.map(({ status }) => status)).toEqual([200, 200])
  expect((await someone.get(pathOf(t.app.uris.remoteFile(url, 'small')))).headers.get('content-type')).toBe(
    'image/webp',
  )
  expect(there.asked).toHaveLength(1)
})

test('only media URLs that this server signed are fetched', async () => {
  await using t = await database(open)
  await using there = await fileServer({ '/a.png': { type: 'image/png', body: await png() } })
  const good = pathOf(t.app.uris.remoteFile(`${there.origin}/a.png`, 'image'))
  const [, , , signature, , name] = good.split('/')
  const elsewhere = Buffer.from(`${there.origin}/b.png`).toString('base64url')
  for (const path of [
    `/media/remote/${signature}/image/${elsewhere}`,
    `/media/remote/${signature}/avatar/${name}`,
    `/media/remote/x/image/${name}`,
    `/media/remote/${signature}/constructor/${name}`,
  ]) {
    expect([path, (await visitor(pages(t.app)).get(path)).status]).toEqual([path, 404])
  }
  expect(there.asked).toEqual([])
})

test('a file that is no picture is not shown, and not fetched repeatedly', async () => {
  await using t = await database(open)
  await using there = await fileServer({
    '/page.png': { type: 'image/png', body: Buffer.from('<svg onload="alert(1)"/>') },
  })
  const someone = visitor(pages(t.app))
  for (let i = 0; i < 3; i++)
    expect((await someone.get(pathOf(t.app.uris.remoteFile(`${there.origin}/page.png`, 'image')))).status).toBe(404)
  expect(there.asked).toHaveLength(1)
  expect((await someone.get(pathOf(t.app.uris.remoteFile(`${there.origin}/gone.png`, 'avatar')))).location).toBe(
    '/static/avatars/missing.png',
  )
})

test('videos are proxied in the requested ranges, until there is a whole copy', async () => {
  await using t = await database(open)
  const film = await recording('film.mp4')
  await using there = await fileServer({ '/film.mp4': { type: 'video/mp4', body: film } })
  const path = pathOf(t.app.uris.remoteFile(`${there.origin}/film.mp4`, 'recording'))
  const site = pages(t.app)
  const part = await site.request(path, { headers: { range: 'bytes=4-7' } }, {})
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([
    206,
    'ftyp',
    `bytes 4-7/${film.length}`,
  ])
  await runJobs(t)
  const before = there.asked.length
  const copy = await site.request(path, {}, {})
  const bytes = Buffer.from(await copy.arrayBuffer())
  expect([copy.status, copy.headers.get('content-type')]).toEqual([200, 'video/mp4'])
  expect(bytes.includes('Secret title')).toBe(false)
  expect(there.asked).toHaveLength(before)
})

test('a range beyond the end of a video is not cached', async () => {
  await using t = await database({ ...open, REMOTE_MEDIA: 'proxy' })
  await using there = await fileServer({ '/film.mp4': { type: 'video/mp4', body: await recording('film.mp4') } })
  const answer = await pages(t.app).request(
    pathOf(t.app.uris.remoteFile(`${there.origin}/film.mp4`, 'recording')),
    { headers: { range: 'bytes=99999999-' } },
    {},
  )
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([416, 'no-store'])
})

test('a HEAD request for a video takes no slot', async () => {
  await using t = await database({ ...open, REMOTE_MEDIA: 'proxy' })
  await using there = await fileServer({ '/film.mp4': { type: 'video/mp4', body: Buffer.alloc(20_000_000) } })
  const path = pathOf(t.app.uris.remoteFile(`${there.origin}/film.mp4`, 'recording'))
  for (let i = 0; i < 10; i++) {
    const answer = await pages(t.app).request(path, { method: 'HEAD' }, {})
    expect([answer.status, answer.headers.get('content-length')]).toEqual([200, '20000000'])
    await setTimeout(20)
  }
})

test('the setting decides whether remote files are copied, proxied or linked', async () => {
  await using passing = await database({ ...open, REMOTE_MEDIA: 'proxy' })
  await using linking = await database({ ...open, REMOTE_MEDIA: 'link' })
  await using there = await fileServer({
    '/a.png': { type: 'image/png', body: await png() },
    '/a.html': { type: 'text/html', body: Buffer.from('<script>') },
  })
  const url = `${there.origin}/a.png`
  const someone = visitor(pages(passing.app))
  for (let i = 0; i < 2; i++)
    expect((await someone.get(pathOf(passing.app.uris.remoteFile(url, 'image')))).headers.get('content-type')).toBe(
      'image/png',
    )
  expect(there.asked).toHaveLength(2)
  expect((await passing.db.execute(sql`select 1 from remote_files`)).rows).toEqual([])
  expect((await someone.get(pathOf(passing.app.uris.remoteFile(`${there.origin}/a.html`, 'image')))).status).toBe(404)
  expect(linking.app.uris.remoteFile(url, 'image')).toBe(url)
  const policy = async (t: typeof linking) =>
    (await visitor(pages(t.app)).get('/about')).headers.get('content-security-policy')
  expect(await policy(passing)).toContain("img-src 'self';")
  expect(await policy(linking)).toContain("img-src 'self' https:")
})

test('a picture of unknown size gets its size at its first view', async () => {
  await using t = await database(open)
  await using there = await fileServer({ '/a.png': { type: 'image/png', body: await png(20, 10) } })
  const media = {
    kind: 'image' as const,
    mediaType: 'image/png',
    url: `${there.origin}/a.png`,
    description: '',
    width: null,
    height: null,
    blurhash: null,
    focus: { x: 0, y: 0 },
  }
  const id = await remoteStatus(t, await remoteAccount(t, 'carol'), { media: [media] })
  await visitor(pages(t.app)).get(pathOf(t.app.uris.remoteFile(media.url, 'image')))
  expect((await loadStatusView(t.db, null, id))?.media).toMatchObject([
    { width: 20, height: 10, blurhash: expect.any(String) },
  ])
})

test('copies are deleted by age, by total size, and with their post', async () => {
  await using t = await database({ ...open, REMOTE_MEDIA_DAYS: '3', REMOTE_MEDIA_MAX_MB: '10' })
  const file = await png()
  await using there = await fileServer(
    Object.fromEntries(
      ['old', 'big', 'new', 'post'].map((name) => [`/${name}.png`, { type: 'image/png', body: file }]),
    ),
  )
  const url = (name: string) => `${there.origin}/${name}.png`
  for (const name of ['old', 'big', 'new', 'post'])
    await visitor(pages(t.app)).get(pathOf(t.app.uris.remoteFile(url(name), 'image')))
  await t.db.execute(sql`update remote_files set used_at = now() - interval '4 days' where url = ${url('old')}`)
  await t.db.execute(
    sql`update remote_files set bytes = 9999999, used_at = now() - interval '1 day' where url = ${url('big')}`,
  )
  const {
    rows: [stored],
  } = await t.db.execute<{ file: string }>(sql`select file from remote_files where url = ${url('old')}`)
  expect(await cleanUp(t.app)).toMatchObject({ remoteFiles: 1, remoteFilesOverflow: 1 })
  const left = async () =>
    (await t.db.execute<{ url: string }>(sql`select url from remote_files order by url`)).rows.map((row) => row.url)
  expect(await left()).toEqual([url('new'), url('post')])

  const carol = await remoteAccount(t, 'carol')
  const media = {
    kind: 'image' as const,
    mediaType: 'image/png',
    url: url('post'),
    previewUrl: url('small'),
    description: '',
    width: null,
    height: null,
    blurhash: null,
    focus: { x: 0, y: 0 },
  }
  const copySmall = () =>
    t.db.execute(sql`insert into remote_files (url, kind, file) values (${url('small')}, 'image', 'small.webp')`)
  await copySmall()
  const id = await remoteStatus(t, carol, { media: [media] })
  await t.db.transaction((tx) => deleteStatus(tx, carol, id))
  expect(await left()).toEqual([url('new')])
  await copySmall()
  await remoteStatus(t, carol, { media: [media] })
  await t.db.transaction((tx) => deleteAccount(tx, carol))
  expect(await left()).toEqual([url('new')])
  await runJobs(t)
  expect(await t.app.storage.get(stored!.file)).toBeNull()
})
