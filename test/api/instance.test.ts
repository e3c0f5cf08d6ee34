import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { countDay } from '#src/instance/stats.ts'
import { saveText } from '#src/instance/texts.ts'
import { editAnnouncement, publishAnnouncement, removeAnnouncement } from '#src/moderation/announcements.ts'
import { addRule, removeRule } from '#src/moderation/instance-rules.ts'
import { newId, type EmojiId } from '#src/platform/ids.ts'
import { dayOf } from '#src/platform/time.ts'
import { block } from '#src/relationships/block.ts'
import { federate } from '../../federation/outgoing/federate.ts'
import { pages } from '../../web/app.tsx'
import { localAccount, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database } from '../database.ts'
import { type Json, serve, tokenOf } from './server.ts'

test('everybody can read the rules, policies and numbers of an instance', async () => {
  await using t = await database()
  await using server = await serve(t.app, pages)
  await localAccount(t, 'alice', { role: 'owner' })
  await remoteAccount(t, 'carol', 'birds.test')
  await remoteAccount(t, 'dave', 'birds.test')
  await remoteAccount(t, 'eve', 'ants.test')
  const [kind, gone] = await t.db.transaction(async (tx) => [
    await addRule(tx, commandLine, 'Be kind', 'Also to strangers'),
    await addRule(tx, commandLine, 'No birds'),
  ])
  await t.db.transaction((tx) => removeRule(tx, commandLine, gone))
  const rules = [{ id: kind, text: 'Be kind', hint: 'Also to strangers', translations: {} }]
  expect(await server.get('/api/v1/instance/rules', '[Rule]')).toEqual(rules)
  expect(await server.get('/api/v2/instance', 'Instance')).toMatchObject({
    rules,
    configuration: { urls: { terms_of_service: null } },
  })
  expect(await server.get('/api/v1/instance', 'V1_Instance')).toMatchObject({ rules })

  expect(await server.get('/api/v1/instance/extended_description', 'ExtendedDescription')).toEqual({
    updated_at: null,
    content: '',
  })
  expect((await server.get('/api/v1/instance/privacy_policy', 'PrivacyPolicy')).content).toContain(
    '<strong>What pipit.test keeps</strong>',
  )
  expect((await server.call('GET', '/api/v1/instance/terms_of_service')).status).toBe(404)
  await t.db.transaction(async (tx) => {
    await saveText(tx, commandLine, 'extendedDescription', 'A *place* for <b>birds</b>')
    await saveText(tx, commandLine, 'privacyPolicy', 'We forget.')
    await saveText(tx, commandLine, 'termsOfService', 'No hawks.')
  })
  expect((await server.get('/api/v1/instance/extended_description', 'ExtendedDescription')).content).toBe(
    '<p>A <em>place</em> for &lt;b&gt;birds&lt;/b&gt;</p>',
  )
  expect((await server.get('/api/v1/instance/privacy_policy', 'PrivacyPolicy')).content).toBe('<p>We forget.</p>')
  const terms = await server.get('/api/v1/instance/terms_of_service', 'TermsOfService')
  expect(await server.get(`/api/v1/instance/terms_of_service/${terms.effective_date}`, 'TermsOfService')).toEqual(terms)
  expect((await server.call('GET', '/api/v1/instance/terms_of_service/2001-01-01')).status).toBe(404)
  const {
    configuration: { urls },
  } = await server.get('/api/v2/instance', 'Instance')
  for (const url of [urls.privacy_policy, urls.terms_of_service])
    expect(await (await fetch(`${server.url}${new URL(url).pathname}`)).text()).toMatch(/We forget|No hawks/)

  expect((await server.call('GET', '/api/v1/instance/domain_blocks')).status).toBe(404)
  expect((await server.call('GET', '/api/v1/instance/peers')).body).toEqual(['ants.test', 'birds.test'])
  expect((await server.call('GET', '/api/v1/peers/search?q=BI')).body).toEqual(['birds.test'])
  expect((await server.get('/api/v1/instance/languages', '[Language]')).length).toBeGreaterThan(50)
  await t.db.transaction((tx) => countDay(tx, dayOf(new Date())))
  const weeks = await server.get('/api/v1/instance/activity', '[Activity]')
  expect(weeks).toHaveLength(12)
  expect(weeks[0]).toMatchObject({ registrations: '1' })
})

test('announcements can be read, reacted to and dismissed', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [asAlice, asBob] = [await tokenOf(t.app, alice), await tokenOf(t.app, bob, ['write:favourites'])]
  const post = await status(t, alice)
  await t.db.execute(
    sql`insert into custom_emojis (id, shortcode, file) values (${newId<EmojiId>()}, 'blob', 'blob.png')`,
  )
  const id = await t.db.transaction((tx) =>
    publishAnnouncement(tx, commandLine, {
      text: `We *move*, @bob :blob: #news ${t.app.uris.statusPage('alice', post)}`,
      startsAt: new Date('2030-01-01'),
      endsAt: new Date('2030-01-02'),
    }),
  )
  await t.db.transaction((tx) =>
    publishAnnouncement(tx, commandLine, { text: 'Long ago', endsAt: new Date('2020-01-02') }),
  )

  const [one, ...others] = await server.get('/api/v1/announcements', '[Announcement]', asAlice)
  expect(others).toEqual([])
  expect(one).toMatchObject({
    id,
    read: false,
    reactions: [],
    mentions: [{ id: bob, acct: 'bob' }],
    tags: [{ name: 'news' }],
    statuses: [{ id: post }],
    emojis: [{ shortcode: 'blob' }],
    starts_at: '2030-01-01T00:00:00.000Z',
  })
  expect(one.content).toContain('class="u-url mention"')

  const react = (method: string, name: string, token = asAlice) =>
    server.call(method, `/api/v1/announcements/${id}/reactions/${encodeURIComponent(name)}`, { token })
  for (const name of ['👩‍🚀', 'blob', '👍']) expect(await react('PUT', name)).toMatchObject({ status: 200, body: {} })
  await react('PUT', '👍')
  await react('PUT', '👍', asBob)
  for (const bad of ['nonsense', 'a b', '👍👍', 'x'.repeat(300)]) expect((await react('PUT', bad)).status).toBe(422)
  await react('DELETE', '👩‍🚀')
  const reactions = async () => (await server.get('/api/v1/announcements', '[Announcement]', asAlice))[0].reactions
  expect(await reactions()).toEqual([
    {
      name: 'blob',
      count: 1,
      me: true,
      url: 'https://pipit.test/media/blob.png',
      static_url: 'https://pipit.test/media/blob.png',
    },
    { name: '👍', count: 2, me: true },
  ])
  for (const name of ['😀', '😁', '😂', '😃', '😄', '😅']) await react('PUT', name, asBob)
  expect((await react('PUT', '😆')).status).toBe(422)
  expect((await react('PUT', '😀')).status).toBe(200)

  expect(await server.post(`/api/v1/announcements/${id}/dismiss`, 'Empty', asAlice)).toEqual({})
  expect(await server.get('/api/v1/announcements', '[Announcement]', asAlice)).toEqual([])
  expect(await server.get('/api/v1/announcements?with_dismissed=true', '[Announcement]', asAlice)).toMatchObject([
    { id, read: true },
  ])
  expect((await server.call('POST', '/api/v1/announcements/7/dismiss', { token: asAlice })).status).toBe(404)
  expect((await server.call('GET', '/api/v1/announcements')).status).toBe(401)

  await t.db.transaction((tx) => editAnnouncement(tx, commandLine, id, { text: 'We stay' }))
  await t.db.transaction((tx) => removeAnnouncement(tx, commandLine, id))
  expect(await server.get('/api/v1/announcements?with_dismissed=true', '[Announcement]', asAlice)).toEqual([])
  const told = (
    await t.db.execute<{ type: string }>(
      sql`select distinct event ->> 'type' as type from events where event ->> 'type' like 'announcement.%' order by 1`,
    )
  ).rows
  expect(told.map(({ type }) => type)).toEqual([
    'announcement.published',
    'announcement.reaction',
    'announcement.removed',
    'announcement.updated',
  ])
})

test('a report reaches the moderators, and the remote server without the reporter’s name', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [owner, bob, carol] = [
    await localAccount(t, 'olga', { role: 'owner' }),
    await localAccount(t, 'bob'),
    await remoteAccount(t, 'carol'),
  ]
  const [asOwner, asBob] = [await tokenOf(t.app, owner), await tokenOf(t.app, bob)]
  const [post, hidden] = [
    await remoteStatus(t, carol),
    await remoteStatus(t, carol, { visibility: 'direct', mentionedIds: [owner] }),
  ]
  const ours = await status(t, owner)
  const rule = await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const send = (body: object) =>
    server.call('POST', '/api/v1/reports', { token: asBob, body: { account_id: carol, ...body } })

  // People block first, and report then.
  await t.db.transaction((tx) => block(tx, t.app.uris, bob, carol))
  const report = await server.post(
    '/api/v1/reports',
    'Report',
    asBob,
    new URLSearchParams([
      ['account_id', carol],
      ['status_ids[]', post],
      ['rule_ids[]', rule],
      ['comment', 'Rude'],
      ['forward', 'true'],
    ]),
  )
  expect(report).toMatchObject({
    category: 'violation',
    forwarded: true,
    action_taken: false,
    comment: 'Rude',
    status_ids: [post],
    rule_ids: [rule],
    target_account: { id: carol },
  })
  const [notification] = await server.get('/api/v1/notifications', '[Notification]', asOwner)
  expect(notification).toMatchObject({ type: 'admin.report', account: { id: bob } })

  const [job] = (await t.jobPayloads('federate')).filter(({ event }) => event.type === 'report.created')
  await federate(t.app, job!)
  const { rows } = await t.db.execute<{ body: string; signer: string | null; inbox: string }>(sql`
    select a.body, a.account_id as signer, d.inbox_url as inbox from activities a join deliveries d on d.activity_id = a.id where a.type = 'Flag'`)
  const flag = JSON.parse(rows[0]!.body) as Json
  expect(flag).toMatchObject({
    actor: 'https://pipit.test/ap/instance',
    content: 'Rude',
    object: ['https://remote.test/users/carol', expect.stringContaining('https://remote.test/statuses/')],
  })
  expect([rows.length, rows[0]!.signer, rows[0]!.inbox, rows[0]!.body.includes('bob')]).toEqual([
    1,
    null,
    'https://remote.test/users/carol/inbox',
    false,
  ])

  expect(await send({ status_ids: ours })).toMatchObject({ status: 404 })
  expect(await send({ status_ids: [hidden] })).toMatchObject({ status: 404 })
  expect(await send({ rule_ids: ['7'] })).toMatchObject({ status: 422 })
  expect(await send({ category: 'nonsense' })).toMatchObject({ status: 422 })
  expect(await send({ comment: 'x'.repeat(1_001) })).toMatchObject({ status: 422 })
  expect(await server.call('POST', '/api/v1/reports', { token: asBob, body: { account_id: '7' } })).toMatchObject({
    status: 404,
  })
  expect(await server.call('POST', '/api/v1/reports', { token: asBob, body: {} })).toMatchObject({ status: 400 })
})
