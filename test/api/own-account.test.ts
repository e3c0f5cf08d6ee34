import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { savePreferences } from '#src/accounts/profile/preferences.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { verifyLinks } from '#src/accounts/profile/verify-links.ts'
import { receiveRemoteAccount } from '#src/accounts/receive.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { loadAuthorisedApps, revokeApp } from '#src/accounts/sessions/authorised.ts'
import { newMailToken } from '#src/accounts/sign-up/credentials.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { forgetJobs, localAccount, remoteAccount } from '../cast.ts'
import { clientAt } from '../client.ts'
import { database, type TestDatabase } from '../database.ts'
import { png } from '../media.ts'
import { freePort } from '../runtime/process.ts'
import { problemsOf } from './schemas.ts'
import { serve, tokenOf } from './server.ts'

test('a profile changes in every notation, and only where something was given', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const form = new FormData()
  form.set(
    'avatar',
    new File(
      [
        new Uint8Array(
          await sharp({ create: { width: 20, height: 20, channels: 3, background: 'red' } })
            .png()
            .toBuffer(),
        ),
      ],
      'a.jpg',
      { type: 'image/jpeg' },
    ),
  )
  form.set('avatar_description', 'All red')
  form.set('show_media', 'false')
  form.append('attribution_domains[]', 'https://Blog.Example/posts')
  form.append('attribution_domains[]', '*.news.example')
  form.set('fields_attributes[7][name]', 'Web')
  form.set('fields_attributes[7][value]', 'https://alice.example')
  form.set('fields_attributes[3][name]', 'Pronouns')
  form.set('fields_attributes[3][value]', 'she')
  form.set('source[quote_policy]', 'followers')
  form.set('source[privacy]', 'unlisted')
  const changed = await server.call('PATCH', '/api/v1/accounts/update_credentials', { token, body: form })
  expect(problemsOf('CredentialAccount', changed.body)).toEqual([])
  expect(changed.body).toMatchObject({
    display_name: '',
    avatar_description: 'All red',
    show_media: false,
    show_featured: true,
    source: {
      privacy: 'unlisted',
      quote_policy: 'followers',
      attribution_domains: ['blog.example', 'news.example'],
      fields: [{ name: 'Web', value: 'https://alice.example' }, { name: 'Pronouns' }],
    },
  })
  expect(
    (
      await server.call('PUT', '/api/v1/accounts/update_credentials', {
        token,
        body: { display_name: 'Alice', fields_attributes: null },
      })
    ).body,
  ).toMatchObject({ display_name: 'Alice', fields: [{}, {}] })
  expect(await server.get('/api/v1/preferences', 'Preferences', token)).toMatchObject({
    'posting:default:quote_policy': 'followers',
    'posting:default:visibility': 'unlisted',
  })

  const patch = async (body: object) => server.call('PATCH', '/api/v1/profile', { token, body })
  const profile = await patch({
    note: 'Birds & bees',
    fields_attributes: [{ name: 'One', value: '1' }],
    locked: 'true',
  })
  expect(problemsOf('Profile', profile.body)).toEqual([])
  expect(profile.body).toMatchObject({
    note: 'Birds & bees',
    fields: [{ name: 'One', value: '1' }],
    locked: true,
    header: null,
    avatar: expect.stringContaining('/media/'),
    attribution_domains: ['blog.example', 'news.example'],
  })
  expect((await patch({ attribution_domains: [], fields_attributes: [] })).body).toMatchObject({
    attribution_domains: [],
    fields: [],
  })
  expect((await server.call('DELETE', '/api/v1/profile/avatar', { token })).body).toMatchObject({
    avatar_description: '',
    avatar: expect.stringMatching(/missing\.png$/),
  })
  expect(
    await server.get('/api/v1/profile', 'Profile', await tokenOf(t.app, (await idOf(t, 'alice'))!, ['profile'])),
  ).toMatchObject({ avatar: null })

  for (const bad of [
    { display_name: 'x'.repeat(31) },
    { note: 'x'.repeat(501) },
    { avatar_description: 'x'.repeat(151) },
    { attribution_domains: ['not a domain'] },
    { fields_attributes: [{ name: '', value: 'nameless' }] },
    { fields_attributes: Array.from({ length: 5 }, () => ({ name: 'a', value: 'b' })) },
  ]) {
    expect(await patch(bad)).toMatchObject({
      status: 422,
      body: { error: expect.stringMatching(/^Validation failed: /) },
    })
  }
})

test('a refused change of a profile stores no picture', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const token = await tokenOf(t.app, await localAccount(t, 'alice'))
  const form = new FormData()
  form.set('avatar', new File([new Uint8Array(await png())], 'a.png'))
  form.set('header', new File(['This is no picture'], 'b.png'))
  expect((await server.call('PATCH', '/api/v1/profile', { token, body: form })).status).toBe(422)
  const files = await readdir(join(t.app.config.dataDir, 'media'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  expect(files.filter((entry) => entry.isFile())).toEqual([])
})

test('a profile does not verify itself, under whichever address it is linked', async () => {
  const port = await freePort()
  await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8', ORIGIN: `http://127.0.0.1:${port}` })
  const alice = await localAccount(t, 'alice')
  // Whatever is asked here links back to alice, and one address leads on to the profile itself.
  const pages = createServer(({ url }, response) => {
    if (url === '/users/alice') return void response.writeHead(302, { Location: '/@alice' }).end()
    response
      .writeHead(200, { 'Content-Type': 'text/html' })
      .end(`<a rel="me" href="${t.app.uris.profile('alice')}">me</a>`)
  }).listen(port, '127.0.0.1')
  await once(pages, 'listening')
  try {
    const own = [
      t.app.uris.profile('alice'),
      `${t.app.uris.profile('Alice')}/`,
      `${t.app.uris.profile('alice')}/media`,
      t.app.uris.account(alice),
      `${t.app.config.origin}/users/alice`,
    ]
    for (const url of [...own, `${t.app.config.origin}/blog`]) {
      await updateProfile(t.app, alice, { fields: [{ name: 'Me', value: url }] })
      await verifyLinks(t.app, alice)
      const [view] = await loadAccountViews(t.db, [alice])
      expect([url, view?.fields[0]?.verifiedAt !== null]).toEqual([url, !own.includes(url)])
    }
  } finally {
    pages.close()
  }
})

test('a link of a profile is verified by the page that links back, until it no longer does', async () => {
  let html = ''
  const page = createServer((_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html),
  ).listen(0, '127.0.0.1')
  await once(page, 'listening')
  const home = `http://127.0.0.1:${(page.address() as AddressInfo).port}/`
  try {
    await using t = await database({ ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8' })
    await using server = await serve(t.app)
    const alice = await localAccount(t, 'alice')
    const token = await tokenOf(t.app, alice)
    await forgetJobs(t)
    const fields = [
      { name: 'Web', value: home },
      { name: 'Words', value: `not only ${home}` },
    ]
    await server.call('PATCH', '/api/v1/profile', { token, body: { fields_attributes: fields } })
    expect(await t.jobPayloads('verify-links')).toEqual([{ accountId: alice }])
    const verified = async () => {
      await verifyLinks(t.app, alice)
      return (await server.get(`/api/v1/accounts/${alice}`, 'Account')).fields.map(
        (field: { verified_at: string | null }) => field.verified_at !== null,
      )
    }
    html = `<a href="https://pipit.test/@alice">me</a> <a rel="me" href="https://pipit.test/@bob">bob</a>`
    expect(await verified()).toEqual([false, false])
    html = `<p>Find me <a class=x rel="noopener ME" href='https://pipit.test/@alice/'>there</a></p>`
    expect(await verified()).toEqual([true, false])
    // A changed profile keeps what was found out; the same link is not asked for again.
    await forgetJobs(t)
    expect(
      (
        await server.call('PATCH', '/api/v1/profile', {
          token,
          body: { fields_attributes: [{ name: 'Home', value: home }] },
        })
      ).body.fields,
    ).toMatchObject([{ verified_at: expect.any(String) }])
    expect(await t.jobPayloads('verify-links')).toEqual([])
    html = 'Nothing here any more'
    expect(await verified()).toEqual([false])
  } finally {
    page.close()
  }
})

test('accounts of other servers tell of alternative texts, verified links and moves', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const [old, now] = [await remoteAccount(t, 'old'), await remoteAccount(t, 'now')]
  await forgetJobs(t)
  const [row] = (
    await t.db.execute<{ uri: string; moved: string }>(
      sql`select uri, (select uri from accounts where id = ${now}) as moved from accounts where id = ${old}`,
    )
  ).rows
  // Both sides have to say so.
  await t.db.execute(sql`update accounts set also_known_as = array[${row!.uri}] where id = ${now}`)
  const receive = (fields: { name: string; value: string }[]) =>
    t.db.transaction((tx) =>
      receiveRemoteAccount(tx, {
        uri: row!.uri,
        url: row!.uri,
        username: 'old',
        domain: 'remote.test',
        actorType: 'Person',
        displayName: 'Old',
        note: '',
        fields,
        avatarUrl: 'https://remote.test/a.png',
        headerUrl: null,
        avatarDescription: 'A face',
        attributionDomains: ['blog.example'],
        movedToUri: row!.moved,
        isLocked: false,
        isDiscoverable: true,
        isIndexable: true,
        inboxUrl: `${row!.uri}/inbox`,
        sharedInboxUrl: null,
        outboxUrl: null,
        followersUrl: null,
        followingUrl: null,
        featuredUrl: null,
        publishedAt: null,
      }),
    )
  const link = [{ name: 'Web', value: '<a href="https://old.example/" rel="me">old.example</a>' }]
  await receive(link)
  expect(await t.jobPayloads('verify-links')).toEqual([{ accountId: old }])
  await forgetJobs(t)
  await receive(link)
  expect(await t.jobPayloads('verify-links')).toEqual([])
  const account = await server.get(`/api/v1/accounts/${old}`, 'Account')
  expect(account).toMatchObject({ avatar_description: 'A face', moved: { id: now, acct: 'now@remote.test' } })
  expect(account.moved).not.toHaveProperty('moved')
})

test('an unconfirmed person gets the confirmation mail again through the app, also at a new address', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await localAccount(t, 'alice')
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { registrations: 'approval' }))
  const appToken = await tokenOf(t.app, null, ['read', 'write:accounts'])
  const signUp = (body: object) =>
    server.call('POST', '/api/v1/accounts', {
      token: appToken,
      body: {
        username: 'bob',
        email: 'bob@mail.test',
        password: 'a fine long password',
        agreement: 'true',
        locale: 'de',
        time_zone: 'Europe/Berlin',
        ...body,
      },
    })
  const wrong = await signUp({ agreement: '', username: 'admin', reason: '' })
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      error: expect.stringContaining('Agreement must be accepted'),
      details: {
        agreement: [{ error: 'ERR_ACCEPTED' }],
        reason: [{ error: 'ERR_BLANK' }],
        username: [{ error: 'ERR_RESERVED' }],
      },
    },
  })
  const {
    body: { access_token: token },
  } = await signUp({ reason: 'Birds', date_of_birth: '1990-01-01' })
  const bob = (await idOf(t, 'bob'))!
  expect(
    (await t.db.execute(sql`select locale, time_zone, sign_up_reason from users where account_id = ${bob}`)).rows,
  ).toEqual([{ locale: 'de', time_zone: 'Europe/Berlin', sign_up_reason: 'Birds' }])

  await forgetJobs(t)
  const again = (body: object = {}) => server.call('POST', '/api/v1/emails/confirmations', { token, body })
  expect(await again()).toMatchObject({ status: 200, body: {} })
  expect(await again({ email: 'nonsense' })).toMatchObject({ status: 422 })
  const first = await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm'))
  expect(await again({ email: 'robert@mail.test' })).toMatchObject({ status: 200 })
  expect(first?.email).toBe('bob@mail.test')
  expect((await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm')))?.email).toBe('robert@mail.test')
  expect((await t.jobPayloads('account-mail')).map(({ about }) => about)).toEqual(['confirm', 'confirm'])
  // The address of somebody else is answered alike; its holder hears of it, and nobody can confirm it.
  expect(await again({ email: 'ALICE@mail.test' })).toMatchObject({ status: 200, body: {} })
  expect(await t.db.transaction((tx) => newMailToken(tx, bob, 'confirm'))).toBeNull()
  expect((await t.jobPayloads('account-mail')).map(({ about }) => about)).toEqual([
    'confirm',
    'confirm',
    'address-in-use',
  ])

  const me = () => server.call('GET', '/api/v1/accounts/verify_credentials', { token })
  await t.db.execute(sql`update users set confirmed_at = now() where account_id = ${bob}`)
  expect(await again()).toMatchObject({ status: 403 })
  expect((await server.call('GET', '/api/v1/emails/check_confirmation', { token })).body).toBe(true)
  expect(await me()).toMatchObject({ status: 403, body: { error: 'Your login is currently pending approval' } })
  await t.db.execute(sql`update users set approved_at = now() where account_id = ${bob}`)
  await server.get('/api/v1/preferences', 'Preferences', await tokenOf(t.app, bob))
})

test('apps read what a person chose on the website', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const token = await tokenOf(t.app, alice)
  const preferences = () => server.get('/api/v1/preferences', 'Preferences', token)
  expect(await preferences()).toMatchObject({
    'reading:expand:media': 'default',
    'reading:expand:spoilers': false,
    'reading:autoplay:gifs': false,
  })
  await t.db.transaction((tx) =>
    savePreferences(tx, alice, {
      mediaDisplay: 'hide_all',
      expandsWarnings: true,
      autoplaysLoops: true,
      defaultSensitive: true,
      defaultLanguage: 'de',
    }),
  )
  expect(await preferences()).toMatchObject({
    'reading:expand:media': 'hide_all',
    'reading:expand:spoilers': true,
    'reading:autoplay:gifs': true,
    'posting:default:sensitive': true,
    'posting:default:language': 'de',
  })
})

test('an app that was shut out is out with all its tokens and pushes', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const alice = await localAccount(t, 'alice')
  const [gone, kept] = [await tokenOf(t.app, alice, ['read', 'push']), await tokenOf(t.app, alice, ['read'])]
  await server.get('/api/v1/accounts/verify_credentials', 'CredentialAccount', gone)
  const apps = await loadAuthorisedApps(t.db, alice)
  expect(apps).toHaveLength(2)
  const app = apps.find(({ scopes }) => scopes.includes('push'))!
  expect(app).toMatchObject({
    name: 'Test app',
    website: 'https://app.test',
    scopes: ['push', 'read'],
    since: expect.any(Date),
    lastUsedAt: expect.any(Date),
    lastAddress: '127.0.0.1',
  })
  await t.db
    .execute(sql`insert into push_subscriptions (token_id, account_id, endpoint, p256dh, auth, alerts, sealed_token)
    select id, account_id, 'https://push.test', 'k', 'a', '{}', 's' from access_tokens where application_id = ${app.id}`)
  await t.db.transaction((tx) => revokeApp(tx, alice, app.id, clientAt()))
  expect((await server.call('GET', '/api/v1/accounts/verify_credentials', { token: gone })).status).toBe(401)
  expect((await server.call('GET', '/api/v1/accounts/verify_credentials', { token: kept })).status).toBe(200)
  expect((await t.db.execute(sql`select id from push_subscriptions`)).rows).toEqual([])
  expect(
    (await t.db.execute(sql`select event ->> 'type' as type from events where event ->> 'type' = 'token.revoked'`))
      .rows,
  ).toHaveLength(1)
  await expect(t.db.transaction((tx) => revokeApp(tx, alice, app.id, clientAt()))).rejects.toMatchObject({
    code: 'not_found',
  })
})

async function idOf(t: TestDatabase, username: string): Promise<AccountId | undefined> {
  const { rows } = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where username = ${username} and domain is null`,
  )
  return rows[0]?.id
}
