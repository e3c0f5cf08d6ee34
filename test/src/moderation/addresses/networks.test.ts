import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, staffMember } from '#src/accounts/roles/staff.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import {
  addNetworkRule,
  changeNetworkRule,
  type NetworkInput,
  type NetworkRule,
  networkRule,
  removeNetworkRule,
} from '#src/moderation/addresses/networks.ts'
import { followChanges } from '#src/platform/db/changes.ts'
import { auditLog } from '#src/platform/db/schema/moderation.ts'
import { networkSeverity } from '#src/rules/addresses/networks.ts'
import { localAccount } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const add = (
  t: TestDatabase,
  network: string,
  severity: NetworkInput['severity'],
  more: Partial<NetworkInput> = {},
  from: string | null = null,
): Promise<NetworkRule> =>
  t.db.transaction((tx) => addNetworkRule(tx, commandLine, { network, severity, ...more }, from))

test('the strictest rule of all networks that contain an address holds, of IPv4 and IPv6', async () => {
  await using t = await database()
  expect(await networkSeverity(t.db, '192.0.2.7')).toBeNull()
  await add(t, '192.0.2.0/24', 'sign_up_requires_approval')
  await add(t, '192.0.0.0/9', 'sign_up_block')
  await add(t, '192.0.2.128/25', 'no_access')
  await add(t, '2001:db8:7::/48', 'no_access')
  await add(t, '::ffff:198.51.100.0/120', 'no_access')
  const severities = {
    '192.0.2.7': 'sign_up_block',
    '::ffff:192.0.2.200': 'no_access',
    '192.127.255.255': 'sign_up_block',
    '192.128.0.0': null,
    '2001:db8:7:ffff::1': 'no_access',
    '2001:db8:8::1': null,
    '198.51.100.255': 'no_access',
    '198.51.101.0': null,
    // The same bits as an IPv4 network, of another family.
    'c000:200::1': null,
    'not an address': null,
    '': null,
  }
  for (const [address, severity] of Object.entries(severities))
    expect({ address, severity: await networkSeverity(t.db, address) }).toEqual({ address, severity })
})

test('networks are stored without the bits of hosts; what is none, is everybody or is listed gets an error', async () => {
  await using t = await database()
  const stored = async (network: string) => (await add(t, network, 'sign_up_block')).network
  expect(await stored(' 192.0.2.77/24 ')).toBe('192.0.2.0/24')
  expect(await stored('203.0.113.9')).toBe('203.0.113.9/32')
  expect(await stored('2001:DB8:0:0::1/64')).toBe('2001:db8::/64')
  expect(await stored('::ffff:10.1.2.3/104')).toBe('10.0.0.0/8')
  for (const wrong of ['', 'example.org', '300.1.1.1', '1', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/8/8'])
    await expect(stored(wrong), wrong).rejects.toMatchObject({ code: 'invalid', text: { key: 'networkInvalid' } })
  for (const everybody of ['0.0.0.0/0', '10.0.0.0/0', '::/0', '::ffff:0.0.0.0/96'])
    await expect(stored(everybody), everybody).rejects.toMatchObject({ text: { key: 'networkOfEverybody' } })
  await expect(stored('192.0.2.0/24')).rejects.toMatchObject({ code: 'invalid', text: { key: 'networkListed' } })
  await expect(add(t, '10.9.9.9', 'no_access', { comment: 'x'.repeat(2_001) })).rejects.toMatchObject({
    code: 'invalid',
  })
})

test('nobody shuts themselves out, neither by a new rule nor by a change of one', async () => {
  await using t = await database()
  const out = { code: 'invalid', text: { key: 'networkOfYours' } }
  await expect(add(t, '192.0.2.0/24', 'no_access', {}, '192.0.2.1')).rejects.toMatchObject(out)
  await expect(add(t, '192.0.2.0/24', 'no_access', {}, '::ffff:192.0.2.1')).rejects.toMatchObject(out)
  const { id } = await add(t, '192.0.2.0/24', 'sign_up_block', {}, '192.0.2.1')
  const change = (change: Partial<NetworkInput>) =>
    t.db.transaction((tx) => changeNetworkRule(tx, commandLine, id, change, '192.0.2.1'))
  await expect(change({ severity: 'no_access' })).rejects.toMatchObject(out)
  expect(await change({ severity: 'no_access', network: '198.51.100.0/24' })).toMatchObject({ severity: 'no_access' })
  await expect(change({ network: '192.0.0.0/8' })).rejects.toMatchObject(out)
  await add(t, '192.0.2.0/24', 'sign_up_block')
  await expect(change({ network: '192.0.2.0/24', severity: 'sign_up_block' })).rejects.toMatchObject({
    text: { key: 'networkListed' },
  })
})

test('a rule holds until it expires, and is deleted then; a new one may take its place before', async () => {
  await using t = await database()
  const soon = { expiresAt: new Date(Date.now() + 60_000) }
  await add(t, '192.0.2.0/24', 'no_access', soon)
  const { id } = await add(t, '198.51.100.0/24', 'no_access', soon)
  expect(await networkSeverity(t.db, '192.0.2.1')).toBe('no_access')
  await t.db.execute(sql`update ip_blocks set expires_at = now() - interval '1 second'`)
  expect(await networkSeverity(t.db, '192.0.2.1')).toBeNull()
  await add(t, '192.0.2.0/24', 'sign_up_block')
  expect(await networkSeverity(t.db, '192.0.2.1')).toBe('sign_up_block')
  expect((await cleanUp(t.app)).networkRules).toBe(1)
  await expect(networkRule(t.db, id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a rule in memory expires by itself, and changes hold at once', async () => {
  await using t = await database()
  await using _changes = followChanges(t.db)
  const { id } = await add(t, '192.0.2.0/24', 'no_access', { expiresAt: new Date(Date.now() + 1_500) })
  const [first] = [await networkSeverity(t.db, '192.0.2.1')]
  await new Promise((done) => setTimeout(done, 1_600))
  expect([first, await networkSeverity(t.db, '192.0.2.1')]).toEqual(['no_access', null])
  await t.db.transaction((tx) => changeNetworkRule(tx, commandLine, id, { expiresAt: null }, null))
  expect(await networkSeverity(t.db, '192.0.2.1')).toBe('no_access')
  await t.db.transaction((tx) => removeNetworkRule(tx, commandLine, id))
  expect(await networkSeverity(t.db, '192.0.2.1')).toBeNull()
})

test('only staff who manage blocks change rules, and the audit log has each change', async () => {
  await using t = await database()
  const [mod, admin] = [
    await localAccount(t, 'mod', { role: 'moderator' }),
    await localAccount(t, 'admin', { role: 'admin' }),
  ]
  const by = (who: typeof mod, network: string) =>
    t.db.transaction(async (tx) =>
      addNetworkRule(tx, await staffMember(tx, who), { network, severity: 'no_access' }, null),
    )
  await expect(by(mod, '192.0.2.0/24')).rejects.toMatchObject({ code: 'not_permitted' })
  const { id } = await by(admin, '192.0.2.0/24')
  await t.db.transaction((tx) => changeNetworkRule(tx, commandLine, id, { severity: 'sign_up_block' }, null))
  await t.db.transaction((tx) => removeNetworkRule(tx, commandLine, id))
  await expect(t.db.transaction((tx) => removeNetworkRule(tx, commandLine, id))).rejects.toMatchObject({
    code: 'not_found',
  })
  const rows = await t.db.select().from(auditLog).orderBy(auditLog.id)
  expect(
    rows.map(({ actorName, targetKind, action, targetName, details }) => [
      actorName,
      targetKind,
      action,
      targetName,
      details['severity'],
    ]),
  ).toEqual([
    ['admin', 'ipBlock', 'create', '192.0.2.0/24', 'no_access'],
    ['command line', 'ipBlock', 'change', '192.0.2.0/24', 'sign_up_block'],
    ['command line', 'ipBlock', 'delete', '192.0.2.0/24', 'sign_up_block'],
  ])
})
