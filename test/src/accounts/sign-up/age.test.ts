import { expect, test } from 'vitest'
import { birthProblem } from '#src/accounts/sign-up/age.ts'

const at = (moment: string) => new Date(moment)
const code = (birth: string, years: number, now: string, zone: string | null = null) =>
  birthProblem(birth, years, zone, at(now))?.code ?? 'old enough'

test.each([
  ['2010-06-15', '2026-06-14T23:59:59Z', 'ERR_BELOW_LIMIT'],
  ['2010-06-15', '2026-06-15T00:00:00Z', 'old enough'],
  ['2010-12-31', '2026-12-30T12:00:00Z', 'ERR_BELOW_LIMIT'],
  ['2010-12-31', '2026-12-31T12:00:00Z', 'old enough'],
  ['1950-01-01', '2026-06-15T00:00:00Z', 'old enough'],
  // Later than today.
  ['2027-01-01', '2026-06-15T00:00:00Z', 'ERR_BELOW_LIMIT'],
  ['9999-12-31', '2026-06-15T00:00:00Z', 'ERR_BELOW_LIMIT'],
])('who was born on %s is at %s, for an age of 16: %s', (birth, now, expected) => {
  expect(code(birth, 16, now)).toBe(expected)
})

test('who was born on a leap day is a year older on that day, and on 1 March of other years', () => {
  expect(code('2008-02-29', 16, '2024-02-28T12:00:00Z')).toBe('ERR_BELOW_LIMIT')
  expect(code('2008-02-29', 16, '2024-02-29T12:00:00Z')).toBe('old enough')
  expect(code('2008-02-29', 17, '2025-02-28T12:00:00Z')).toBe('ERR_BELOW_LIMIT')
  expect(code('2008-02-29', 17, '2025-03-01T00:00:00Z')).toBe('old enough')
  expect(code('2009-03-01', 15, '2024-02-29T12:00:00Z')).toBe('ERR_BELOW_LIMIT')
})

test('a birthday begins with the day in the person’s time zone', () => {
  // 10:30 on the 14th in UTC is half past midnight on the 15th on Kiritimati, and half past eleven of the 13th on Midway.
  expect(code('2010-06-15', 16, '2026-06-14T10:30:00Z')).toBe('ERR_BELOW_LIMIT')
  expect(code('2010-06-15', 16, '2026-06-14T10:30:00Z', 'Pacific/Kiritimati')).toBe('old enough')
  expect(code('2010-06-15', 16, '2026-06-15T10:30:00Z', 'Pacific/Midway')).toBe('ERR_BELOW_LIMIT')
  expect(code('2010-06-15', 16, '2026-06-15T11:00:00Z', 'Pacific/Midway')).toBe('old enough')
})

test.each([
  '2023-02-29',
  '1900-02-29',
  '2010-13-01',
  '2010-00-10',
  '2010-04-31',
  '2010-6-5',
  '15.06.2010',
  '1895-01-01',
  '0000-01-01',
  '-100-01-01',
  'yesterday',
  '2010-06-15T00:00:00Z',
  '２０１０-０６-１５',
])('%s is no date of birth', (birth) => {
  expect(code(birth, 16, '2026-06-15T00:00:00Z')).toBe('ERR_INVALID')
})

test('a missing date is told apart from a wrong one', () => {
  expect(code('  ', 16, '2026-06-15T00:00:00Z')).toBe('ERR_BLANK')
  expect(code(' 2000-01-01 ', 16, '2026-06-15T00:00:00Z')).toBe('old enough')
})
