/** Accounts in the API for staff. */
import { sql } from 'drizzle-orm'
import { createRestAPIClient } from 'masto'
import { expect, test } from 'vitest'
import { localAccount } from '#test/cast.ts'
import { mailbox } from '../../jobs/mailbox.ts'
import { runJobs } from '../../jobs/run.ts'
import { tokenOf } from '../server.ts'
import { scene, v1 } from './scene.ts'

const names = (body: unknown) => (body as { username: string }[]).map(({ username }) => username)

test('accounts are listed by origin, state, role, name, server, mail address and inviter, a page at a time', async () => {
  await using s = await scene()
  const { t, alice, bob, carol } = s
  const ask = await s.as(s.owner)
  const list = async (query: string) => names((await ask('GET', `${v1}/accounts?${query}`)).body)
  const listV2 = async (query: string) => names((await ask('GET', `/api/v2/admin/accounts?${query}`)).body)
  await t.db.execute(sql`update users set approved_at = null where account_id = ${bob}`)
  await ask('POST', `${v1}/accounts/${carol}/action`, { type: 'silence' })
  await ask('POST', `${v1}/accounts/${alice}/action`, { type: 'sensitive' })

  // Without flags, as in Mastodon: local accounts that are not suspended.
  expect(await list('')).toEqual(['bob', 'alice', 'mod', 'olga'])
  expect(await list('remote=true')).toEqual(['carol'])
  expect(await list('active=true&local=true&staff=true')).toEqual(['mod', 'olga'])
  expect(await list('pending=true')).toEqual(['bob'])
  expect(await list('silenced=true')).toEqual([])
  expect(await list('silenced=true&remote=true')).toEqual(['carol'])
  expect(await list('sensitized=true')).toEqual(['alice'])
  expect(await list('username=AL')).toEqual(['alice'])
  expect(await list('by_domain=remote.test')).toEqual(['carol'])
  expect(await list('email=bob@mail.test')).toEqual(['bob'])
  expect(await list('display_name=nobody%25')).toEqual([])
  await ask('POST', `${v1}/accounts/${alice}/action`, { type: 'disable' })
  expect(await list('disabled=true')).toEqual(['alice'])
  await ask('POST', `${v1}/accounts/${alice}/action`, { type: 'suspend' })
  expect(await list('suspended=true')).toEqual(['alice'])
  expect(await list('')).toEqual(['bob', 'mod', 'olga'])

  expect((await listV2('')).toSorted()).toEqual(['alice', 'bob', 'carol', 'mod', 'olga'])
  expect((await listV2('status=active')).toSorted()).toEqual(['bob', 'carol', 'mod', 'olga'])
  expect(await listV2('status=silenced')).toEqual(['carol'])
  expect(await listV2('origin=local&status=active&permissions=staff')).toEqual(['mod', 'olga'])
  expect(await listV2('role_ids[]=1')).toEqual(['mod'])
  expect(await listV2('role_ids[]=-99&origin=local')).toEqual(['bob', 'alice'])
  expect(await listV2('role_ids[]=777')).toEqual([])
  expect((await ask('GET', '/api/v2/admin/accounts?status=nonsense')).status).toBe(422)

  const page = await ask('GET', `${v1}/accounts?limit=2&local=true`)
  expect(names(page.body)).toEqual(['bob', 'mod'])
  const next = /<[^>]*(\?[^>]*)>; rel="next"/.exec(page.headers.get('Link') ?? '')?.[1] ?? ''
  expect(next).toContain('local=true')
  expect(await list(next.slice(1))).toEqual(['olga'])
})

test('accounts are listed by who invited them', async () => {
  await using s = await scene()
  const ask = await s.as(s.owner)
  await s.t.db.execute(
    sql`with made as (insert into invites (id, account_id, code_hash, code) values (1, ${s.alice}, '\\x00', '') returning id)
      update users set invite_id = (select id from made) where account_id = ${s.bob}`,
  )
  const found = (await ask('GET', `/api/v2/admin/accounts?invited_by=${s.alice}`)).body
  expect(found).toMatchObject([{ username: 'bob', invited_by_account_id: s.alice }])
  expect((await ask('GET', `/api/v2/admin/accounts?invited_by=${s.bob}`)).body).toEqual([])
})

test('addresses are for staff with the permission to see them', async () => {
  await using s = await scene()
  await s.t.db.execute(sql`update users set sign_up_address = '192.0.2.7' where account_id = ${s.alice}`)
  const [asOwner, asMod] = [await s.as(s.owner), await s.as(s.mod)]
  const seen = async (ask: typeof asOwner) => (await ask('GET', `${v1}/accounts/${s.alice}`)).body
  expect(await seen(asOwner)).toMatchObject({ ip: '192.0.2.7', ips: [{ ip: '192.0.2.7' }] })
  expect(await seen(asMod)).toMatchObject({ ip: null, ips: [], email: 'alice@mail.test' })
  expect((await asOwner('GET', `${v1}/accounts?ip=192.0.2.7`)).body).toHaveLength(1)
  expect((await asMod('GET', `${v1}/accounts?ip=192.0.2.7`)).status).toBe(403)
})

test('each action has its effect and its undoing, and resolves the report that it answers', async () => {
  await using s = await scene()
  const { alice, carol } = s
  const [asMod, asBob] = [await s.as(s.mod), await s.as(s.bob)]
  const reported = (await asBob('POST', '/api/v1/reports', { account_id: alice, comment: 'Loud' })).body as {
    id: string
  }
  const act = (id: string, body: object) => asMod('POST', `${v1}/accounts/${id}/action`, body)
  const stateOf = async (id: string) => (await asMod('GET', `${v1}/accounts/${id}`)).body

  expect(await act(alice, { type: 'silence', report_id: reported.id, text: 'Too loud' })).toMatchObject({
    status: 200,
    body: {},
  })
  expect((await asMod('GET', `${v1}/reports/${reported.id}`)).body).toMatchObject({
    action_taken: true,
    action_taken_by_account: { username: 'mod' },
  })
  for (const [type, verb, field] of [
    ['silence', 'unsilence', 'silenced'],
    ['sensitive', 'unsensitive', 'sensitized'],
    ['disable', 'enable', 'disabled'],
    ['suspend', 'unsuspend', 'suspended'],
  ] as const) {
    await act(alice, { type })
    expect(await stateOf(alice), type).toMatchObject({ [field]: true })
    expect((await asMod('POST', `${v1}/accounts/${alice}/${verb}`)).body).toMatchObject({ id: alice, [field]: false })
  }
  await act(carol, { type: 'suspend' })
  expect(await stateOf(carol)).toMatchObject({ suspended: true, role: null, email: null, confirmed: null })

  expect((await act(alice, { type: 'banish' })).status).toBe(422)
  expect((await act(alice, {})).status).toBe(422)
  expect((await act(alice, { type: 'none', warning_preset_id: '' })).status).toBe(200)
  expect((await act(alice, { type: 'none', warning_preset_id: '3' })).status).toBe(422)
  expect((await act(s.owner, { type: 'suspend' })).status).toBe(403)
  expect((await act(carol, { type: 'none', report_id: reported.id })).status).toBe(404)
  expect((await act('1', { type: 'none' })).status).toBe(404)
  expect((await asMod('DELETE', `${v1}/accounts/${carol}`)).status).toBe(403)
  const asOwner = await s.as(s.owner)
  expect((await asOwner('DELETE', `${v1}/accounts/${alice}`)).status).toBe(403)
  expect((await asOwner('DELETE', `${v1}/accounts/${carol}`)).body).toMatchObject({ id: carol })
  await runJobs(s.t)
  expect((await asOwner('GET', `${v1}/accounts/${carol}`)).status).toBe(404)
  expect((await asOwner('DELETE', `${v1}/accounts/${carol}`)).status).toBe(410)
})

test('what is not in effect is not undone', async () => {
  await using s = await scene()
  const ask = await s.as(s.mod)
  const undo = async (id: string, verb: string) => (await ask('POST', `${v1}/accounts/${id}/${verb}`)).status
  for (const verb of ['enable', 'unsilence', 'unsensitive'])
    expect([verb, await undo(s.alice, verb)]).toEqual([verb, 200])
  expect(await undo(s.alice, 'unsuspend')).toBe(403)
  expect(await undo(s.carol, 'enable')).toBe(403)
  await s.t.db.execute(sql`update accounts set suspended_at = now(), suspended_by = 'origin' where id = ${s.carol}`)
  expect(await undo(s.carol, 'unsuspend')).toBe(403)
  expect((await ask('GET', `${v1}/accounts/${s.carol}`)).body).toMatchObject({ suspended: true })
  for (const verb of ['enable', 'unsilence', 'unsensitive', 'unsuspend', 'approve', 'reject'])
    expect([verb, await undo('1', verb)]).toEqual([verb, 404])
})

test('staff act on nobody whose role is as high as theirs', async () => {
  await using s = await scene()
  const second = await localAccount(s.t, 'second', { role: 'moderator' })
  const ask = await s.as(s.mod)
  for (const id of [s.owner, second, s.mod]) {
    for (const type of ['none', 'sensitive', 'disable', 'silence', 'suspend'])
      expect((await ask('POST', `${v1}/accounts/${id}/action`, { type })).status, type).toBe(403)
    for (const verb of ['enable', 'unsilence', 'unsensitive', 'unsuspend'])
      expect((await ask('POST', `${v1}/accounts/${id}/${verb}`)).status, verb).toBe(403)
  }
})

test('the person gets a mail unless the app says no', async () => {
  await using box = await mailbox()
  await using s = await scene({ SMTP_URL: box.url })
  const ask = await s.as(s.mod)
  for (const [text, more] of [
    ['By default', {}],
    ['As wished', { send_email_notification: 'true' }],
    ['Against the wish', { send_email_notification: false }],
  ] as const)
    await ask('POST', `${v1}/accounts/${s.alice}/action`, { type: 'none', text, ...more })
  await runJobs(s.t)
  const texts = box.mails.map(({ text }) => /> (\w+ \w+)/.exec(text ?? '')?.[1])
  expect(texts.toSorted()).toEqual(['As wished', 'By default'])
})

/** Made after the examples of masto's documentation. */
test('masto moderates accounts', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const client = createRestAPIClient({ url: s.server.url, accessToken: await tokenOf(t.app, s.owner) })
  const { accounts } = client.v1.admin
  const account = accounts.$select(alice)

  expect(await account.fetch()).toMatchObject({
    username: 'alice',
    domain: null,
    email: 'alice@mail.test',
    role: { id: '-99', permissions: expect.any(String) },
    confirmed: true,
    approved: true,
    account: { acct: 'alice' },
  })
  expect((await accounts.list({ local: true, username: 'alice' })).map(({ id }) => id)).toEqual([alice])
  expect((await accounts.list({ remote: true, byDomain: 'remote.test' })).map(({ id }) => id)).toEqual([s.carol])

  for (const [type, undo, name] of [
    ['disable', () => account.enable(), 'disabled'],
    ['silence', () => account.unsilence(), 'silenced'],
    ['suspend', () => account.unsuspend(), 'suspended'],
  ] as const) {
    await account.action.create({ type, text: 'Too loud', sendEmailNotification: false })
    expect((await account.fetch())[name], type).toBe(true)
    expect((await undo())[name], type).toBe(false)
  }
  await account.action.create({ type: 'none', text: 'A word' })

  await t.db.execute(
    sql`update users set approved_at = null, sign_up_reason = 'Bread' where account_id in (${alice}, ${bob})`,
  )
  const waiting = await accounts.list({ pending: true })
  expect(waiting.map(({ username, approved, inviteRequest }) => [username, approved, inviteRequest])).toEqual([
    ['bob', false, 'Bread'],
    ['alice', false, 'Bread'],
  ])
  expect((await account.approve()).approved).toBe(true)
  expect((await accounts.$select(bob).reject()).username).toBe('bob')
  expect(await accounts.list({ pending: true })).toEqual([])
  await expect(account.approve()).rejects.toMatchObject({ statusCode: 403 })
})

test('applicants are approved or rejected once', async () => {
  await using s = await scene()
  const ask = await s.as(s.mod)
  await s.t.db.execute(sql`update users set approved_at = null where account_id in (${s.alice}, ${s.bob})`)
  expect((await ask('POST', `${v1}/accounts/${s.alice}/approve`)).body).toMatchObject({ approved: true })
  expect((await ask('POST', `${v1}/accounts/${s.alice}/approve`)).status).toBe(403)
  expect((await ask('POST', `${v1}/accounts/${s.alice}/reject`)).status).toBe(403)
  expect((await ask('POST', `${v1}/accounts/${s.bob}/reject`)).body).toMatchObject({ id: s.bob, approved: false })
  expect((await ask('GET', `${v1}/accounts/${s.bob}`)).status).toBe(404)
})

test('an app that signs somebody up is recorded by its name', async () => {
  await using s = await scene()
  await s.t.db.execute(
    sql`insert into settings (name, value) values ('registrations', '"open"') on conflict (name) do update set value = excluded.value`,
  )
  const { status: code } = await s.server.call('POST', '/api/v1/accounts', {
    token: await tokenOf(s.t.app, null),
    body: {
      username: 'dora',
      email: 'dora@mail.test',
      password: 'quite a good password',
      agreement: true,
      locale: 'en',
    },
  })
  expect(code).toBe(200)
  const { rows } = await s.t.db.execute(sql`select sign_up_app from users where email = 'dora@mail.test'`)
  expect(rows).toEqual([{ sign_up_app: 'Test app' }])
})
