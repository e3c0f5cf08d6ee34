/** Rules about servers, networks, mail domains and mail addresses, as apps of staff make them. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { addNetworkRule } from '#src/moderation/addresses/networks.ts'
import { auditLog } from '#src/platform/db/schema/moderation.ts'
import { rulebook } from '#src/rules/servers/current.ts'
import { localAccount, openSignUps, password } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { problemsOf } from '../schemas.ts'
import { type Answer, type Json, serve, type TestServer, tokenOf } from '../server.ts'

type Ask = (method: string, path: string, body?: object) => Promise<Answer<Json>>

/** An admin behind the API. */
async function admin(t: TestDatabase, server: TestServer): Promise<Ask> {
  const token = await tokenOf(t.app, await localAccount(t, 'boss', { role: 'admin' }))
  return (method, path, body) => server.call(method, `/api/v1/admin/${path}`, { token, body })
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('blocks of servers are made, refused a second time, changed in part, and lifted', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await admin(t, server)
  const made = await ask('POST', 'domain_blocks', { domain: 'Loud.Example', private_comment: 'Noise', obfuscate: '1' })
  expect(made).toMatchObject({
    status: 200,
    body: {
      domain: 'loud.example',
      digest: sha256('loud.example'),
      severity: 'silence',
      private_comment: 'Noise',
      public_comment: null,
      obfuscate: true,
      reject_media: false,
    },
  })
  const again = await ask('POST', 'domain_blocks', { domain: 'loud.example', severity: 'suspend' })
  expect(again.status).toBe(422)
  expect(problemsOf('Admin_ExistingDomainBlockError', again.body)).toEqual([])
  expect(again.body.existing_domain_block).toEqual(made.body)
  // A stricter rule about a server below it is its own.
  expect((await ask('POST', 'domain_blocks', { domain: 'sub.loud.example', severity: 'suspend' })).status).toBe(200)

  const { id } = made.body
  const changed = await ask('PUT', `domain_blocks/${id}`, { severity: 'suspend', private_comment: '' })
  expect(changed.body).toEqual({ ...made.body, severity: 'suspend', private_comment: null })
  expect((await rulebook(t.db)).rules.get('loud.example')?.severity).toBe('suspend')
  expect(await ask('GET', `domain_blocks/${id}`)).toMatchObject({ status: 200, body: changed.body })
  expect((await ask('DELETE', `domain_blocks/${id}`)).body).toEqual({})
  for (const [method, body] of [['GET'], ['PUT', { severity: 'noop' }], ['DELETE']] as const)
    expect((await ask(method, `domain_blocks/${id}`, body)).status).toBe(404)

  for (const [body, status] of [
    [{}, 400],
    [{ domain: 'pipit.test' }, 422],
    [{ domain: 'a b' }, 422],
    [{ domain: 'x.example', severity: 'harsh' }, 422],
    [{ domain: 'x.example', public_comment: 'x'.repeat(2_001) }, 422],
  ] as const)
    expect({ body, status: (await ask('POST', 'domain_blocks', body)).status }).toEqual({ body, status })
  expect((await ask('GET', 'domain_blocks')).body.map(({ domain }: { domain: string }) => domain)).toEqual([
    'sub.loud.example',
  ])
  expect((await t.db.select().from(auditLog).orderBy(auditLog.id)).map(({ action }) => action)).toEqual([
    'block',
    'block',
    'block',
    'unblock',
  ])
})

test('a server is allowed once, and lists are read page by page', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await admin(t, server)
  const [one, again] = [
    await ask('POST', 'domain_allows', { domain: 'one.example' }),
    await ask('POST', 'domain_allows', { domain: 'ONE.example' }),
  ]
  expect(one.status).toBe(200)
  expect(again).toMatchObject({ status: 200, body: one.body })
  for (const domain of ['two.example', 'three.example']) await ask('POST', 'domain_allows', { domain })
  const page = await ask('GET', 'domain_allows?limit=2')
  expect(page.body.map(({ domain }: { domain: string }) => domain)).toEqual(['three.example', 'two.example'])
  expect(page.headers.get('Link')).toContain(`max_id=${page.body[1].id}`)
  expect((await ask('GET', `domain_allows?limit=2&max_id=${page.body[1].id}`)).body).toEqual([one.body])
  expect((await ask('DELETE', `domain_allows/${one.body.id}`)).body).toEqual({})
  expect((await ask('DELETE', `domain_allows/${one.body.id}`)).status).toBe(404)
  expect(await t.db.select().from(auditLog)).toHaveLength(4)
})

test('blocks of networks: severities, expiry, and errors that say what is wrong', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await admin(t, server)
  const { status, body } = await ask('POST', 'ip_blocks', {
    ip: '192.0.2.9/24',
    severity: 'sign_up_block',
    comment: 'Spam',
    expires_in: 3_600,
  })
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { ip: '192.0.2.0/24', severity: 'sign_up_block', comment: 'Spam' },
  })
  expect(Math.abs(Date.parse(body.expires_at) - Date.now() - 3_600_000)).toBeLessThan(60_000)
  expect((await ask('PUT', `ip_blocks/${body.id}`, { comment: '' })).body).toEqual({ ...body, comment: '' })
  expect((await ask('PUT', `ip_blocks/${body.id}`, { severity: 'no_access', expires_in: '' })).body).toMatchObject({
    severity: 'no_access',
    expires_at: null,
  })
  const errors: [object, number, RegExp][] = [
    [{ ip: '198.51.100.1' }, 400, /severity/],
    [{ severity: 'no_access' }, 422, /not an address/],
    [{ ip: '192.0.2.0/24', severity: 'no_access' }, 422, /has a rule already/],
    [{ ip: '0.0.0.0/0', severity: 'sign_up_block' }, 422, /everybody/],
    [{ ip: '::/0', severity: 'no_access' }, 422, /everybody/],
    [{ ip: '127.0.0.0/8', severity: 'no_access' }, 422, /your own address/],
    [{ ip: '198.51.100.1', severity: 'no_access', expires_in: 'soon' }, 422, /expires_in/],
  ]
  for (const [sent, expected, words] of errors) {
    const answer = await ask('POST', 'ip_blocks', sent)
    expect({ sent, status: answer.status, error: answer.body.error }).toEqual({
      sent,
      status: expected,
      error: expect.stringMatching(words),
    })
  }
  expect((await ask('GET', 'ip_blocks')).body).toHaveLength(1)
})

test('an address is tested against blocks in any spelling; a hash alone blocks, too', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const ask = await admin(t, server)
  const hash = sha256('somebody@mail.test')
  const made = await ask('POST', 'canonical_email_blocks', { canonical_email_hash: hash })
  expect(made).toMatchObject({ status: 200, body: { canonical_email_hash: hash } })
  const test = async (email: string) => (await ask('POST', 'canonical_email_blocks/test', { email })).body
  expect(await test('Some.Body+x@mail.test')).toEqual([made.body])
  expect(await test('nobody@mail.test')).toEqual([])
  expect((await ask('POST', 'canonical_email_blocks', { email: 'some.body@mail.test' })).status).toBe(422)
  expect((await ask('POST', 'canonical_email_blocks', {})).status).toBe(400)
  expect((await ask('POST', 'canonical_email_blocks', { email: 'nobody' })).status).toBe(422)
  expect(await ask('DELETE', `canonical_email_blocks/${made.body.id}`)).toMatchObject({ status: 200, body: made.body })
  expect(await test('somebody@mail.test')).toEqual([])
})

test('an app that signs a person up is told what rules say about its field', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  await openSignUps(t)
  const ask = await admin(t, server)
  expect((await ask('POST', 'email_domain_blocks', { domain: 'bad.test' })).body).toMatchObject({
    domain: 'bad.test',
    allow_with_approval: false,
    history: [],
  })
  const token = await tokenOf(t.app, null)
  const join = (email: string) =>
    server.call('POST', '/api/v1/accounts', {
      token,
      body: { username: 'mira', email, password, agreement: true, locale: 'en' },
    })
  expect(await join('mira@mx.bad.test')).toMatchObject({
    status: 422,
    body: { details: { email: [{ error: 'ERR_BLOCKED', description: expect.any(String) }] } },
  })
  await t.db.transaction((tx) =>
    addNetworkRule(tx, commandLine, { network: '127.0.0.0/8', severity: 'sign_up_block' }, null),
  )
  expect(await join('mira@good.test')).toMatchObject({
    status: 403,
    body: { error: 'Nobody can sign up from your network' },
  })
})
