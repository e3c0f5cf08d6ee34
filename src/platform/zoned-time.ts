/** Local dates and times, as forms send them (`2026-12-24T18:00`), in a time zone of the IANA database. */
import { dayMs } from './time.ts'

const shape = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?$/

/**
 * The moment of a local time. A time that the clocks skip (the start of summer time) is read with the offset before the
 * change; a time that occurs twice means its first occurrence.
 *
 * @param zone a time zone such as `Europe/Berlin`; null for UTC
 * @returns null when the text is no date and time, or there is no such day
 */
export function momentIn(zone: string | null, local: string): Date | null {
  const wall = wallOf(local)
  if (wall === null) return null
  // A day away on either side, the clocks show the offset before and after a change.
  const [before, after] = [offsetOf(zone, wall - dayMs), offsetOf(zone, wall + dayMs)]
  const moments = [wall - before, wall - after].filter((moment) => moment + offsetOf(zone, moment) === wall)
  return new Date(moments.length > 0 ? Math.min(...moments) : wall - before)
}

/** The local time of a moment, to the minute. */
export function localTimeIn(zone: string | null, at: Date): string {
  return new Date(at.getTime() + offsetOf(zone, at.getTime())).toISOString().slice(0, 16)
}

/** A local time as if it were one of UTC, in milliseconds. */
function wallOf(local: string): number | null {
  const [, year, month, day, hour, minute] = (shape.exec(local) ?? []).map(Number)
  if (year === undefined || month === undefined) return null
  const wall = Date.UTC(year, month - 1, day, hour, minute)
  return new Date(wall).toISOString().slice(0, 16) === local.slice(0, 16) ? wall : null
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
function offsetOf(zone: string | null, moment: number): number {
  if (zone === null) return 0
  const parts = new Map(
    formatOf(zone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return wall - Math.floor(moment / 1_000) * 1_000
}

/** Formats are costly to make. There are about 600 zones. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  return format
}
