import { expect, test } from 'vitest'
import { byAge, firstIdAt, idAt, isId, newId, timeOfId } from '#src/platform/ids.ts'

test('new ids strictly grow, are short decimal strings and contain their time', () => {
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

test('every date has a first id, and ids are sorted by their dates', () => {
  const dates = ['0001-01-01', '2020-05-01', '2026-01-01', '9999-12-31'].map((day) => firstIdAt(new Date(day)))
  expect(
    dates
      .map(BigInt)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map(String),
  ).toEqual(dates)
  expect(BigInt(dates.at(-1)!) < 2n ** 63n && BigInt(dates[0]!) >= -(2n ** 63n)).toBe(true)
  expect(
    [newId(), firstIdAt(new Date('1970-01-02')), firstIdAt(new Date('2020-05-01'))]
      .toSorted(byAge)
      .map((id) => timeOfId(id).getUTCFullYear()),
  ).toEqual([1970, 2020, new Date().getUTCFullYear()])
})

test('ids of one second are in the order of arrival, at once or hours later', () => {
  for (const second of [new Date(Math.floor(Date.now() / 1_000) * 1_000), new Date('2020-05-01T12:00:00.000Z')]) {
    const ids = Array.from({ length: 2_000 }, () => idAt(second))
    expect(ids.every((id, i) => i === 0 || BigInt(ids[i - 1]!) < BigInt(id))).toBe(true)
    expect(new Set(ids.map((id) => Math.floor(timeOfId(id).getTime() / 1_000)))).toEqual(
      new Set([second.getTime() / 1_000]),
    )
  }
})

test('an earlier arrival has the lower id, in every process and at any time', () => {
  const second = new Date('2026-05-01T12:00:00.000Z')
  const delays = [0, 0.2, 1, 900, 1_100, 59_000, 599_999, 600_001, 600_002]
  const ids = delays
    .toReversed()
    .map((delay) => idAt(second, second.getTime() + delay))
    .toReversed()
  expect(
    ids
      .map(BigInt)
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map(String),
  ).toEqual(ids)
  // Tried again, it gets another one.
  expect(new Set(Array.from({ length: 100 }, () => idAt(second, second.getTime() + 5))).size).toBeGreaterThan(1)
})

test.each(['', '0', '-1', '01', '1.5', '9223372036854775808', 'abc', '1'.repeat(30), '１'])('%j is no id', (text) => {
  expect(isId(text)).toBe(false)
})
