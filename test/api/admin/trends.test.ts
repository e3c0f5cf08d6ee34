/** Staff review hashtags and trends by the API, and their decisions hold everywhere. */
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { permissionBits } from '#src/accounts/roles/permissions.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { suggestedTags } from '#src/reading/tags/feature.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { localAccount, remoteAccount, remoteStatus, status } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { type Json, serve, tokenOf } from '../server.ts'

type Cast = { alice: AccountId; bob: AccountId; mod: AccountId; token: string }

async function cast(t: TestDatabase): Promise<Cast> {
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const mod = await localAccount(t, 'mod', { role: 'moderator' })
  return { alice, bob, mod, token: await tokenOf(t.app, mod, ['admin:read', 'admin:write']) }
}

const namesOf = (tags: Json): string[] => tags.map((tag: Json) => tag.name).toSorted()

/** The actions of the audit log, with their objects. */
const audited = async (t: TestDatabase): Promise<Json[]> =>
  (
    await t.db.execute<{ entry: Json }>(
      sql`select jsonb_build_array(actor_name, target_kind, action, target_name, details) as entry from audit_log where target_kind <> 'settings' order by id`,
    )
  ).rows.map(({ entry }) => entry)

async function idOfTag(t: TestDatabase, name: string): Promise<string> {
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from tags where name = ${name}`)
  return rows[0]!.id
}

test('hashtags are listed by page, without those that only posts with an audience used', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, token } = await cast(t)
  for (const text of ['#first', '#second', '#third']) await status(t, alice, { text })
  await status(t, alice, { text: '#secret', visibility: 'private' })

  expect((await server.get('/api/v1/admin/tags', '[Admin_Tag]', token)).map((tag: Json) => tag.name)).toEqual([
    'third',
    'second',
    'first',
  ])
  const { body, headers } = await server.call('GET', '/api/v1/admin/tags?limit=2', { token })
  expect(namesOf(body)).toEqual(['second', 'third'])
  const next = /<https:\/\/pipit\.test([^>]*)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1] ?? ''
  expect(namesOf(await server.get(next, '[Admin_Tag]', token))).toEqual(['first'])

  const first = await server.get(`/api/v1/admin/tags/${await idOfTag(t, 'first')}`, 'Admin_Tag', token)
  expect(first).toMatchObject({ name: 'first', trendable: true, usable: true, listable: true, requires_review: true })
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { trendsNeedReview: true }))
  expect((await server.get(`/api/v1/admin/tags/${first.id}`, 'Admin_Tag', token)).trendable).toBe(false)
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
  ] as const)
    expect(
      (await server.call(method, `/api/v1/admin/tags/${await idOfTag(t, 'secret')}${path}`, { token })).status,
    ).toBe(404)
})

test('staff change the spelling of a hashtag, but not the hashtag', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, token } = await cast(t)
  await status(t, alice, { text: '#fridaynight' })
  const id = await idOfTag(t, 'fridaynight')
  const change = (body: object) => server.call('PUT', `/api/v1/admin/tags/${id}`, { token, body })

  expect((await change({ display_name: 'FridayNight' })).body).toMatchObject({ id, name: 'FridayNight' })
  expect(await server.get('/api/v1/tags/fridaynight', 'Tag')).toMatchObject({ name: 'FridayNight' })
  expect(await change({ display_name: 'Saturday' })).toMatchObject({
    status: 422,
    body: { error: 'Validation failed: Display name does not match the previous name' },
  })
  expect((await change({})).body.name).toBe('FridayNight')
  expect((await change({ display_name: '' })).body.name).toBe('FridayNight')
  expect(await audited(t)).toEqual([['mod', 'tag', 'change', 'FridayNight', { displayName: 'FridayNight' }]])
})

test('a hashtag out of use is plain text in new posts, of whichever server', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, bob, token } = await cast(t)
  const carol = await remoteAccount(t, 'carol')
  const old = await status(t, alice, { text: '#Spam then' })
  const id = await idOfTag(t, 'spam')
  expect((await server.call('PUT', `/api/v1/admin/tags/${id}`, { token, body: { usable: false } })).body).toMatchObject(
    { usable: false, requires_review: false },
  )

  const local = await status(t, bob, { text: '#spam and #eggs' })
  const remote = await remoteStatus(t, carol, {
    content: '<p><a href="https://remote.test/tags/spam" rel="tag">#spam</a></p>',
    tags: [
      { name: 'spam', displayName: 'spam' },
      { name: 'bacon', displayName: 'bacon' },
    ],
  })
  const shown = async (one: StatusId) => server.get(`/api/v1/statuses/${one}`, 'Status')
  expect((await shown(local)).content).toBe(
    '<p>#spam and <a href="https://pipit.test/tags/eggs" class="mention hashtag" rel="tag">#<span>eggs</span></a></p>',
  )
  expect(namesOf((await shown(local)).tags)).toEqual(['eggs'])
  expect(namesOf((await shown(remote)).tags)).toEqual(['bacon'])
  // An edit uses it no more either; posts from before that nobody edits keep it.
  const timeline = async () => (await server.get('/api/v1/timelines/tag/spam', '[Status]')).map((one: Json) => one.id)
  expect(await timeline()).toEqual([old])
  await editStatus(t.app, alice, old, { text: '#Spam now' })
  expect(await timeline()).toEqual([])

  await server.call('PUT', `/api/v1/admin/tags/${id}`, { token, body: { usable: true } })
  const again = await status(t, bob, { text: '#spam' })
  expect(await timeline()).toEqual([again])
})

test('a hashtag off the lists is in no search, suggestion or trend, but its timeline stays', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, bob, token } = await cast(t)
  for (const author of [alice, bob]) await status(t, author, { text: '#hidden #shown' })
  await computeTrends(t.db)
  const hits = async () => ({
    search: namesOf(
      (await server.get('/api/v2/search?q=hid&type=hashtags', 'Search', await tokenOf(t.app, bob))).hashtags,
    ),
    suggested: (await suggestedTags(t.db, alice)).length,
    trends: namesOf(await server.get('/api/v1/trends/tags', '[Tag]')),
    timeline: (await server.get('/api/v1/timelines/tag/hidden', '[Status]')).length,
  })
  expect(await hits()).toEqual({ search: ['hidden'], suggested: 2, trends: ['hidden', 'shown'], timeline: 2 })
  const path = `/api/v1/admin/tags/${await idOfTag(t, 'hidden')}`
  expect((await server.call('PUT', path, { token, body: { listable: false } })).body.listable).toBe(false)
  expect(await hits()).toEqual({ search: [], suggested: 1, trends: ['shown'], timeline: 2 })
  await computeTrends(t.db)
  expect((await hits()).trends).toEqual(['shown'])
  // Staff still see what trends, and by which switch it is hidden.
  const reviewed = await server.get('/api/v1/admin/trends/tags', '[Admin_Tag]', token)
  expect(namesOf(reviewed)).toEqual(['hidden', 'shown'])
  await server.call('PUT', path, { token, body: { listable: true } })
  expect((await hits()).trends).toEqual(['hidden', 'shown'])
})

test('the decision about a publisher holds for its links, unless a single link was decided', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, bob, token } = await cast(t)
  for (const page of ['one', 'two'])
    for (const author of [alice, bob]) await status(t, author, { text: `https://news.example/${page}` })
  for (const author of [alice, bob]) await status(t, author, { text: 'https://other.example/three' })
  await t.db.execute(sql`update cards set is_usable = true, title = split_part(url, '/', 4), fetched_at = now()`)
  expect(await server.get('/api/v1/admin/trends/links/publishers', '[Admin_PreviewCardProvider]', token)).toEqual([])
  await computeTrends(t.db)

  const publishers = await server.get('/api/v1/admin/trends/links/publishers', '[Admin_PreviewCardProvider]', token)
  expect(publishers.map((one: Json) => one.domain).toSorted()).toEqual(['news.example', 'other.example'])
  const news = publishers.find((one: Json) => one.domain === 'news.example')
  expect(news).toMatchObject({ trendable: null, reviewed_at: null, requires_review: true })
  expect(Date.parse(news.requested_review_at)).toBeGreaterThan(Date.now() - 60_000)

  const shown = async () =>
    (await server.get('/api/v1/trends/links', '[Trends_Link]')).map((one: Json) => one.url).toSorted()
  const waiting = async () =>
    Object.fromEntries(
      (await server.get('/api/v1/admin/trends/links', '[Admin_Trends_Link]', token)).map((one: Json) => [
        one.title,
        one.requires_review,
      ]),
    )
  const [one, two, other] = ['https://news.example/one', 'https://news.example/two', 'https://other.example/three']
  expect(await shown()).toEqual([one, two, other])
  expect(await waiting()).toEqual({ one: true, two: true, three: true })

  const post = (path: string, entity: string) => server.post(`/api/v1/admin/trends/links/${path}`, entity, token)
  expect(await post(`publishers/${news.id}/reject`, 'Admin_PreviewCardProvider')).toMatchObject({
    trendable: false,
    requires_review: false,
  })
  expect(await shown()).toEqual([other])
  expect(await waiting()).toEqual({ one: false, two: false, three: true })

  const { rows } = await t.db.execute<{ id: string }>(sql`select id from cards where url = ${one}`)
  const approved = await post(`${rows[0]!.id}/approve`, 'Admin_Trends_Link')
  expect(approved).toMatchObject({ id: rows[0]!.id, url: one, requires_review: false })
  expect(await shown()).toEqual([one, other])
  await computeTrends(t.db)
  expect(await shown()).toEqual([one, other])

  // With review, a publisher's approval lets its links trend, but the link that was rejected stays away.
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { trendsNeedReview: true }))
  await post(`${rows[0]!.id}/reject`, 'Admin_Trends_Link')
  await post(`publishers/${news.id}/approve`, 'Admin_PreviewCardProvider')
  await computeTrends(t.db)
  expect(await shown()).toEqual([two])
  expect(await audited(t)).toEqual([
    ['mod', 'publisher', 'reject', 'news.example', {}],
    ['mod', 'link', 'approve', one, {}],
    ['mod', 'link', 'reject', one, {}],
    ['mod', 'publisher', 'approve', 'news.example', {}],
  ])
  for (const path of ['publishers/999/approve', '999/reject'])
    expect((await server.call('POST', `/api/v1/admin/trends/links/${path}`, { token })).status).toBe(404)
})

test('staff decide about trending hashtags and posts', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { alice, bob, mod, token } = await cast(t)
  const liked = await status(t, alice, { text: 'A good post about #birds' })
  await status(t, bob, { text: '#birds' })
  await t.db.transaction(async (tx) => {
    for (const account of [bob, mod]) await favourite(tx, account, liked)
  })
  await computeTrends(t.db)
  const [tag] = await server.get('/api/v1/admin/trends/tags', '[Admin_Tag]', token)
  const [post] = await server.get('/api/v1/admin/trends/statuses', '[Admin_Trends_Status]', token)
  expect([tag.name, tag.requires_review, post.id, post.requires_review]).toEqual(['birds', true, liked, true])
  expect(await server.get('/api/v1/admin/trends/statuses?offset=1', '[Admin_Trends_Status]', token)).toEqual([])
  expect(await server.get('/api/v1/admin/trends/tags?offset=1', '[Admin_Tag]', token)).toEqual([])

  const trending = async () => [
    (await server.get('/api/v1/trends/tags', '[Tag]')).length,
    (await server.get('/api/v1/trends/statuses', '[Status]')).length,
  ]
  const decide = (what: string, entity: string) => server.post(`/api/v1/admin/trends/${what}`, entity, token)
  expect(await decide(`tags/${tag.id}/reject`, 'Admin_Tag')).toMatchObject({ trendable: false, requires_review: false })
  expect(await decide(`statuses/${liked}/reject`, 'Admin_Trends_Status')).toMatchObject({ requires_review: false })
  expect(await trending()).toEqual([0, 0])
  expect(await decide(`tags/${tag.id}/approve`, 'Admin_Tag')).toMatchObject({ trendable: true })
  await decide(`statuses/${liked}/approve`, 'Admin_Trends_Status')
  expect(await trending()).toEqual([1, 1])
  expect((await audited(t)).map((entry) => entry.slice(0, 4))).toEqual([
    ['mod', 'tag', 'reject', 'birds'],
    ['mod', 'trendingStatus', 'reject', ''],
    ['mod', 'tag', 'approve', 'birds'],
    ['mod', 'trendingStatus', 'approve', ''],
  ])
})

test('only roles with the permission get in, and only with the scope', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await t.db.execute(sql`
    insert into roles (id, name, permissions, position) values (77, 'Gardener', ${permissionBits.manage_taxonomies}::bigint, 5),
      (78, 'Reader', ${permissionBits.view_dashboard | permissionBits.manage_reports}::bigint, 5)`)
  const author = await localAccount(t, 'author')
  const post = await status(t, author, { text: '#birds https://news.example/' })
  const tag = await idOfTag(t, 'birds')
  await t.db.execute(sql`insert into link_publishers (id, domain) values (5, 'news.example')`)
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from cards`)
  const reads = ['tags', `tags/${tag}`, 'trends/tags', 'trends/links', 'trends/links/publishers', 'trends/statuses']
  const writes = [
    `PUT tags/${tag}`,
    ...['approve', 'reject'].flatMap((verb) =>
      [`tags/${tag}`, `links/${rows[0]!.id}`, 'links/publishers/5', `statuses/${post}`].map(
        (what) => `POST trends/${what}/${verb}`,
      ),
    ),
  ]
  const doors = [...reads.map((path) => `GET ${path}`), ...writes]
  const answers = async (token: string | undefined): Promise<[read: number[], written: number[]]> => {
    const found: number[] = []
    for (const door of doors) {
      const [method = '', path = ''] = door.split(' ')
      found.push((await server.call(method, `/api/v1/admin/${path}`, { token })).status)
    }
    return [[...new Set(found.slice(0, reads.length))], [...new Set(found.slice(reads.length))]]
  }
  const people = {
    user: await localAccount(t, 'user'),
    moderator: await localAccount(t, 'moderator', { role: 'moderator' }),
    admin: await localAccount(t, 'admin', { role: 'admin' }),
    owner: await localAccount(t, 'owner', { role: 'owner' }),
    gardener: await localAccount(t, 'gardener'),
    reader: await localAccount(t, 'reader'),
  }
  await t.db.execute(
    sql`update users set role_id = case account_id when ${people.gardener} then 77 else 78 end where account_id in (${people.gardener}, ${people.reader})`,
  )
  const seen: Record<string, Json> = { nobody: await answers(undefined) }
  for (const [who, id] of Object.entries(people))
    seen[who] = await answers(await tokenOf(t.app, id, ['admin:read', 'admin:write']))
  expect(seen).toEqual({
    nobody: [[401], [401]],
    user: [[403], [403]],
    moderator: [[200], [200]],
    admin: [[200], [200]],
    owner: [[200], [200]],
    gardener: [[200], [200]],
    reader: [[403], [403]],
  })
  expect(await answers(await tokenOf(t.app, people.owner, ['admin:read']))).toEqual([[200], [403]])
  expect(await answers(await tokenOf(t.app, people.owner, ['admin:write']))).toEqual([[403], [200]])
  expect(
    await answers(await tokenOf(t.app, people.owner, ['read', 'write', 'admin:read:accounts', 'admin:write:accounts'])),
  ).toEqual([[403], [403]])
  expect(await answers(await tokenOf(t.app, null, ['read']))).toEqual([[403], [403]])
})
