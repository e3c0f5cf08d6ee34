/** Full disks. Triggers raise PostgreSQL's code `disk_full`; for the file system, `/dev/full` is used. */
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { activeDays } from '#src/platform/db/schema/accounts.ts'
import { remoteFiles } from '#src/platform/db/schema/media.ts'
import { newFileName } from '#src/platform/storage/names.ts'
import { readiness } from '#src/process/readiness.ts'
import { handler } from '../../web/requests.ts'
import { answers } from '../../web/server.ts'
import { tokenOf } from '../api/server.ts'
import { forgetJobs, localAccount, password, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { signedPost } from '../federation/peer.ts'
import { scene } from '../federation/setup.ts'

/** From now on nothing can be written to any table. */
async function fill(t: TestDatabase): Promise<void> {
  await t.db.execute(
    sql`create function no_room() returns trigger language plpgsql as $$ begin raise 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`,
  )
  await eachTable(
    t,
    (table) =>
      `create trigger no_room before insert or update or delete on ${table} for each statement execute function no_room()`,
  )
}

async function free(t: TestDatabase): Promise<void> {
  await eachTable(t, (table) => `drop trigger no_room on ${table}`)
}

async function eachTable(t: TestDatabase, statement: (table: string) => string): Promise<void> {
  const { rows } = await t.db.execute<{ name: string }>(
    sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'graphile_worker')`,
  )
  for (const { name } of rows) await t.db.execute(sql.raw(statement(name)))
}

test('with a full disk, writes are refused with a reason and reads work; with free space, writes work again', async () => {
  await using s = await scene({ RATE_LIMIT_FACTOR: '100' })
  const { t } = s
  const answer = handler(t.app.config, answers(t.app))
  const ask = (path: string, init: RequestInit = {}) =>
    answer(new Request(`https://pipit.test${path}`, init), '192.0.2.1', { hangUp: () => {} })
  const alice = await localAccount(t, 'alice')
  const post = await status(t, alice, { text: 'Before' })
  const carol = await remoteAccount(t, 'carol')
  const afar = await remoteStatus(t, carol)
  const bob = s.peer.actor('bob')
  const token = await tokenOf(t.app, alice)
  const api = (method: string, path: string, body?: object) =>
    ask(path, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  const activity = {
    '@context': 'https://www.w3.org/ns/activitystreams',
    id: `${bob.uri}/follows/1`,
    type: 'Follow',
    actor: bob.uri,
    object: t.app.uris.account(alice),
  }

  const login = await ask('/login')
  const cookie = (response: Response) =>
    response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
  const formToken = /name="form_token" value="([^"]+)"/.exec(await login.text())?.[1] ?? ''
  const visitor = cookie(login)
  const logIn = () =>
    ask('/login', {
      method: 'POST',
      headers: { Cookie: visitor, Origin: 'https://pipit.test', 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ form_token: formToken, login: 'alice', password }).toString(),
    })

  // A picture of another server that is kept here and was last looked at days ago, a film that is not kept yet, and one that can't be had.
  const [photo, film, none] = ['photo.jpg', 'film.mp4', 'none.jpg'].map((name) => `http://127.0.0.1:1/${name}`) as [
    string,
    string,
    string,
  ]
  const file = newFileName('webp')
  await t.app.storage.put(file, Buffer.from('picture'))
  await t.db.insert(remoteFiles).values({ url: photo, kind: 'image', file, bytes: 7, usedAt: new Date('2020-01-01') })

  await fill(t)
  const writes: [string, string, object?][] = [
    ['POST', '/api/v1/statuses', { status: 'Now' }],
    ['PUT', `/api/v1/statuses/${post}`, { status: 'Now' }],
    ['DELETE', `/api/v1/statuses/${post}`],
    ['POST', `/api/v1/statuses/${post}/favourite`],
    ['POST', `/api/v1/accounts/${carol}/follow`],
    ['PATCH', '/api/v1/accounts/update_credentials', { note: 'Hi' }],
    ['POST', '/api/v1/markers', { home: { last_read_id: post } }],
    ['POST', '/api/v1/apps', { client_name: 'App', redirect_uris: 'https://app.test/' }],
    ['POST', '/api/v2/filters', { title: 'x', context: ['home'] }],
  ]
  for (const [method, path, body] of writes) {
    const response = await api(method, path, body)
    expect([method, path, response.status, ((await response.json()) as { error: string }).error]).toEqual([
      method,
      path,
      507,
      expect.stringContaining('no room left'),
    ])
  }
  const page = await logIn()
  expect([page.status, await page.text()]).toEqual([507, expect.stringContaining('no room left')])
  const delivered = await answer(signedPost(t.app, bob, activity), '192.0.2.2', { hangUp: () => {} })
  expect([delivered.status, delivered.headers.get('Retry-After')]).toEqual([503, '300'])

  const reads = [
    '/api/v1/timelines/home',
    `/api/v1/statuses/${post}`,
    `/api/v1/statuses/${afar}/context`,
    `/api/v1/accounts/${carol}`,
    `/api/v1/accounts/${carol}/statuses`,
    '/api/v1/notifications',
    '/api/v2/search?q=before',
    '/api/v2/instance',
  ]
  for (const path of reads) expect([path, (await api('GET', path)).status]).toEqual([path, 200])
  for (const path of [
    '/',
    '/@alice',
    `/@alice/${post}`,
    '/about',
    '/explore',
    '/search?q=before',
    new URL(t.app.uris.remoteFile(photo, 'image')).pathname,
  ])
    expect([path, (await ask(path)).status]).toEqual([path, 200])
  for (const [url, variant] of [
    [film, 'recording'],
    [none, 'image'],
  ] as const)
    expect([url, (await ask(new URL(t.app.uris.remoteFile(url, variant)).pathname)).status]).toEqual([url, 404])
  const document = await ask(`/ap/statuses/${post}`, { headers: { Accept: 'application/activity+json' } })
  expect([document.status, ((await document.json()) as { type: string }).type]).toEqual([200, 'Note'])

  await free(t)
  // A failed write does not count as written.
  await api('GET', '/api/v1/timelines/home')
  expect(
    await t.db.select({ accountId: activeDays.accountId }).from(activeDays).where(eq(activeDays.accountId, alice)),
  ).toHaveLength(1)
  expect((await api('POST', '/api/v1/statuses', { status: 'Now' })).status).toBe(200)
  expect((await logIn()).status).toBe(303)
  const again = await answer(signedPost(t.app, bob, activity), '192.0.2.2', { hangUp: () => {} })
  expect([again.status, await again.text()]).toEqual([202, ''])
  await forgetJobs(t)
})

const elsewhere = {
  S3_ENDPOINT: 'https://s3.test',
  S3_BUCKET: 'pipit',
  S3_ACCESS_KEY_ID: 'a',
  S3_SECRET_ACCESS_KEY: 'b',
}

test('with a full disk, reads work, and the readiness check names the disk until there is space', async () => {
  await using t = await database()
  const room = join(t.app.config.dataDir, '.room')
  const ask = async () => {
    const response = await answers(t.app)(new Request('https://pipit.test/readyz'), {
      requestId: '1',
      clientAddress: '192.0.2.1',
    })
    return [response.status, await response.json()]
  }
  expect(await ask()).toEqual([200, { status: 'OK', reasons: [] }])
  await symlink('/dev/full', room)
  expect(await ask()).toEqual([200, { status: 'OK', reasons: ['The disk of the data folder is full'] }])
  expect(await ask()).toEqual([200, { status: 'OK', reasons: [] }])

  // A folder whose test file can't be removed is named all the same.
  await mkdir(room)
  expect(await ask()).toEqual([200, { status: 'OK', reasons: ['The data folder can’t be written to (EISDIR)'] }])
})

test('the readiness check ignores a folder that stores neither files nor the database', async () => {
  await using t = await database(elsewhere)
  await mkdir(join(t.app.config.dataDir, '.room'))
  expect(await readiness(t.app)).toEqual({ canServe: true, reasons: [] })
})

test('repeated readiness checks use a cached result', async () => {
  await using t = await database()
  const answer = answers(t.app)
  const ask = async () =>
    (await answer(new Request('https://pipit.test/readyz'), { requestId: '1', clientAddress: '192.0.2.1' })).json()
  expect(await ask()).toEqual({ status: 'OK', reasons: [] })
  await symlink('/dev/full', join(t.app.config.dataDir, '.room'))
  expect(await Promise.all([ask(), ask()])).toEqual([
    { status: 'OK', reasons: [] },
    { status: 'OK', reasons: [] },
  ])
})
