import type { FC } from 'hono/jsx'
import { formatsIn } from '#src/text/formats.ts'
import { usePage } from './page-context.ts'

/** An exact time as text, in the reader's language and time zone, for components. */
export const fullTime = (at: Date): string => usePage().formats.moment(at)

/** A relative time; the exact one is in the tooltip and the `datetime` attribute. */
export const Ago: FC<{ at: Date }> = ({ at }) => (
  <time datetime={at.toISOString()} title={fullTime(at)}>
    {usePage().formats.ago(at, usePage().now)}
  </time>
)

/** An exact time. `data-exact` marks it for the script of times. */
export const Moment: FC<{ at: Date }> = ({ at }) => (
  <time datetime={at.toISOString()} data-exact>
    {fullTime(at)}
  </time>
)

/** A day of the statistics, `YYYY-MM-DD`, as text. Their days are those of UTC, wherever the reader is. */
export const dayText = (day: string): string => formatsIn(usePage().messages.locale).day(new Date(day))

/** A day of the statistics. */
export const Day: FC<{ day: string }> = ({ day }) => <time datetime={day}>{dayText(day)}</time>
