/**
 * Dates, times and numbers in a person's language and time zone, by `Intl`. Scripts of pages use this file, too, so it imports
 * no catalogue.
 */
import type { Locale } from './catalogue.ts'

/** Formats of one language and time zone. */
export type Formats = {
  number(value: number): string
  /** A count for a small place: exact up to 9,999, then shortened, as in `12.3k`. */
  count(value: number): string
  /** `29 November 2026` */
  day(at: Date): string
  /** `November 2026` */
  month(at: Date): string
  /** `29 November 2026 at 22:19 UTC` */
  moment(at: Date): string
  /** The time since a moment, short enough for a list: `now`, `5m`, `3h`, `2d`, and after a week the date. */
  ago(at: Date, now: Date): string
  /** The name of a language by its tag; undefined when `Intl` has none. */
  language(tag: string): string | undefined
  /** Compares two texts for sorting. */
  compare(a: string, b: string): number
}

/** Tags for `Intl` of languages that leave open how dates are written. */
const tags: Partial<Record<string, string>> = { en: 'en-GB' }

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Formats that were made, by language and time zone: making them costs more than using them. */
const made = new Map<string, Formats>()
const most = 200

/** @param timeZone a name of the tz database; UTC when it is missing or unknown */
export function formatsIn(locale: Locale, timeZone?: string | null): Formats {
  const key = `${locale} ${timeZone ?? ''}`
  const known = made.get(key)
  if (known) return known
  if (made.size >= most) made.clear()
  const formats = make(tags[locale] ?? locale, isTimeZone(timeZone) ? timeZone : 'UTC')
  made.set(key, formats)
  return formats
}

function make(tag: string, timeZone: string): Formats {
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = lazy(() => new Intl.DateTimeFormat(tag, { ...options, timeZone }))
    return (at: Date) => format().format(at)
  }
  const numbers = (options: Intl.NumberFormatOptions = {}) => {
    const format = lazy(() => new Intl.NumberFormat(tag, options))
    return (value: number) => format().format(value)
  }
  const unit = (name: string) => numbers({ style: 'unit', unit: name, unitDisplay: 'narrow' })
  const [minutes, hours, days] = [unit('minute'), unit('hour'), unit('day')]
  const now = lazy(() => new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'narrow' }).format(0, 'second'))
  const number = numbers()
  const compact = numbers({ notation: 'compact', maximumSignificantDigits: 3 })
  const year = dates({ year: 'numeric' })
  const ofThisYear = dates({ day: 'numeric', month: 'short' })
  const ofOtherYear = dates({ day: 'numeric', month: 'short', year: 'numeric' })
  const names = lazy(() => new Intl.DisplayNames([tag], { type: 'language', fallback: 'none' }))
  const collator = lazy(() => new Intl.Collator(tag))
  return {
    number,
    count: (value) => (value < 10_000 ? number(value) : compact(value)),
    day: dates({ day: 'numeric', month: 'long', year: 'numeric' }),
    month: dates({ month: 'long', year: 'numeric' }),
    moment: dates({
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    }),
    ago(at, current) {
      const seconds = (current.getTime() - at.getTime()) / 1000
      if (seconds < minute) return now()
      if (seconds < hour) return minutes(Math.floor(seconds / minute))
      if (seconds < day) return hours(Math.floor(seconds / hour))
      if (seconds < 7 * day) return days(Math.floor(seconds / day))
      return (year(at) === year(current) ? ofThisYear : ofOtherYear)(at)
    },
    language: (name) => names().of(name),
    compare: (a, b) => collator().compare(a, b),
  }
}

/** A value that is made when it is first needed. */
function lazy<T>(build: () => T): () => T {
  let value: T | undefined
  return () => (value ??= build())
}

function isTimeZone(name: string | null | undefined): name is string {
  try {
    return !!name && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
