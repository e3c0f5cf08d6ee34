import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { localTimeIn, momentIn } from '#src/platform/zoned-time.ts'

test.each([
  ['Europe/Berlin', '2026-12-24T18:00', '2026-12-24T17:00:00.000Z'],
  ['Europe/Berlin', '2026-07-01T00:30', '2026-06-30T22:30:00.000Z'],
  ['America/St_Johns', '2026-01-15T12:00', '2026-01-15T15:30:00.000Z'],
  ['Asia/Kathmandu', '2026-01-15T00:00', '2026-01-14T18:15:00.000Z'],
  ['UTC', '2026-02-28T23:59:30', '2026-02-28T23:59:00.000Z'],
  [null, '2026-02-28T23:59', '2026-02-28T23:59:00.000Z'],
])('in %s, %s is %s', (zone, local, moment) => {
  expect(momentIn(zone, local)?.toISOString()).toBe(moment)
})

test('a local time that the clocks skip is read with the offset before the change', () => {
  // 2:00 became 3:00.
  expect(momentIn('Europe/Berlin', '2026-03-29T02:30')?.toISOString()).toBe('2026-03-29T01:30:00.000Z')
  expect(momentIn('America/New_York', '2026-03-08T02:30')?.toISOString()).toBe('2026-03-08T07:30:00.000Z')
  // A whole day was left out.
  expect(momentIn('Pacific/Apia', '2011-12-30T12:00')?.toISOString()).toBe('2011-12-30T22:00:00.000Z')
})

test('a local time that occurs twice means the first occurrence', () => {
  expect(momentIn('Europe/Berlin', '2026-10-25T02:30')?.toISOString()).toBe('2026-10-25T00:30:00.000Z')
  expect(momentIn('Australia/Lord_Howe', '2026-04-05T01:45')?.toISOString()).toBe('2026-04-04T14:45:00.000Z')
})

test.each(['', 'tomorrow', '2026-02-30T10:00', '2026-13-01T10:00', '2026-01-01T24:00', '2026-01-01', '26-01-01T10:00'])(
  '%j is no date and time',
  (text) => {
    expect(momentIn('Europe/Berlin', text)).toBeNull()
  },
)

test('a formatted local time is read as the same moment, unless it occurs twice', () => {
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Tokyo',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kolkata',
  ]
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(2020, 0) / 60_000, max: Date.UTC(2040, 0) / 60_000 }),
      (zone, minutes) => {
        const at = new Date(minutes * 60_000)
        const back = momentIn(zone, localTimeIn(zone, at))!
        expect(localTimeIn(zone, back)).toBe(localTimeIn(zone, at))
        expect(back.getTime()).toBeLessThanOrEqual(at.getTime())
        expect(at.getTime() - back.getTime()).toBeLessThanOrEqual(2 * 3_600_000)
      },
    ),
    { numRuns: 500 },
  )
})
