import { expect, test } from 'vitest'
import { idAt, isId, newId, timeOfId } from '#src/ids.ts'

test('new ids strictly grow, are short decimal strings and tell their time', () => {
  const started = Date.now()
  const made = Array.from({ length: 5_000 }, () => newId())
  expect(made.every(isId)).toBe(true)
  expect(made.every((id, i) => i === 0 || BigInt(made[i - 1]!) < BigInt(id))).toBe(true)
  expect(timeOfId(made[0]!).getTime()).toBeGreaterThanOrEqual(started)
  expect(BigInt(made.at(-1)!) < 2n ** 63n).toBe(true)
})

test('ids of remote statuses sort by publication, and never lie in the future', () => {
  const old = idAt(new Date('2020-05-01T12:00:00.123Z'))
  const later = idAt(new Date('2020-05-01T12:00:02.000Z'))
  const future = idAt(new Date(Date.now() + 86_400_000))
  expect(BigInt(old) < BigInt(later)).toBe(true)
  expect(timeOfId(old).toISOString()).toBe('2020-05-01T12:00:00.123Z')
  expect(timeOfId(future).getTime()).toBeLessThanOrEqual(Date.now())
})

test('ids of one whole second are spread, so that they do not collide', () => {
  const second = new Date('2020-05-01T12:00:00.000Z')
  expect(new Set(Array.from({ length: 200 }, () => idAt(second))).size).toBe(200)
})

test.each(['', '0', '-1', '01', '1.5', '9223372036854775808', 'abc', '1'.repeat(30), '１'])('%j is no id', (text) => {
  expect(isId(text)).toBe(false)
})
