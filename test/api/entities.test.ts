import sharp from 'sharp'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { block } from '#src/relationships/block.ts'
import { localAccount, makeFollow, openSignUps, remoteAccount, remoteStatus, status, suspend } from '../cast.ts'
import { database } from '../database.ts'
import { problemsOf } from './schemas.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('all answers of a busy day fit the schemas of Mastodon', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, carol] = [
    await localAccount(t, 'alice', { role: 'owner' }),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  await makeFollow(t, alice, carol)
  await makeFollow(t, bob, alice)
  const afar = await remoteStatus(t, carol, {
    content: '<p>Hello <script>alert(1)</script>@alice</p>',
    spoilerText: 'greeting',
    isSensitive: true,
    language: 'not a language',
    mentionedIds: [alice],
    tags: [{ name: 'birds', displayName: 'Birds' }],
  })
  const reply = await server.post('/api/v1/statuses', 'StatusWithViewer', asAlice, {
    status: 'Hello @carol@remote.test and @bob, see https://example.org/a/very/long/path #Birds',
    in_reply_to_id: afar,
    spoiler_text: 'reply',
    language: 'en',
    visibility: 'unlisted',
  })
  expect(reply).toMatchObject({
    in_reply_to_id: afar,
    sensitive: true,
    language: 'en',
    visibility: 'unlisted',
    application: { name: 'Test app', website: 'https://app.test' },
  })
  expect(reply.mentions.map((mention: Json) => mention.acct)).toEqual(['carol@remote.test', 'bob'])
  for (const { url } of reply.mentions) expect(reply.content).toContain(`href="${url}"`)

  expect(await server.post(`/api/v1/statuses/${afar}/favourite`, 'StatusWithViewer', asAlice)).toMatchObject({
    favourited: true,
    favourites_count: 1,
    language: null,
  })
  expect(await server.post(`/api/v1/statuses/${afar}/bookmark`, 'StatusWithViewer', asAlice)).toMatchObject({
    bookmarked: true,
  })
  const boost = await server.post(`/api/v1/statuses/${afar}/reblog`, 'StatusWithViewer', asAlice)
  expect(boost).toMatchObject({ content: '', reblogged: true, reblog: { id: afar, reblogged: true, reblogs_count: 1 } })
  await server.post(`/api/v1/statuses/${reply.id}/favourite`, 'StatusWithViewer', asBob)
  await server.post(`/api/v1/statuses/${reply.id}/reblog`, 'StatusWithViewer', asBob)
  await server.post(`/api/v1/accounts/${alice}/follow`, 'Relationship', asBob)

  expect(
    (await server.get('/api/v1/timelines/home', '[StatusWithViewer]', asAlice)).map((one: Json) => one.id),
  ).toEqual([reply.id, afar])
  for (const path of [
    '/api/v1/timelines/public',
    '/api/v1/timelines/public?local=true',
    '/api/v1/timelines/tag/BIRDS',
    `/api/v1/accounts/${alice}/statuses`,
    `/api/v1/statuses?id[]=${afar}`,
  ]) {
    await server.get(path, '[StatusWithViewer]', asAlice)
    await server.get(path, '[Status]')
  }
  for (const path of ['/api/v1/favourites', '/api/v1/bookmarks']) {
    expect((await server.get(path, '[StatusWithViewer]', asAlice)).map((one: Json) => one.id)).toEqual([afar])
  }
  const context = await server.get(`/api/v1/statuses/${afar}/context`, 'Context', asAlice)
  expect(context.descendants.map((one: Json) => one.id)).toEqual([reply.id])
  expect(await server.get(`/api/v1/statuses/${reply.id}/source`, 'StatusSource', asAlice)).toMatchObject({
    spoiler_text: 'reply',
    text: expect.stringContaining('@bob'),
  })

  const anonymous = await server.get(`/api/v1/statuses/${afar}`, 'Status')
  expect(Object.keys(anonymous)).not.toContain('favourited')
  expect(anonymous.content).not.toContain('script')
  expect(anonymous.account).toMatchObject({
    acct: 'carol@remote.test',
    avatar: 'https://pipit.test/static/avatars/missing.png',
  })
  expect(Object.keys(anonymous.account)).not.toContain('roles')

  const notifications = await server.get('/api/v1/notifications', '[Notification]', asAlice)
  expect(notifications.map((one: Json) => one.type).toSorted()).toEqual(['favourite', 'follow', 'mention', 'reblog'])
  expect(await server.get(`/api/v1/notifications/${notifications[0].id}`, 'Notification', asAlice)).toEqual(
    notifications[0],
  )
  expect(await server.get('/api/v1/notifications/unread_count', 'UnreadCount', asAlice)).toEqual({ count: 4 })
  expect(
    (await server.get('/api/v1/notifications?types[]=mention&types[]=reaction', '[Notification]', asAlice)).map(
      (one: Json) => one.type,
    ),
  ).toEqual(['mention'])
  expect(await server.get('/api/v1/notifications?exclude_types[]=mention', '[Notification]', asAlice)).toHaveLength(3)
  expect(await server.get(`/api/v1/notifications?account_id=${carol}`, '[Notification]', asAlice)).toHaveLength(1)

  expect(await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', asAlice)).toMatchObject({
    role: { name: 'Owner' },
    roles: [{ name: 'Owner' }],
    followers_count: 1,
  })
  for (const path of [
    `/api/v1/accounts/${carol}`,
    '/api/v1/accounts/lookup?acct=carol@remote.test',
    '/api/v1/accounts/lookup?acct=@alice@pipit.test',
  ])
    await server.get(path, 'Account')
  expect(await server.get(`/api/v1/accounts?id[]=${alice}&id[]=${carol}&id[]=7&id[]=x`, '[Account]')).toHaveLength(2)
  expect(await server.get('/api/v1/accounts/search?q=ali', '[Account]', asBob)).toHaveLength(1)
  for (const [path, whom] of [
    ['followers', bob],
    ['following', carol],
  ]) {
    expect((await server.get(`/api/v1/accounts/${alice}/${path}`, '[Account]')).map((one: Json) => one.id)).toEqual([
      whom,
    ])
  }
  for (const path of ['favourited_by', 'reblogged_by'])
    expect((await server.get(`/api/v1/statuses/${reply.id}/${path}`, '[Account]')).map((one: Json) => one.id)).toEqual([
      bob,
    ])
  expect(
    await server.get(`/api/v1/accounts/relationships?id[]=${carol}&id[]=${bob}`, '[Relationship]', asAlice),
  ).toMatchObject([{ following: true }, { followed_by: true, following: false }])

  const found = await server.get('/api/v2/search?q=birds', 'Search', asAlice)
  expect(found.hashtags).toMatchObject([{ name: 'Birds', url: 'https://pipit.test/tags/birds' }])
  expect(
    (await server.get(`/api/v2/search?q=${encodeURIComponent(anonymous.url)}&resolve=true`, 'Search', asAlice))
      .statuses,
  ).toHaveLength(1)
  expect((await server.call('GET', '/api/v1/search?q=birds', { token: asAlice })).body.hashtags).toEqual(['birds'])

  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
    domain: 'pipit.test',
    contact: { account: { username: 'alice' } },
    version: expect.stringMatching(/^4\.6\.0 \(compatible; Pipit \d/),
  })
  expect(await server.get('/api/v1/instance', 'V1_Instance')).toMatchObject({
    uri: 'pipit.test',
    urls: { streaming_api: 'wss://pipit.test' },
    stats: { user_count: 2, domain_count: 1 },
  })
  expect(await server.get('/api/v1/preferences', 'Preferences', asAlice)).toMatchObject({
    'posting:default:visibility': 'public',
  })
  await server.get('/api/v1/instance/rules', '[Rule]')
  await server.get('/api/v1/custom_emojis', '[CustomEmoji]')
  await server.get('/api/v1/trends/tags', '[Tag]')
  await server.get('/api/v1/trends/statuses', '[Status]')
  await server.get('/api/v1/trends/links', '[Trends_Link]')
  await server.get('/api/v2/suggestions', '[Suggestion]', asAlice)

  const markers = await server.post('/api/v1/markers', 'Markers', asAlice, {
    home: { last_read_id: boost.id },
    notifications: { last_read_id: notifications[0].id },
  })
  expect(markers.home).toMatchObject({ last_read_id: boost.id, version: 0 })
  expect(await server.get('/api/v1/markers?timeline[]=home&timeline[]=notifications', 'Markers', asAlice)).toEqual(
    markers,
  )
  expect(await server.get('/api/v1/notifications/unread_count', 'UnreadCount', asAlice)).toEqual({ count: 0 })

  await server.post(`/api/v1/notifications/${notifications[0].id}/dismiss`, 'Empty', asAlice)
  expect(await server.get('/api/v1/notifications', '[Notification]', asAlice)).toHaveLength(3)
  await server.post('/api/v1/notifications/clear', 'Empty', asAlice)
  expect(await server.get('/api/v1/notifications', '[Notification]', asAlice)).toEqual([])

  expect(await server.post(`/api/v1/statuses/${afar}/unfavourite`, 'StatusWithViewer', asAlice)).toMatchObject({
    favourited: false,
    favourites_count: 0,
  })
  expect(await server.post(`/api/v1/statuses/${boost.id}/unreblog`, 'StatusWithViewer', asAlice)).toMatchObject({
    id: afar,
    reblogged: false,
  })
  const deleted = await server.call('DELETE', `/api/v1/statuses/${reply.id}`, { token: asAlice })
  expect(problemsOf('DeletedStatus', deleted.body)).toEqual([])
  expect(deleted.body.text).toContain('Hello @carol@remote.test')
  expect((await server.call('GET', `/api/v1/statuses/${reply.id}`)).status).toBe(404)
})

test('a profile is changed by a form with images, and by each encoding of fields that apps use', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const image = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#336699' } })
    .png()
    .toBuffer()
  const form = new FormData()
  form.set('display_name', 'Alice A.')
  form.set('note', 'I like #birds')
  form.set('locked', 'true')
  form.set('bot', '0')
  form.set('avatar', new File([new Uint8Array(image)], 'me.png', { type: 'image/png' }))
  form.set('fields_attributes[0][name]', 'Web')
  form.set('fields_attributes[0][value]', 'https://alice.example')
  form.set('fields_attributes[1][name]', 'Pronouns')
  form.set('fields_attributes[1][value]', 'she')
  form.set('source[privacy]', 'unlisted')
  form.set('source[sensitive]', 'true')
  form.set('source[language]', 'de')
  const changed = await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: form })
  expect(problemsOf('CredentialAccount', changed.body)).toEqual([])
  expect(changed.body).toMatchObject({
    display_name: 'Alice A.',
    locked: true,
    bot: false,
    avatar: expect.stringMatching(/^https:\/\/pipit\.test\/media\/[0-9a-f]{32}\.webp$/),
    fields: [
      { name: 'Web', value: expect.stringContaining('rel="me') },
      { name: 'Pronouns', value: 'she' },
    ],
    source: {
      note: 'I like #birds',
      privacy: 'unlisted',
      sensitive: true,
      language: 'de',
      fields: [{ value: 'https://alice.example' }, { value: 'she' }],
    },
  })
  // Defaults apply to missing parameters.
  expect(await server.post('/api/v1/statuses', 'Status', token, { status: 'Hi' })).toMatchObject({
    visibility: 'unlisted',
    sensitive: true,
    language: 'de',
  })

  const fieldsOf = async (fields_attributes: object) => {
    const { body } = await server.call('PATCH', '/api/v1/accounts/update_credentials', {
      token,
      body: { fields_attributes },
    })
    return body.fields.map((field: Json) => [field.name, field.value])
  }
  expect(
    await fieldsOf([
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ]),
  ).toEqual([
    ['a', '1'],
    ['b', '2'],
  ])
  expect(await fieldsOf({ 0: { name: 'c', value: '3' } })).toEqual([['c', '3']])
  const list = new URLSearchParams([
    ['fields_attributes[][name]', 'd'],
    ['fields_attributes[][value]', '4'],
    ['fields_attributes[][name]', 'e'],
    ['fields_attributes[][value]', '5'],
  ])
  const { body } = await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: list })
  expect(body.fields.map((field: Json) => field.name)).toEqual(['d', 'e'])
  expect(body.display_name).toBe('Alice A.')

  const text = new FormData()
  text.set('avatar', new File(['no image'], 'x.png', { type: 'image/png' }))
  expect(await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: text })).toMatchObject({
    status: 422,
    body: { error: expect.stringContaining('not a JPEG') },
  })
  const gone = await server.call('DELETE', '/api/v1/profile/avatar', { token })
  expect(gone.body.avatar).toBe('https://pipit.test/static/avatars/missing.png')
})

test('a locked account gets a follow request, and answers it through an app', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  await server.call('PATCH', '/api/v1/accounts/update_credentials', { token: asAlice, body: { locked: true } })

  expect(await server.post(`/api/v1/accounts/${alice}/follow`, 'Relationship', asBob)).toMatchObject({
    following: false,
    requested: true,
  })
  expect(await server.get('/api/v1/follow_requests', '[Account]', asAlice)).toMatchObject([{ id: bob }])
  expect(await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', asAlice)).toMatchObject({
    source: { follow_requests_count: 1 },
  })
  expect(await server.post(`/api/v1/follow_requests/${bob}/authorize`, 'Relationship', asAlice)).toMatchObject({
    followed_by: true,
  })
  expect(
    await server.post(`/api/v1/accounts/${alice}/follow`, 'Relationship', asBob, { reblogs: false }),
  ).toMatchObject({ following: true, showing_reblogs: false })
  expect(await server.post(`/api/v1/accounts/${bob}/remove_from_followers`, 'Relationship', asAlice)).toMatchObject({
    followed_by: false,
  })
  await server.post(`/api/v1/accounts/${alice}/follow`, 'Relationship', asBob)
  expect(await server.post(`/api/v1/follow_requests/${bob}/reject`, 'Relationship', asAlice)).toMatchObject({
    requested_by: false,
  })

  expect(
    await server.post(`/api/v1/accounts/${bob}/mute`, 'Relationship', asAlice, { notifications: 'false' }),
  ).toMatchObject({ muting: true, muting_notifications: false })
  expect(await server.post(`/api/v1/accounts/${bob}/unmute`, 'Relationship', asAlice)).toMatchObject({ muting: false })
  expect(await server.post(`/api/v1/accounts/${bob}/block`, 'Relationship', asAlice)).toMatchObject({ blocking: true })
  expect(await server.get(`/api/v1/accounts/relationships?id=${alice}`, '[Relationship]', asBob)).toMatchObject([
    { blocked_by: true },
  ])
  expect((await server.call('POST', `/api/v1/accounts/${alice}/follow`, { token: asBob })).status).toBe(403)
  expect(await server.post(`/api/v1/accounts/${bob}/unblock`, 'Relationship', asAlice)).toMatchObject({
    blocking: false,
  })
  expect((await server.call('POST', `/api/v1/accounts/${alice}/follow`, { token: asAlice })).status).toBe(422)
  expect((await server.call('POST', '/api/v1/accounts/7/follow', { token: asAlice })).status).toBe(404)
})

test('the account entity tells of hidden collections, of a suspension, and of a block of the viewer', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob, eve] = [
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
    await localAccount(t, 'eve', { displayName: 'Eve' }),
  ]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob)]
  await makeFollow(t, bob, alice)
  await status(t, alice)
  await server.call('PATCH', '/api/v1/accounts/update_credentials', {
    token: asAlice,
    body: { hide_collections: true },
  })
  expect(await server.get(`/api/v1/accounts/${alice}/followers`, '[Account]', asBob)).toEqual([])
  expect(await server.get(`/api/v1/accounts/${alice}/followers`, '[Account]', asAlice)).toHaveLength(1)

  expect(await server.get(`/api/v1/accounts/${alice}/statuses`, '[Status]', asBob)).toHaveLength(1)
  expect(await server.get(`/api/v1/accounts/${alice}/statuses?pinned=true`, '[Status]', asBob)).toEqual([])
  await t.db.transaction((tx) => block(tx, t.app.uris, alice, bob))
  expect(await server.get(`/api/v1/accounts/${alice}/statuses`, '[Status]', asBob)).toEqual([])

  await suspend(t, eve)
  expect(await server.get(`/api/v1/accounts/${eve}`, 'Account')).toMatchObject({
    suspended: true,
    display_name: '',
    note: '',
    fields: [],
  })
})

test('an app can sign a person up, and an error names each wrong field', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await localAccount(t, 'alice')
  await openSignUps(t)
  const appToken = await tokenOf(t.app, null, ['read', 'write:accounts'])
  const signUp = (body: object) =>
    server.call('POST', '/api/v1/accounts', {
      token: appToken,
      body: {
        username: 'bob',
        email: 'bob@mail.test',
        password: 'a fine long password',
        agreement: true,
        locale: 'en',
        ...body,
      },
    })

  const wrong = await signUp({ username: 'alice', email: 'nonsense', password: 'short' })
  expect(problemsOf('Error', wrong.body)).toEqual([])
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      error: expect.stringMatching(/^Validation failed: /),
      details: {
        username: [{ error: 'ERR_TAKEN' }],
        email: [{ error: 'ERR_INVALID' }],
        password: [{ error: 'ERR_TOO_SHORT' }],
      },
    },
  })
  expect(await signUp({ agreement: false })).toMatchObject({
    status: 422,
    body: { details: { agreement: [{ error: 'ERR_ACCEPTED' }] } },
  })

  const right = await signUp({})
  expect(problemsOf('Token', right.body)).toEqual([])
  const token = right.body.access_token
  // Nothing personal before the address is confirmed.
  expect(await server.call('GET', '/api/v1/accounts/verify_credentials', { token })).toMatchObject({
    status: 403,
    body: { error: 'Your login is missing a confirmed e-mail address' },
  })
  expect((await server.call('GET', '/api/v1/emails/check_confirmation', { token })).body).toBe(false)
  expect((await server.call('GET', '/api/v1/timelines/public', { token })).status).toBe(200)

  // Nor does anybody learn whose address has an account here already.
  const known = await signUp({ username: 'carl' })
  expect(Object.keys(known.body)).toEqual(Object.keys(right.body))
  for (const [method, path] of [
    ['GET', '/api/v1/accounts/verify_credentials'],
    ['GET', '/api/v1/emails/check_confirmation'],
    ['GET', '/api/v1/timelines/public'],
    ['POST', '/api/v1/accounts'],
    ['GET', '/api/v1/timelines/home'],
    ['GET', '/api/v1/lists'],
  ] as const) {
    const [mine, decoy] = [
      await server.call(method, path, { token }),
      await server.call(method, path, { token: known.body.access_token }),
    ]
    expect([path, decoy.status, decoy.body]).toEqual([path, mine.status, mine.body])
  }

  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'closed' }))
  expect((await signUp({ username: 'dora', email: 'dora@mail.test' })).status).toBe(403)
})
