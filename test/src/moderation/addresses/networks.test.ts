import { networkInterfaces } from 'node:os'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { signUp } from '#src/accounts/sign-up/sign-up.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import {
  allowNetwork,
  blockNetwork,
  changeNetwork,
  listNetworks,
  networkById,
  type NetworkId,
  type NetworkInput,
  networksPage,
} from '#src/moderation/addresses/networks.ts'
import { auditLog, ipBlocks } from '#src/platform/db/schema/moderation.ts'
import { localAccount, openSignUps } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const spared = (t: TestDatabase, ownAddress: string | null = null) => ({ config: t.app.config, ownAddress })
const block = (t: TestDatabase, input: NetworkInput, ownAddress: string | null = null) =>
  t.db.transaction((tx) => blockNetwork(tx, commandLine, spared(t, ownAddress), input))
const change = (t: TestDatabase, id: NetworkId, input: NetworkInput) =>
  t.db.transaction((tx) => changeNetwork(tx, commandLine, spared(t), id, input))
const expire = (t: TestDatabase, id: NetworkId) =>
  t.db
    .update(ipBlocks)
    .set({ expiresAt: sql`now() - interval '1 hour'` })
    .where(sql`id = ${id}`)

const join = (t: TestDatabase, username: string, address: string) =>
  signUp(t.app, { username, email: `${username}@mail.test`, password: 'quite a good password' }, address)

test('a rule is made, changed and deleted, and each of it is in the audit log', async () => {
  await using t = await database()
  const made = await block(t, { network: '192.0.2.7/24', severity: 'sign_up_block', comment: ' Spam ' })
  expect(made).toMatchObject({ network: '192.0.2.0/24', severity: 'sign_up_block', comment: 'Spam', expiresAt: null })
  const until = new Date(Date.now() + 60_000)
  expect(await change(t, made.id, { expiresAt: until, severity: 'no_access' })).toMatchObject({
    network: '192.0.2.0/24',
    comment: 'Spam',
    severity: 'no_access',
    expiresAt: until,
  })
  expect(await change(t, made.id, { network: '198.51.100.0/24', expiresAt: null })).toMatchObject({ expiresAt: null })
  await t.db.transaction((tx) => allowNetwork(tx, commandLine, made.id))
  const { rows } = await t.db.execute(
    sql`select action, target_kind as kind, target_name as name, details from audit_log order by id`,
  )
  expect(rows).toEqual([
    {
      action: 'create',
      kind: 'ipBlock',
      name: '192.0.2.0/24',
      details: { severity: 'sign_up_block', expiresAt: null },
    },
    {
      action: 'change',
      kind: 'ipBlock',
      name: '192.0.2.0/24',
      details: { severity: 'no_access', expiresAt: until.toISOString() },
    },
    { action: 'change', kind: 'ipBlock', name: '198.51.100.0/24', details: { severity: 'no_access', expiresAt: null } },
    { action: 'delete', kind: 'ipBlock', name: '198.51.100.0/24', details: {} },
  ])
  expect(await listNetworks(t.db, commandLine)).toEqual([])
})

test('a network has one rule, but one that has ended makes room', async () => {
  await using t = await database()
  const first = await block(t, { network: '192.0.2.0/24', severity: 'sign_up_block' })
  const other = await block(t, { network: '198.51.100.0/24', severity: 'sign_up_block' })
  const taken = { code: 'invalid', text: { key: 'networkTaken' } }
  await expect(block(t, { network: '192.0.2.9/24', severity: 'no_access' })).rejects.toMatchObject(taken)
  await expect(change(t, other.id, { network: '192.0.2.0/24' })).rejects.toMatchObject(taken)
  await expire(t, first.id)
  await expect(networkById(t.db, commandLine, first.id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(change(t, first.id, {})).rejects.toMatchObject({ code: 'not_found' })
  expect(await networksPage(t.db, commandLine, { limit: 20 })).toHaveLength(1)
  const second = await block(t, { network: '192.0.2.0/24', severity: 'no_access' })
  await expire(t, second.id)
  expect(await change(t, other.id, { network: '192.0.2.0/24' })).toMatchObject({ network: '192.0.2.0/24' })
})

test.each<[NetworkInput, string]>([
  [{ severity: 'sign_up_block' }, 'networkInvalid'],
  [{ network: 'example.com', severity: 'sign_up_block' }, 'networkInvalid'],
  [{ network: '192.0.2.0/24' }, 'severityBlank'],
  [{ network: '192.0.2.0/24', severity: 'sign_up_block', expiresAt: new Date() }, 'expiryPast'],
  [{ network: '192.0.2.0/24', severity: 'sign_up_block', comment: 'x'.repeat(2_001) }, 'commentTooLong'],
])('%j is refused, and nothing is written', async (input, key) => {
  await using t = await database()
  await expect(block(t, input)).rejects.toMatchObject({ code: 'invalid', text: { key } })
  expect(await t.db.select().from(ipBlocks)).toEqual([])
  expect(await t.db.select().from(auditLog)).toEqual([])
})

test('nobody shuts out everybody, the server, its proxy, or themselves; sign-ups may be limited anywhere', async () => {
  await using t = await database({ TRUSTED_PROXIES: '203.0.113.8/29' })
  const own = '198.51.100.77'
  const ofMachine = Object.values(networkInterfaces())
    .flat()
    .flatMap((one) =>
      one && !one.internal && /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(one.address) ? one.address : [],
    )
  const cases: [network: string, key: string][] = [
    ['0.0.0.0/0', 'networkTooWide'],
    ['192.0.0.0/7', 'networkTooWide'],
    ['::/0', 'networkTooWide'],
    ['2000::/15', 'networkTooWide'],
    ['127.0.0.1', 'networkOfServer'],
    ['127.0.0.0/8', 'networkOfServer'],
    ['::1', 'networkOfServer'],
    ['::ffff:127.0.0.1', 'networkOfServer'],
    ['203.0.113.0/24', 'networkOfServer'],
    ['203.0.113.9', 'networkOfServer'],
    ['198.51.100.64/26', 'networkOfYours'],
    ['::ffff:198.51.100.77', 'networkOfYours'],
    ...ofMachine.map((address) => [address, 'networkOfServer'] as [string, string]),
  ]
  for (const [network, key] of cases) {
    await expect(block(t, { network, severity: 'no_access' }, own), network).rejects.toMatchObject({
      code: 'invalid',
      text: { key },
    })
  }
  for (const network of ['0.0.0.0/0', '198.51.100.64/26'])
    expect(await block(t, { network, severity: 'sign_up_requires_approval' }, own)).toMatchObject({ network })
  const [wide] = await listNetworks(t.db, commandLine)
  await expect(
    t.db.transaction((tx) => changeNetwork(tx, commandLine, spared(t, own), wide!.id, { severity: 'no_access' })),
  ).rejects.toMatchObject({ text: { key: 'networkOfYours' } })
})

test('moderators without the permission to manage blocks are refused', async () => {
  await using t = await database()
  const [moderator, admin] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'admin', { role: 'admin' }),
  ]
  const by = (id: typeof moderator) =>
    t.db.transaction(async (tx) =>
      blockNetwork(tx, await staffMember(tx, id), spared(t), { network: '192.0.2.0/24', severity: 'no_access' }),
    )
  await expect(by(moderator)).rejects.toMatchObject({ code: 'not_permitted' })
  expect(await by(admin)).toMatchObject({ network: '192.0.2.0/24' })
  await expect(
    t.db.transaction(async (tx) => networksPage(tx, await staffMember(tx, moderator), { limit: 20 })),
  ).rejects.toMatchObject({ code: 'not_permitted' })
})

test('sign-ups of a network are refused, or wait for approval even where registration is open', async () => {
  await using t = await database()
  await openSignUps(t)
  await block(t, { network: '192.0.2.0/24', severity: 'sign_up_block' })
  await block(t, { network: '2001:db8::/32', severity: 'no_access' })
  const ended = await block(t, { network: '203.0.113.0/24', severity: 'sign_up_block' })
  await block(t, { network: '198.51.100.0/24', severity: 'sign_up_requires_approval' })
  await expire(t, ended.id)
  for (const address of ['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.2'])
    await expect(join(t, 'alice', address)).rejects.toMatchObject({
      code: 'not_permitted',
      message: 'Nobody can sign up from your network',
    })
  expect(await join(t, 'alice', '203.0.113.1')).toMatchObject({ isApproved: true })
  expect(await join(t, 'bob', '198.51.100.1')).toMatchObject({ isApproved: false })
})

test('the clean-up deletes rules that have ended, and no others', async () => {
  await using t = await database()
  const ended = await block(t, { network: '192.0.2.0/24', severity: 'no_access' })
  await block(t, { network: '198.51.100.0/24', severity: 'no_access', expiresAt: new Date(Date.now() + 60_000) })
  await block(t, { network: '203.0.113.0/24', severity: 'no_access' })
  await expire(t, ended.id)
  expect(await cleanUp(t.app)).toMatchObject({ networks: 1 })
  expect((await t.db.select().from(ipBlocks)).map(({ network }) => network).toSorted()).toEqual([
    '198.51.100.0/24',
    '203.0.113.0/24',
  ])
})

test('rules that are made at the same moment do not pass the limit', async () => {
  await using t = await database()
  await t.db.execute(sql`
    insert into ip_blocks (id, network, severity) select n, ('2001:db8:' || to_hex(n) || '::/48')::cidr, 'sign_up_block' from generate_series(1, 49999) n`)
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map((n) => block(t, { network: `192.0.2.${n}`, severity: 'sign_up_block' })),
  )
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
  for (const reason of reasons)
    expect(reason).toMatchObject({ code: 'unprocessable', message: 'There can’t be more than 50000 networks' })
})
