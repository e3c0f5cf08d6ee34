import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import S3rver from '@20minutes/s3rver'
import { expect, test } from 'vitest'
import { type Config, loadConfig } from '#src/platform/config.ts'
import { newFileName } from '#src/platform/storage/names.ts'
import { openStorage } from '#src/platform/storage/open-storage.ts'
import { prepareBucket } from '#src/platform/storage/s3.ts'
import { sha256, signed } from '#src/platform/storage/sigv4.ts'
import type { StoredFile } from '#src/platform/storage/storage.ts'
import { urisOf } from '#src/platform/uris.ts'

/** A store in this process, which checks signatures. */
async function store(env: NodeJS.ProcessEnv = {}): Promise<AsyncDisposable & { config: Config; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pipit-s3-'))
  const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: join(folder, 'objects') })
  const { port } = await server.run()
  const config = loadConfig(
    {
      S3_ENDPOINT: `http://127.0.0.1:${port}/`,
      S3_BUCKET: 'pipit-files',
      S3_ACCESS_KEY_ID: 'S3RVER',
      S3_SECRET_ACCESS_KEY: 'S3RVER',
      ...env,
    },
    folder,
  )
  return {
    config,
    folder,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const textOf = async (file: StoredFile | null, range?: { start: number; end: number }) =>
  file && Buffer.concat(await (await file.read(range)).toArray()).toString()

test('files are stored in a bucket, which is created if it is missing', async () => {
  await using s3 = await store()
  await prepareBucket(s3.config.s3!)
  await prepareBucket(s3.config.s3!)
  const storage = openStorage(s3.config)
  const [name, other] = [newFileName('mp4'), newFileName('webp')]
  await writeFile(join(s3.folder, 'film'), 'a long film')
  await storage.put(name, { path: join(s3.folder, 'film') })
  await storage.put(other, Buffer.from('0123456789'))
  expect([(await storage.get(name))?.bytes, await textOf(await storage.get(name))]).toEqual([11, 'a long film'])
  expect(await textOf(await storage.get(other), { start: 2, end: 4 })).toBe('234')
  await storage.remove(name)
  await storage.remove(name)
  expect(await storage.get(name)).toBeNull()
  for (const wrong of ['../etc/passwd', 'x.webp']) expect(await storage.get(wrong)).toBeNull()
})

test('an error of the store is reported in one line', async () => {
  await using s3 = await store({ S3_SECRET_ACCESS_KEY: 'wrong' })
  await expect(prepareBucket(s3.config.s3!)).rejects.toThrow(/^S3 answered 403/)
  await expect(openStorage(s3.config).put(newFileName('webp'), Buffer.from('x'))).rejects.toThrow(
    'S3 answered 403 SignatureDoesNotMatch',
  )
  const away = loadConfig(
    { S3_ENDPOINT: 'http://127.0.0.1:1', S3_BUCKET: 'pipit', S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' },
    s3.folder,
  )
  await expect(prepareBucket(away.s3!)).rejects.toThrow(/^S3 can’t be reached/)
})

test('requests are signed like Amazon’s own example', () => {
  const { authorization } = signed(
    {
      method: 'GET',
      url: new URL('https://examplebucket.s3.amazonaws.com/test.txt'),
      headers: { range: 'bytes=0-9' },
      bodyHash: sha256(''),
    },
    {
      region: 'us-east-1',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    },
    new Date('2013-05-24T00:00:00Z'),
  )
  expect(authorization).toContain('Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')
})

test('files are linked to the public URL of the store, or to this server without one', async () => {
  const env = {
    ORIGIN: 'https://pipit.test',
    S3_ENDPOINT: 'https://s3.test',
    S3_BUCKET: 'pipit',
    S3_ACCESS_KEY_ID: 'a',
    S3_SECRET_ACCESS_KEY: 'b',
  }
  expect(urisOf(loadConfig(env, tmpdir())).file('a.webp')).toBe('https://pipit.test/media/a.webp')
  expect(urisOf(loadConfig({ ...env, S3_PUBLIC_URL: 'https://files.test/x/' }, tmpdir())).file('a.webp')).toBe(
    'https://files.test/x/a.webp',
  )
  expect(() => loadConfig({ S3_ENDPOINT: 'https://s3.test', S3_BUCKET: 'pipit' }, tmpdir())).toThrow(
    /S3_ACCESS_KEY_ID.*S3_SECRET_ACCESS_KEY/,
  )
  expect(() => loadConfig({ FFMPEG_PATH: '/no/such/program' }, tmpdir())).toThrow(/^FFMPEG_PATH: /)
})
