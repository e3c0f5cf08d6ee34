/** The API's rules about servers, networks, mail domains and mail addresses, as the apps of staff use them. */
import { sql } from 'drizzle-orm'
import { createRestAPIClient } from 'masto'
import { expect, test } from 'vitest'
import { permissionBits } from '#src/accounts/roles/permissions.ts'
import type { Scope } from '#src/accounts/sessions/scopes.ts'
import type { Role } from '#src/platform/db/schema/accounts.ts'
import { auditLog } from '#src/platform/db/schema/moderation.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount } from '../../cast.ts'
import { database, type TestDatabase } from '../../database.ts'
import { problemsOf } from '../schemas.ts'
import { type Json, serve, type TestServer, tokenOf } from '../server.ts'

const base = '/api/v1/admin'
const kinds = {
  domain_blocks: { permission: 'manage_federation', body: { domain: 'bad.test' } },
  domain_allows: { permission: 'manage_federation', body: { domain: 'good.test' } },
  ip_blocks: { permission: 'manage_blocks', body: { ip: '203.0.113.0/24', severity: 'no_access' } },
  email_domain_blocks: { permission: 'manage_blocks', body: { domain: 'mail.test' } },
  canonical_email_blocks: { permission: 'manage_blocks', body: { email: 'a.b@mail.test' } },
} as const
type Kind = keyof typeof kinds
const names = Object.keys(kinds) as Kind[]

async function madeRole(t: TestDatabase, name: string, permission: keyof typeof permissionBits): Promise<AccountId> {
  const id = await localAccount(t, name)
  await t.db.execute(
    sql`insert into roles (id, name, permissions, position) values (${id}::bigint, ${name}, ${permissionBits[permission]}::bigint, 20)`,
  )
  await t.db.execute(sql`update users set role_id = ${id}::bigint where account_id = ${id}`)
  return id
}

/** The statuses of a list, a row, a creation, a change and a deletion. */
async function statusesOf(server: TestServer, kind: Kind, token: string | undefined) {
  const { body } = kinds[kind]
  const listed = await server.call('GET', `${base}/${kind}`, { token })
  const created = await server.call('POST', `${base}/${kind}`, { token, body })
  const id = created.body?.id ?? '1'
  const shown = await server.call('GET', `${base}/${kind}/${id}`, { token })
  const removed = await server.call('DELETE', `${base}/${kind}/${id}`, { token })
  return [listed, created, shown, removed].map(({ status }) => status)
}

test('each kind of rule opens to the roles with its permission, and to nobody else', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const people: [who: string, token: string | undefined, allowed: string[]][] = [['nobody', undefined, []]]
  for (const role of ['user', 'moderator', 'admin', 'owner'] as const satisfies Role[]) {
    const token = await tokenOf(t.app, await localAccount(t, role, { role }))
    people.push([role, token, ['admin', 'owner'].includes(role) ? ['manage_federation', 'manage_blocks'] : []])
  }
  for (const permission of ['manage_federation', 'manage_blocks', 'manage_reports'] as const)
    people.push([permission, await tokenOf(t.app, await madeRole(t, permission, permission)), [permission]])
  for (const [who, token, allowed] of people) {
    for (const kind of names) {
      const refused = token === undefined ? 401 : 403
      const expected = allowed.includes(kinds[kind].permission) ? 200 : refused
      expect([who, kind, await statusesOf(server, kind, token)]).toEqual([who, kind, Array(4).fill(expected)])
    }
  }
})

test('each kind of rule takes its own scope, for reading and for writing', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const owner = await localAccount(t, 'owner', { role: 'owner' })
  for (const kind of names) {
    for (const other of names) {
      const reading = await statusesOf(server, kind, await tokenOf(t.app, owner, [`admin:read:${other}` as Scope]))
      const [list, create, , remove] = reading
      expect([kind, other, list, create, remove]).toEqual([kind, other, kind === other ? 200 : 403, 403, 403])
      const writing = await statusesOf(server, kind, await tokenOf(t.app, owner, [`admin:write:${other}` as Scope]))
      const written = kind === other ? 200 : 403
      expect([kind, other, writing]).toEqual([kind, other, [403, written, 403, written]])
    }
    expect(await statusesOf(server, kind, await tokenOf(t.app, owner, ['read', 'write']))).toEqual([403, 403, 403, 403])
  }
  for (const kind of ['domain_blocks', 'ip_blocks'] as const) {
    const token = await tokenOf(t.app, owner, [`admin:read:${kind}`, 'admin:write:accounts'])
    expect([kind, (await server.call('PUT', `${base}/${kind}/1`, { token, body: {} })).status]).toEqual([kind, 403])
  }
  const reads = await tokenOf(t.app, owner, ['admin:read:canonical_email_blocks'])
  const asked = { token: reads, body: { email: 'x@mail.test' } }
  expect((await server.call('POST', `${base}/canonical_email_blocks/test`, asked)).status).toBe(200)
})

/** An owner with a token for everything. */
async function asOwner(t: TestDatabase, server: TestServer) {
  const token = await tokenOf(t.app, await localAccount(t, 'owner', { role: 'owner' }))
  return {
    token,
    call: (method: string, path: string, body?: object) => server.call(method, `${base}${path}`, { token, body }),
    headers: (path: string) => server.call('GET', `${base}${path}`, { token }),
  }
}

test('a rule about a server is made, changed in part, and deleted; a covered server is answered with its rule', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { call } = await asOwner(t, server)
  const made = await call('POST', '/domain_blocks', {
    domain: 'Bad.TEST',
    private_comment: 'Note',
    public_comment: 'Spam',
  })
  expect(made).toMatchObject({
    status: 200,
    body: {
      domain: 'bad.test',
      severity: 'silence',
      reject_media: false,
      private_comment: 'Note',
      public_comment: 'Spam',
    },
  })
  const { id } = made.body
  const conflict = async (body: object) => {
    const { status, body: answer } = await call('POST', '/domain_blocks', body)
    expect([status, problemsOf('Admin_ExistingDomainBlockError', answer)]).toEqual([422, []])
    return answer.existing_domain_block.domain
  }
  expect(await conflict({ domain: 'bad.test', severity: 'suspend' })).toBe('bad.test')
  expect(await conflict({ domain: 'sub.bad.test', severity: 'noop' })).toBe('bad.test')
  expect((await call('POST', '/domain_blocks', { domain: 'sub.bad.test', severity: 'suspend' })).status).toBe(200)

  expect(await call('PUT', `/domain_blocks/${id}`, { severity: 'noop', reject_reports: true })).toMatchObject({
    status: 200,
    body: { id, severity: 'noop', reject_reports: true, private_comment: 'Note' },
  })
  expect(await call('PUT', `/domain_blocks/${id}`, { private_comment: '', obfuscate: 'true' })).toMatchObject({
    body: { severity: 'noop', private_comment: null, public_comment: 'Spam', obfuscate: true },
  })
  expect(await call('PUT', `/domain_blocks/${id}`, { severity: 'harsh' })).toMatchObject({ status: 422 })
  for (const domain of ['', 'no host', 'pipit.test'])
    expect((await call('POST', '/domain_blocks', { domain })).status, domain).toBe(422)
  expect(await call('DELETE', `/domain_blocks/${id}`)).toMatchObject({ status: 200, body: {} })
  expect((await call('DELETE', `/domain_blocks/${id}`)).status).toBe(404)
  expect((await call('PUT', `/domain_blocks/${id}`, {})).status).toBe(404)
  const actions = await t.db.select({ action: auditLog.action, name: auditLog.targetName }).from(auditLog)
  expect(actions.filter(({ name }) => name === 'bad.test').map(({ action }) => action)).toEqual([
    'block',
    'block',
    'block',
    'unblock',
  ])
  expect(await t.jobs()).toContain('apply-domain-rules')
})

test('a second allowance of a server is the first one', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { call } = await asOwner(t, server)
  const first = await call('POST', '/domain_allows', { domain: 'good.test' })
  const second = await call('POST', '/domain_allows', { domain: 'GOOD.test' })
  expect(second).toMatchObject({ status: 200, body: first.body })
  expect(await t.db.select({ action: auditLog.action }).from(auditLog)).toEqual([{ action: 'allow' }])
  expect((await call('DELETE', `/domain_allows/${first.body.id}`)).status).toBe(200)
  expect((await call('GET', `/domain_allows/${first.body.id}`)).status).toBe(404)
})

test('a rule about a network ends after its seconds, and a blank expiry takes the end away', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { call, token } = await asOwner(t, server)
  const { body } = await call('POST', '/ip_blocks', {
    ip: '203.0.113.9/24',
    severity: 'sign_up_requires_approval',
    comment: 'Spam',
    expires_in: '3600',
  })
  expect(body).toMatchObject({ ip: '203.0.113.0/24', comment: 'Spam', severity: 'sign_up_requires_approval' })
  expect(Date.parse(body.expires_at) - Date.now()).toBeGreaterThan(3_500_000)
  const path = `/ip_blocks/${body.id}`
  expect((await call('PUT', path, { severity: 'no_access' })).body.expires_at).toBe(body.expires_at)
  const form = await server.call('PUT', `${base}${path}`, {
    token,
    body: new URLSearchParams({ expires_in: '', comment: '' }),
  })
  expect(form.body).toMatchObject({ expires_at: null, comment: '', severity: 'no_access' })
  const refused = async (input: object) => {
    const { status, body: answer } = await call('POST', '/ip_blocks', input)
    return [status, answer.error]
  }
  expect(await refused({ severity: 'no_access' })).toEqual([422, expect.stringContaining('Ip is not an address')])
  expect(await refused({ ip: '198.51.100.1' })).toEqual([422, expect.stringContaining('Severity can’t be blank')])
  expect(await refused({ ip: '198.51.100.1', severity: 'harsh' })).toEqual([422, expect.any(String)])
  expect(await refused({ ip: '198.51.100.1', severity: 'no_access', expires_in: 'soon' })).toEqual([
    422,
    expect.any(String),
  ])
  expect(await refused({ ip: '203.0.113.0/24', severity: 'no_access' })).toEqual([
    422,
    'Validation failed: Ip has already been taken',
  ])
  expect(await refused({ ip: '127.0.0.1', severity: 'no_access' })).toEqual([
    422,
    expect.stringContaining('of this server'),
  ])
})

test('a blocked address is made by address or hash, tested by any variant, and deleted', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { call } = await asOwner(t, server)
  const made = await call('POST', '/canonical_email_blocks', { email: 'Some.Body+x@mail.test' })
  const hash = made.body.canonical_email_hash
  const tested = async (email: string) => (await call('POST', '/canonical_email_blocks/test', { email })).body
  expect(await tested('somebody@mail.test')).toEqual([made.body])
  expect(await tested('other@mail.test')).toEqual([])
  expect(await call('POST', '/canonical_email_blocks', { canonical_email_hash: hash })).toMatchObject({ status: 422 })
  expect((await call('DELETE', `/canonical_email_blocks/${made.body.id}`)).body).toEqual(made.body)
  expect(await call('POST', '/canonical_email_blocks', { canonical_email_hash: hash })).toMatchObject({
    status: 200,
    body: { canonical_email_hash: hash },
  })
  expect((await call('POST', '/canonical_email_blocks', {})).status).toBe(422)
  expect((await call('POST', '/canonical_email_blocks/test', {})).status).toBe(400)
})

test('lists are read page by page, in both directions', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { call, headers } = await asOwner(t, server)
  const bodies: Record<Kind, (n: number) => object> = {
    domain_blocks: (n) => ({ domain: `bad${n}.test` }),
    domain_allows: (n) => ({ domain: `good${n}.test` }),
    ip_blocks: (n) => ({ ip: `203.0.113.${n}`, severity: 'no_access' }),
    email_domain_blocks: (n) => ({ domain: `mail${n}.test` }),
    canonical_email_blocks: (n) => ({ email: `a${n}@mail.test` }),
  }
  for (const kind of names) {
    const made: string[] = []
    for (let n = 1; n <= 5; n++) made.unshift((await call('POST', `/${kind}`, bodies[kind](n))).body.id)
    const seen: string[][] = []
    for (let next: string | undefined = `/${kind}?limit=2`; next !== undefined;) {
      const answer = await headers(next)
      seen.push(answer.body.map(({ id }: Json) => id))
      const [, url] = /<([^>]+)>; rel="next"/.exec(answer.headers.get('Link') ?? '') ?? []
      next = url && url.slice(url.indexOf(base) + base.length)
    }
    expect([kind, seen]).toEqual([kind, [made.slice(0, 2), made.slice(2, 4), made.slice(4)]])
    const newer = await headers(`/${kind}?limit=2&min_id=${made[4]}`)
    expect(newer.body.map(({ id }: Json) => id)).toEqual(made.slice(2, 4))
    const newest = await headers(`/${kind}?limit=2&since_id=${made[4]}`)
    expect(newest.body.map(({ id }: Json) => id)).toEqual(made.slice(0, 2))
  }
})

test('masto makes, reads, changes and deletes each kind of rule', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const { token } = await asOwner(t, server)
  const { admin } = createRestAPIClient({ url: server.url, accessToken: token }).v1

  const block = await admin.domainBlocks.create({ domain: 'bad.test', severity: 'suspend', rejectMedia: true })
  expect((await admin.domainBlocks.list()).map(({ id }) => id)).toEqual([block.id])
  expect(await admin.domainBlocks.$select(block.id).update({ severity: 'silence' })).toMatchObject({
    severity: 'silence',
    rejectMedia: true,
  })
  expect((await admin.domainBlocks.$select(block.id).fetch()).domain).toBe('bad.test')
  await admin.domainBlocks.$select(block.id).remove()

  const allow = await admin.domainAllows.create({ domain: 'good.test' })
  expect((await admin.domainAllows.list()).map(({ domain }) => domain)).toEqual(['good.test'])
  await admin.domainAllows.$select(allow.id).remove()

  const network = await admin.ipBlocks.create({ ip: '203.0.113.0/24', severity: 'no_access', expiresIn: 60 })
  expect(await admin.ipBlocks.$select(network.id).update({ severity: 'sign_up_block' })).toMatchObject({
    ip: '203.0.113.0/24',
    severity: 'sign_up_block',
  })
  expect(await admin.ipBlocks.list()).toHaveLength(1)
  await admin.ipBlocks.$select(network.id).remove()

  const mail = await admin.emailDomainBlocks.create({ domain: 'mail.test' })
  expect((await admin.emailDomainBlocks.$select(mail.id).fetch()).history).toHaveLength(7)
  await admin.emailDomainBlocks.$select(mail.id).remove()

  const address = await admin.canonicalEmailBlocks.create({ email: 'a@mail.test' })
  expect(await admin.canonicalEmailBlocks.list()).toEqual([address])
  expect(await admin.canonicalEmailBlocks.test({ email: 'A+x@mail.test' })).toEqual([address])
  await admin.canonicalEmailBlocks.$select(address.id).remove()
  await expect(admin.canonicalEmailBlocks.$select(address.id).fetch()).rejects.toMatchObject({ statusCode: 404 })
})
