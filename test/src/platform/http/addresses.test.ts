import ipaddr from 'ipaddr.js'
import { expect, test } from 'vitest'
import { isPublicAddress, mayDial } from '#src/platform/http/addresses.ts'

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.1',
  '192.0.2.1',
  '192.88.99.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.19.255.255',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:10::1',
  '2001:2::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:c0a8:101::1',
  '3fff::1',
  '5f00::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '4000::1',
  '127.1',
  '0x7f.1',
  '0177.0.0.1',
  '2130706433',
  '0xa9fea9fe',
  'localhost',
  '',
  '1.2.3.4.5',
])('%s is no public address', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.1',
  '192.167.0.1',
  '100.63.255.255',
  '100.128.0.1',
  '223.255.255.254',
  '2606:4700::1111',
  '2a00:1450:4001::1',
  '::ffff:8.8.8.8',
])('%s is a public address', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})

test('plain http and other ports are possible only for listed addresses', () => {
  const listed = [ipaddr.parseCIDR('127.0.2.0/28')]
  const https = { protocol: 'https:', port: 443 }
  expect(mayDial('8.8.8.8', https, listed)).toBe(true)
  expect(mayDial('8.8.8.8', { protocol: 'http:', port: 80 }, listed)).toBe(false)
  expect(mayDial('8.8.8.8', { protocol: 'https:', port: 8443 }, listed)).toBe(false)
  expect(mayDial('127.0.2.5', { protocol: 'http:', port: 3000 }, listed)).toBe(true)
  expect(mayDial('::ffff:127.0.2.5', { protocol: 'http:', port: 3000 }, listed)).toBe(true)
  expect(mayDial('127.0.2.16', https, listed)).toBe(false)
})
