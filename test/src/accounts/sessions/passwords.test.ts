import argon2 from 'argon2'
import { expect, test, vi } from 'vitest'

// Of its own: another file may have had the stand-in hashed already.
vi.resetModules()
const { hashPassword, verifyPassword } = await import('#src/accounts/sessions/passwords.ts')

test('a password opens what has its hash', async () => {
  const hash = await hashPassword('a long password')
  expect(await verifyPassword(hash, 'a long password')).toBe(true)
  expect(await verifyPassword(hash, 'another password')).toBe(false)
})

test('no password opens an account that does not exist, not even the one that is hashed in its stead', async () => {
  const hash = vi.spyOn(argon2, 'hash')
  expect(await verifyPassword(null, 'a long password')).toBe(false)
  const [[stand = ''] = []] = hash.mock.calls
  hash.mockRestore()
  expect(stand).not.toBe('')
  expect(await verifyPassword(null, String(stand))).toBe(false)
})
