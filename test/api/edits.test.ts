import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { type AccountId, type MediaId, newId, type StatusId } from '#src/platform/ids.ts'
import { loadNotificationPage } from '#src/reading/notifications/page.ts'
import { reblog } from '#src/statuses/interactions/reblog.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { runJobs } from '../jobs/run.ts'
import { type Json, serve, tokenOf } from './server.ts'

/** A file that was uploaded and is ready to be attached. */
async function upload(t: TestDatabase, account: AccountId, description = ''): Promise<MediaId> {
  const id = newId<MediaId>()
  await t.db.execute(
    sql`insert into media (id, account_id, kind, media_type, file, description, width, height) values (${id}, ${account}, 'image', 'image/webp', ${`${id}.webp`}, ${description}, 40, 30)`,
  )
  return id
}
const notices = async (t: TestDatabase, account: AccountId) =>
  (await loadNotificationPage(t.db, account, {}, { limit: 40 })).views.map(
    ({ type, account }) => `${type} by ${account.username}`,
  )

test('an edit replaces everything except the audience, and every revision stays readable', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  const [first, second] = [await upload(t, alice, 'A cat'), await upload(t, alice, 'A dog')]
  const posted = await server.post('/api/v1/statuses', 'Status', asAlice, {
    status: 'Hello @bob #one',
    spoiler_text: 'Animals',
    visibility: 'unlisted',
    language: 'en',
    media_ids: [first, second],
  })
  const put = async (body: object, token = asAlice) =>
    server.call('PUT', `/api/v1/statuses/${posted.id}`, { token, body })

  expect((await put({ status: 'Mine now' }, asBob)).status).toBe(404)
  const { body: edited } = await put({
    status: 'Hello @carol #two',
    visibility: 'public',
    language: 'de',
    media_ids: [second],
    media_attributes: [
      { id: second, description: 'A big dog', focus: '0.5,-0.25' },
      { id: first, description: 'Not there any more' },
    ],
  })
  expect(edited).toMatchObject({
    visibility: 'unlisted',
    spoiler_text: '',
    sensitive: false,
    language: 'de',
    edited_at: expect.stringMatching(/Z$/),
  })
  expect(edited.tags.map((tag: Json) => tag.name)).toEqual(['two'])
  expect(edited.mentions.map((one: Json) => one.acct)).toEqual(['carol'])
  expect(edited.media_attachments).toMatchObject([
    { id: second, description: 'A big dog', meta: { focus: { x: 0.5, y: -0.25 } } },
  ])
  expect(await notices(t, carol)).toEqual(['mention by alice'])

  expect((await put({ status: '' })).status).toBe(422)
  expect((await put({ status: 'x'.repeat(501) })).status).toBe(422)
  await put({ status: 'Only words' })
  const history = await server.get(`/api/v1/statuses/${posted.id}/history`, '[StatusEdit]')
  expect(
    history.map((edit: Json) => [
      edit.content.replace(/<[^>]*>/g, ''),
      edit.spoiler_text,
      edit.media_attachments.map((file: Json) => file.description),
    ]),
  ).toEqual([
    ['Hello @bob #one', 'Animals', ['A cat', 'A dog']],
    ['Hello @carol #two', '', ['A big dog']],
    ['Only words', '', []],
  ])
  expect(history[0].created_at).toBe(posted.created_at)
  expect(await server.get(`/api/v1/statuses/${posted.id}/source`, 'StatusSource', asAlice)).toMatchObject({
    text: 'Only words',
    spoiler_text: '',
  })
  // A file that an edit removed can come back with the next edit.
  expect(
    (await put({ status: 'Both', media_ids: [second, first] })).body.media_attachments.map((file: Json) => file.id),
  ).toEqual([second, first])
})

test('an edit that changes nothing is not stored', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const file = await upload(t, alice, 'A cat')
  const { id } = await server.post('/api/v1/statuses', 'Status', token, {
    status: 'Same',
    media_ids: [file],
    language: 'en',
    poll: { options: ['a', 'b'], expires_in: 3600 },
  })
  const jobs = await t.jobs()
  const { body } = await server.call('PUT', `/api/v1/statuses/${id}`, {
    token,
    body: {
      status: 'Same',
      media_ids: [file],
      media_attributes: [{ id: file, description: 'A cat' }],
      poll: { options: ['a', 'b'], expires_in: 3590, multiple: false },
    },
  })
  expect(body).toMatchObject({ edited_at: null, poll: { options: [{ title: 'a' }, { title: 'b' }] } })
  expect(await server.get(`/api/v1/statuses/${id}/history`, '[StatusEdit]')).toHaveLength(1)
  expect(await t.jobs()).toEqual(jobs)
})

test('an edit may replace the preview picture of a file; a refused edit leaves no picture', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const file = await upload(t, alice)
  const { id } = await server.post('/api/v1/statuses', 'Status', token, { status: 'Film', media_ids: [file] })
  const picture = await sharp({ create: { width: 60, height: 30, channels: 3, background: 'teal' } })
    .png()
    .toBuffer()
  const put = (status: string, thumbnail: Blob) => {
    const form = new FormData()
    for (const [name, value] of [
      ['status', status],
      ['media_ids[]', file],
      ['media_attributes[][id]', file],
      ['media_attributes[][description]', 'A film'],
    ] as const)
      form.append(name, value)
    form.append('media_attributes[][thumbnail]', thumbnail, 'thumbnail.png')
    return server.call('PUT', `/api/v1/statuses/${id}`, { token, body: form })
  }
  const files = async () =>
    (await readdir(join(t.app.config.dataDir, 'media'), { recursive: true }).catch(() => [])).filter((name) =>
      name.endsWith('.webp'),
    )
  expect((await put('Film', new Blob(['no picture']))).status).toBe(422)
  expect((await put('x'.repeat(501), new Blob([new Uint8Array(picture)]))).status).toBe(422)
  expect(await files()).toEqual([])
  expect((await put('Film', new Blob([new Uint8Array(picture)]))).body.media_attachments).toMatchObject([
    { description: 'A film', meta: { small: { width: 60, height: 30 } } },
  ])
  expect(await files()).toHaveLength(1)
})

test('accounts that boosted a post are notified of its edits; a boost itself is not edited', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const far = await remoteAccount(t, 'far')
  const token = await tokenOf(t.app, alice)
  const local = await status(t, alice)
  const uri = 'https://remote.test/statuses/1'
  const remote = await remoteStatus(t, far, { uri, publishedAt: new Date(Date.now() - 60_000) })
  const boosts: StatusId[] = []
  for (const id of [local, remote]) boosts.push(await t.db.transaction((tx) => reblog(tx, t.app.uris, bob, id)))

  expect(
    (
      await server.call('PUT', `/api/v1/statuses/${boosts[0]}`, {
        token: await tokenOf(t.app, bob),
        body: { status: 'x' },
      })
    ).status,
  ).toBe(422)
  await server.call('PUT', `/api/v1/statuses/${local}`, { token, body: { status: 'Better' } })
  await remoteStatus(t, far, { uri, content: '<p>Better, too</p>', editedAt: new Date() })
  await runJobs(t)
  expect((await notices(t, bob)).sort()).toEqual(['update by alice', 'update by far'])
  const history = await server.get(`/api/v1/statuses/${remote}/history`, '[StatusEdit]')
  expect(history.map((edit: Json) => edit.content)).toEqual(['<p>Hello from afar</p>', '<p>Better, too</p>'])
})

test('an account that an edit no longer mentions may still read the private post', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const secret = await status(t, alice, { text: 'For @bob', visibility: 'direct' })
  await server.call('PUT', `/api/v1/statuses/${secret}`, {
    token: await tokenOf(t.app, alice),
    body: { status: 'For nobody' },
  })
  expect(await server.get(`/api/v1/statuses/${secret}`, 'Status', await tokenOf(t.app, bob))).toMatchObject({
    mentions: [],
    content: '<p>For nobody</p>',
  })
})

test('a deleted post can be posted again with its files and poll, unless its deletion deleted them', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const file = await upload(t, alice, 'A cat')
  const { id } = await server.post('/api/v1/statuses', 'Status', token, {
    status: 'Typo',
    media_ids: [file],
    poll: { options: ['a', 'b'], expires_in: 3600 },
  })
  const { body: deleted } = await server.call('DELETE', `/api/v1/statuses/${id}`, { token })
  expect(deleted).toMatchObject({
    text: 'Typo',
    media_attachments: [{ id: file }],
    poll: { options: [{ title: 'a' }, { title: 'b' }] },
  })
  expect(await t.jobs()).not.toContain('delete-files')

  const again = await server.post('/api/v1/statuses', 'Status', token, { status: 'No typo', media_ids: [file] })
  expect(again.media_attachments).toMatchObject([{ id: file, description: 'A cat' }])
  await server.call('DELETE', `/api/v1/statuses/${again.id}?delete_media=true`, { token })
  expect(
    (await server.call('POST', '/api/v1/statuses', { token, body: { status: 'Once more', media_ids: [file] } })).status,
  ).toBe(422)
  expect(await t.jobPayloads('delete-files')).toEqual([{ files: [`${file}.webp`] }])
})

test('a post that mentions accounts outside of its allowed_mentions is refused', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'carol'),
  ]
  const token = await tokenOf(t.app, alice)
  const body = { status: 'Hi @bob and @carol', visibility: 'direct', allowed_mentions: [bob] }
  expect(await server.call('POST', '/api/v1/statuses', { token, body })).toMatchObject({
    status: 422,
    body: { unexpected_accounts: [{ id: carol }] },
  })
  await server.post('/api/v1/statuses', 'Status', token, { ...body, allowed_mentions: [bob, carol] })
})
