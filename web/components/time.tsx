import type { FC } from 'hono/jsx'
import { usePage } from './page-context.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const sameYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })

/** The time since a moment, short enough for a list. */
function ago(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000
  if (seconds < minute) return 'now'
  if (seconds < hour) return `${Math.floor(seconds / minute)}m`
  if (seconds < day) return `${Math.floor(seconds / hour)}h`
  if (seconds < 7 * day) return `${Math.floor(seconds / day)}d`
  return (at.getUTCFullYear() === now.getUTCFullYear() ? sameYear : otherYear).format(at)
}

export const fullTime = (at: Date): string => `${full.format(at)} UTC`

/** A relative time; the exact one is in the tooltip and the `datetime` attribute. */
export const Ago: FC<{ at: Date }> = ({ at }) => (
  <time datetime={at.toISOString()} title={fullTime(at)}>
    {ago(at, usePage().now)}
  </time>
)

/** An exact time. */
export const Moment: FC<{ at: Date }> = ({ at }) => <time datetime={at.toISOString()}>{fullTime(at)}</time>
