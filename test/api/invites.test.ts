import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { makeInvite } from '#src/accounts/invites/manage.ts'
import { readInvite } from '#src/accounts/invites/use.ts'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import { localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'
import { pages } from '../../web/app.tsx'
import { problemsOf } from './schemas.ts'
import { serve, tokenOf } from './server.ts'

const set = (t: TestDatabase, settings: Partial<InstanceSettings>) =>
  t.db.transaction((tx) => saveSettings(tx, commandLine, settings))
const asApp = { Accept: 'application/json' }

async function scene(settings: Partial<InstanceSettings>) {
  const t = await database({ RATE_LIMIT_FACTOR: '10' })
  await set(t, settings)
  const server = await serve(t.app, pages)
  const alice = await localAccount(t, 'alice')
  const appToken = await tokenOf(t.app, null, ['read', 'write:accounts'])
  return {
    t,
    server,
    alice,
    invite: async (maxUses = 1) =>
      makeInvite(t.app, { accountId: alice, role: 'user' }, { maxUses, days: 7, follows: false, note: '' }),
    signUp: (body: object) =>
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
      }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await t[Symbol.asyncDispose]()
    },
  }
}

test('an app reads an invitation in Mastodon’s form; a browser gets the page at the same address', async () => {
  await using s = await scene({ registrations: 'invitation' })
  const { id, code } = await s.invite()
  const path = `/invite/${code}`
  const read = await s.server.call('GET', path, { headers: asApp })
  expect(read).toMatchObject({
    status: 200,
    body: { invite_code: code, instance_api_url: `${s.t.app.config.origin}/api/v2/instance` },
  })
  expect(Object.keys(read.body)).toHaveLength(2)
  expect(read.headers.get('Vary')).toContain('Accept')
  expect(read.headers.get('Cache-Control')).toContain('no-store')
  expect(read.headers.get('Access-Control-Allow-Origin')).toBe('*')
  const page = await fetch(`${s.server.url}${path}`, {
    headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
  })
  expect([page.status, page.headers.get('Content-Type')]).toEqual([200, expect.stringContaining('text/html')])

  await s.t.db.execute(sql`update invites set revoked_at = now() where id = ${id}`)
  for (const gone of [path, `/invite/${'A'.repeat(22)}`, '/invite/x'])
    expect(await s.server.call('GET', gone, { headers: asApp })).toMatchObject({
      status: 404,
      body: { error: 'Record not found' },
    })
})

test('guesses by apps and by browsers count together', async () => {
  await using s = await scene({ registrations: 'open' })
  const { code } = await s.invite()
  for (let i = 0; i < 1_200; i++) await readInvite(s.t.app, 'x', '127.0.0.1')
  expect((await s.server.call('GET', `/invite/${code}`, { headers: asApp })).status).toBe(429)
  expect((await fetch(`${s.server.url}/invite/${code}`)).status).toBe(429)
  expect((await s.signUp({ invite_code: code })).status).toBe(429)
})

test('with registration by invitation, an app signs people up by a code alone', async () => {
  await using s = await scene({ registrations: 'invitation' })
  const { code } = await s.invite()
  expect(await s.signUp({})).toMatchObject({ status: 403, body: { error: 'Registration is by invitation only' } })
  const wrong = await s.signUp({ invite_code: 'A'.repeat(22) })
  expect(problemsOf('Error', wrong.body)).toEqual([])
  expect(wrong).toMatchObject({
    status: 422,
    body: {
      error: 'Validation failed: Invite code is no longer valid',
      details: { invite_code: [{ error: 'ERR_INVALID', description: 'is no longer valid' }] },
    },
  })
  const right = await s.signUp({ invite_code: code })
  expect(problemsOf('Token', right.body)).toEqual([])
  expect(await s.signUp({ username: 'carl', email: 'carl@mail.test', invite_code: code })).toMatchObject({
    status: 422,
    body: { details: { invite_code: [{ error: 'ERR_INVALID' }] } },
  })
})

test('an address that has an account gets the same answers by an invitation as a new one', async () => {
  await using s = await scene({ registrations: 'invitation' })
  const [known, fresh] = [await s.invite(), await s.invite()]
  const answers = [
    await s.signUp({ username: 'bob', email: 'alice@mail.test', invite_code: known.code }),
    await s.signUp({ username: 'carl', email: 'carl@mail.test', invite_code: fresh.code }),
  ]
  for (const { status, body } of answers)
    expect([status, Object.keys(body)]).toEqual([200, ['access_token', 'token_type', 'scope', 'created_at']])
  // Nor do the links tell, afterwards.
  for (const { code } of [known, fresh])
    expect((await s.server.call('GET', `/invite/${code}`, { headers: asApp })).status).toBe(404)
})

test('with approval, an app learns which reason is missing; with an invitation none is', async () => {
  await using s = await scene({ registrations: 'approval' })
  const { code } = await s.invite()
  expect(await s.signUp({})).toMatchObject({ status: 422, body: { details: { reason: [{ error: 'ERR_BLANK' }] } } })
  expect((await s.signUp({ invite_code: code })).status).toBe(200)
  expect(
    (
      await s.t.db.execute(
        sql`select approved_at, invite_id is not null as invited from users where email = 'bob@mail.test'`,
      )
    ).rows,
  ).toEqual([{ approved_at: null, invited: true }])
})

test('a date of birth is checked where there is a minimum age, in the person’s time zone', async () => {
  await using s = await scene({ registrations: 'open', minAge: 16 })
  const year = new Date().getUTCFullYear()
  const codes = async (body: object) =>
    (await s.signUp(body)).body.details?.date_of_birth?.map(({ error }: { error: string }) => error)
  expect(await codes({})).toEqual(['ERR_BLANK'])
  expect(await codes({ date_of_birth: '' })).toEqual(['ERR_BLANK'])
  expect(await codes({ date_of_birth: '2001-02-29' })).toEqual(['ERR_INVALID'])
  expect(await codes({ date_of_birth: '29.02.2000' })).toEqual(['ERR_INVALID'])
  expect(await codes({ date_of_birth: `${year - 10}-01-01` })).toEqual(['ERR_BELOW_LIMIT'])
  expect(await codes({ date_of_birth: `${year + 1}-01-01` })).toEqual(['ERR_BELOW_LIMIT'])
  const all = await s.signUp({ date_of_birth: 'x', username: '', agreement: false, invite_code: 'x' })
  expect(Object.keys(all.body.details).sort()).toEqual(['agreement', 'date_of_birth', 'invite_code', 'username'])
  expect((await s.signUp({ date_of_birth: `${year - 17}-01-01`, time_zone: 'Pacific/Kiritimati' })).status).toBe(200)
  expect(
    (
      await s.t.db.execute(
        sql`select age_confirmed_at is not null as age, terms_accepted_at is not null as terms, sign_up_address from users where email = 'bob@mail.test'`,
      )
    ).rows,
  ).toEqual([{ age: true, terms: true, sign_up_address: '127.0.0.1' }])
})

test.each([
  ['open', { enabled: true, approval_required: false, reason_required: false, message: null }, [true, false]],
  ['approval', { enabled: true, approval_required: true, reason_required: true, message: null }, [true, true]],
  [
    'invitation',
    {
      enabled: false,
      approval_required: false,
      reason_required: false,
      message: '<p>Sign-ups are by invitation: open the link that somebody here gave you.</p>',
    },
    [false, false],
  ],
  ['closed', { enabled: false, approval_required: false, reason_required: false, message: null }, [false, false]],
] as const)(
  'the instance tells apps the truth about registration: %s',
  async (registrations, expected, [open, approval]) => {
    await using s = await scene({ registrations })
    const instance = await s.server.get('/api/v2/instance', 'Instance')
    expect(instance.registrations).toEqual({ ...expected, min_age: null, url: null })
    const old = await s.server.get('/api/v1/instance', 'V1_Instance')
    expect(old).toMatchObject({
      registrations: open,
      approval_required: approval,
      invites_enabled: registrations !== 'closed',
    })
    await set(s.t, { minAge: 16, inviters: 'staff' })
    expect((await s.server.get('/api/v2/instance', 'Instance')).registrations.min_age).toBe(16)
    expect((await s.server.get('/api/v1/instance', 'V1_Instance')).invites_enabled).toBe(false)
  },
)
