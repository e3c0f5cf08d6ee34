/** Accounts and reports in the API for staff, as masto and other clients use them. */
import { sql } from 'drizzle-orm'
import { createRestAPIClient } from 'masto'
import { expect, test } from 'vitest'
import type { Scope } from '#src/accounts/sessions/scopes.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, remoteAccount, status } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { serve, tokenOf } from '../server.ts'

const v1 = '/api/v1/admin'

async function scene() {
  const t = await database()
  const server = await serve(t.app)
  const [owner, mod, alice, bob] = [
    await localAccount(t, 'olga', { role: 'owner' }),
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'alice'),
    await localAccount(t, 'bob'),
  ]
  const carol = await remoteAccount(t, 'carol')
  const as = async (id: AccountId, scopes?: Scope[]) => {
    const token = await tokenOf(t.app, id, scopes)
    return (method: string, path: string, body?: object) =>
      server.call(method, path, { token, ...(body ? { body } : {}) })
  }
  return {
    t,
    server,
    owner,
    mod,
    alice,
    bob,
    carol,
    as,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}

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

  expect((await list('')).toSorted()).toEqual(['alice', 'bob', 'carol', 'mod', 'olga'])
  expect(await list('local=true')).toEqual(['bob', 'alice', 'mod', 'olga'])
  expect(await list('remote=true')).toEqual(['carol'])
  expect(await list('pending=true')).toEqual(['bob'])
  expect(await list('silenced=true')).toEqual(['carol'])
  expect(await list('sensitized=true')).toEqual(['alice'])
  expect(await list('staff=true')).toEqual(['mod', 'olga'])
  expect(await list('username=AL')).toEqual(['alice'])
  expect(await list('by_domain=remote.test')).toEqual(['carol'])
  expect(await list('email=bob@mail.test')).toEqual(['bob'])
  expect(await listV2('origin=local&status=active&permissions=staff')).toEqual(['mod', 'olga'])
  expect(await listV2('role_ids[]=1')).toEqual(['mod'])
  expect((await ask('GET', '/api/v2/admin/accounts?status=nonsense')).status).toBe(422)
  const page = await ask('GET', `${v1}/accounts?limit=2&local=true`)
  expect(names(page.body)).toEqual(['bob', 'alice'])
  const next = /<[^>]*(\?[^>]*)>; rel="next"/.exec(page.headers.get('Link') ?? '')?.[1] ?? ''
  expect(await list(next.slice(1))).toEqual(['mod', 'olga'])
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
  expect((await act(alice, {})).status).toBe(400)
  expect((await act(s.owner, { type: 'suspend' })).status).toBe(403)
  expect((await act(carol, { type: 'none', report_id: reported.id })).status).toBe(404)
  expect((await act('1', { type: 'none' })).status).toBe(404)
  expect((await asMod('DELETE', `${v1}/accounts/${carol}`)).status).toBe(403)
  const asOwner = await s.as(s.owner)
  expect((await asOwner('DELETE', `${v1}/accounts/${alice}`)).status).toBe(422)
  expect((await asOwner('DELETE', `${v1}/accounts/${carol}`)).body).toMatchObject({ id: carol })
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

test('scopes open their own part, to read or to write', async () => {
  await using s = await scene()
  const tries: [method: string, path: string, scope: Scope, body?: object][] = [
    ['GET', `${v1}/accounts`, 'admin:read:accounts'],
    ['POST', `${v1}/accounts/${s.alice}/action`, 'admin:write:accounts', { type: 'none', text: 'Hello' }],
    ['GET', `${v1}/reports`, 'admin:read:reports'],
    ['POST', `${v1}/reports/1/resolve`, 'admin:write:reports'],
  ]
  for (const [, , granted] of tries) {
    const ask = await s.as(s.owner, [granted])
    for (const [method, path, scope, body] of tries) {
      const { status: code } = await ask(method, path, body)
      expect({ granted, path, isOpen: code !== 403 }).toEqual({ granted, path, isOpen: scope === granted })
    }
  }
  // The role of a moderator has no part in addresses and servers.
  const asMod = await s.as(s.mod, ['admin:read', 'admin:write'])
  expect((await asMod('GET', `${v1}/accounts`)).status).toBe(200)
  const asUser = await s.as(s.alice, ['admin:read', 'admin:write'])
  expect((await asUser('GET', `${v1}/accounts`)).status).toBe(403)
})

test('masto moderates', async () => {
  await using s = await scene()
  const { t, alice, bob } = s
  const post = await status(t, alice, { text: 'Nasty words' })
  const hidden = await status(t, alice, { text: 'For followers', visibility: 'private' })
  const client = async (id: AccountId) =>
    createRestAPIClient({ url: s.server.url, accessToken: await tokenOf(t.app, id) })
  const [admin, asBob] = [(await client(s.mod)).v1.admin, await client(bob)]

  await asBob.v1.reports.create({ accountId: alice, statusIds: [post], comment: 'Look at this', category: 'spam' })
  const [found] = await admin.reports.list({ resolved: false, targetAccountId: alice })
  expect(found).toMatchObject({
    comment: 'Look at this',
    category: 'spam',
    account: { username: 'bob' },
    targetAccount: { username: 'alice', role: { name: '' } },
    statuses: [{ content: '<p>Nasty words</p>' }],
    assignedAccount: null,
  })
  const report = admin.reports.$select(found?.id ?? '')
  expect((await report.assignToSelf()).assignedAccount?.username).toBe('mod')
  expect((await report.unassign()).assignedAccount).toBeNull()
  expect((await report.resolve()).actionTaken).toBe(true)
  expect(await admin.reports.list({ resolved: true })).toHaveLength(1)
  expect((await report.reopen()).actionTaken).toBe(false)
  expect((await report.fetch()).actionTakenAt).toBeNull()

  // A post that not everybody can see is in the report that names it, and in no list.
  await t.db.execute(sql`update reports set status_ids = array[${post}, ${hidden}]::bigint[]`)
  expect((await report.fetch()).statuses).toHaveLength(2)
  expect((await admin.reports.list())[0]?.statuses).toHaveLength(1)

  const account = admin.accounts.$select(alice)
  await account.action.create({ type: 'suspend', reportId: found?.id ?? '', text: 'Spam' })
  expect((await account.fetch()).suspended).toBe(true)
  expect((await account.unsuspend()).suspended).toBe(false)
  await account.action.create({ type: 'disable' })
  expect((await account.enable()).disabled).toBe(false)
  expect((await admin.accounts.list({ local: true })).map(({ username }) => username)).toContain('alice')
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
