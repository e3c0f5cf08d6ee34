import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { isReservedName } from '#src/accounts/sign-up/names.ts'
import { prepareRegistration } from '#src/accounts/sign-up/register.ts'
import { saveSettings } from '#src/moderation/save-settings.ts'
import { database } from '#test/database.ts'

const isReserved = (name: string, ...blocked: string[]) => isReservedName(name, 'social.example', blocked)

test.each([
  ['admin', true],
  ['adm1n', true],
  ['_admin_', true],
  ['a_d_m_i_n', true],
  ['5upp0r7', true],
  ['supp0rt_', true],
  ['he1p', true],
  ['soc1al', true],
  ['well_known', true],
  ['administratrix', false],
  ['mall', false],
  ['user1', false],
  ['alice_2', false],
])('%s is reserved without any list: %s', (name, expected) => {
  expect(isReserved(name)).toBe(expected)
})

test.each([
  ['nest', 'nest', true],
  ['nest', 'nests', false],
  ['nest*', 'nests', true],
  ['nest*', 'anest', false],
  ['*nest', 'anest', true],
  ['*nest*', 'a_nest_b', true],
  ['*nest*', 'n3s7', true],
  ['bot_*', 'bot_one', true],
  ['bot_*', 'bottle', false],
  ['ab*ba', 'aba', false],
  ['ab*ba', 'abba', true],
  ['a*b*c', 'axxbyyc', true],
  ['a*b*c', 'axxcyyb', false],
  ['Nest', 'nest', true],
  ['year19*', 'year1984', true],
  ['a.c', 'abc', false],
])('the list’s %s stops %s: %s', (pattern, name, expected) => {
  expect(isReserved(name, pattern)).toBe(expected)
})

test('a list of the worst names is compared before anybody grows old', () => {
  const blocked = Array.from({ length: 1_000 }, () => `${'*a'.repeat(29)}*b`)
  // A match that backtracks would take years.
  expect(isReserved('a'.repeat(30), ...blocked)).toBe(false)
})

test('a blocked name is refused at sign-ups, and not on the command line', async () => {
  await using t = await database()
  await t.db.transaction((tx) => saveSettings(tx, commandLine, { blockedUsernames: ['*nest*'] }))
  const input = { username: 'My_N3st', email: 'a@mail.test', password: 'quite a good password' }
  await expect(prepareRegistration(t.app, input)).rejects.toMatchObject({
    code: 'invalid',
    problems: [{ field: 'username', code: 'ERR_RESERVED', message: 'is reserved' }],
  })
  expect(await prepareRegistration(t.app, input, true)).toMatchObject({ username: 'my_n3st' })
})

test.each([['*'], ['a b'], ['a.*'], ['x'.repeat(61)], ['']])('the list takes no %j', async (pattern) => {
  await using t = await database()
  await expect(
    t.db.transaction((tx) => saveSettings(tx, commandLine, { blockedUsernames: [pattern] })),
  ).rejects.toHaveProperty('issues')
})
