import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { canonicalHash } from '#src/rules/addresses/mail.ts'
import { isInSet, networkSet, networkText, overlaps, parseNetwork } from '#src/rules/addresses/networks.ts'

const textOf = (written: string) => {
  const parsed = parseNetwork(written)
  return parsed && networkText(parsed)
}

test('addresses and networks are read in one form, and IPv4 addresses in IPv6 form are IPv4 addresses', () => {
  const forms = {
    '192.0.2.7': '192.0.2.7/32',
    ' 192.0.2.7/24 ': '192.0.2.0/24',
    '0.0.0.0/0': '0.0.0.0/0',
    '2001:DB8::1': '2001:db8::1/128',
    '2001:db8:ffff::/33': '2001:db8:8000::/33',
    '::ffff:192.0.2.7': '192.0.2.7/32',
    '::ffff:192.0.2.0/120': '192.0.2.0/24',
    '::/0': '::/0',
  }
  expect(Object.fromEntries(Object.keys(forms).map((written) => [written, textOf(written)]))).toEqual(forms)
})

test.each([
  '',
  'x',
  '1',
  '0x7f000001',
  '127.1',
  '192.0.2.0/33',
  '192.0.2.0/',
  '192.0.2.0/-1',
  '2001:db8::/129',
  'fe80::1%eth0',
  'a.test',
])('%j is no network', (written) => expect(parseNetwork(written)).toBeNull())

test('an address is found in the networks that contain it, and in no other', () => {
  const networks = ['192.0.2.0/25', '198.51.100.7/32', '10.0.0.0/8', '2001:db8::/32', '2001:db9:1::/48', '::1/128']
  const set = networkSet(networks.map((network) => ({ network, expiresAt: null })))
  const tried = [
    '192.0.2.0',
    '192.0.2.127',
    '192.0.2.128',
    '198.51.100.7',
    '198.51.100.6',
    '10.255.255.255',
    '11.0.0.0',
    '255.255.255.255',
    '0.0.0.0',
    '2001:db8:ffff::1',
    '2001:db9::1',
    '2001:db9:1:2::3',
    '::1',
    '::',
    '::ffff:192.0.2.1',
    '::ffff:192.0.2.200',
  ]
  const expected = (address: string) =>
    networks.some((network) => {
      const [base, bits] = ipaddr.parseCIDR(network)
      const parsed = ipaddr.process(address)
      return parsed.kind() === base.kind() && parsed.match(base, bits)
    })
  expect(tried.map((address) => [address, isInSet(set, address)])).toEqual(
    tried.map((address) => [address, expected(address)]),
  )
  expect(['', 'unknown', '1.2.3'].map((address) => isInSet(set, address))).toEqual([false, false, false])
})

test('a set with all addresses has each of its kind', () => {
  const all = networkSet([{ network: '0.0.0.0/0', expiresAt: null }])
  expect([isInSet(all, '203.0.113.9'), isInSet(all, '2001:db8::1')]).toEqual([true, false])
})

test('a network counts until its last millisecond', () => {
  const set = networkSet([{ network: '192.0.2.0/24', expiresAt: new Date(1_000) }])
  expect([isInSet(set, '192.0.2.1', 999), isInSet(set, '192.0.2.1', 1_000)]).toEqual([true, false])
})

test('networks overlap if one contains the other', () => {
  const does = (one: string, other: string) => overlaps(parseNetwork(one)!, parseNetwork(other)!)
  expect(does('127.0.0.0/8', '127.0.0.1')).toBe(true)
  expect(does('127.0.0.1', '127.0.0.0/8')).toBe(true)
  expect(does('126.0.0.0/7', '127.0.0.0/8')).toBe(true)
  expect(does('128.0.0.0/8', '127.0.0.0/8')).toBe(false)
  expect(does('::/0', '127.0.0.0/8')).toBe(false)
})

test('variants of an address by dots, capitals and a plus have one canonical hash, as with Mastodon', () => {
  // printf somebody@mail.test | sha256sum
  const hash = 'd8ecccecf8c2e071a8719ea4f7e36336d7b356cb472a531e76abfc81d4bc09fe'
  for (const variant of [
    'somebody@mail.test',
    'Some.Body@MAIL.test',
    's.omebody+a+b@mail.test',
    ' somebody+@mail.test ',
  ])
    expect(canonicalHash(variant)).toBe(hash)
  for (const other of ['somebody2@mail.test', 'somebody@mail.test.example', 'some-body@mail.test'])
    expect(canonicalHash(other)).not.toBe(hash)
})
