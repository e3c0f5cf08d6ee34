import argon2 from 'argon2'
import { expect, test, vi } from 'vitest'
import { hashPassword, verifyPassword } from '#src/accounts/sessions/passwords.ts'

test('a password opens what has its hash', async () => {
  const hash = await hashPassword('a long password')
  expect(await verifyPassword(hash, 'a long password')).toBe(true)
  expect(await verifyPassword(hash, 'another password')).toBe(false)
})

test('no password opens an account that does not exist, not even the one that is hashed in its stead', async () => {
  const hash = vi.spyOn(argon2, 'hash')
  expect(await verifyPassword(null, 'a long password')).toBe(false)
  const [[stand = ''] = []] = hash.mock.calls
  expect(stand).not.toBe('')
  expect(await verifyPassword(null, String(stand))).toBe(false)
})
