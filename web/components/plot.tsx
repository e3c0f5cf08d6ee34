import type { FC } from 'hono/jsx'
import { useFormats, useMessages } from './page-context.ts'
import { Day, dayText } from './time.tsx'

const width = 560
const height = 120
const top = 8

type Props = {
  title: string
  /** One value per day, oldest first. */
  values: readonly number[]
  /** The days, `YYYY-MM-DD`. */
  days: readonly string[]
  kind?: 'plain' | 'warm'
  /** The number next to the title: the sum, or the average for values that can't be added up, such as people. */
  sums?: 'total' | 'average'
}

/** Small averages have a decimal, so that few people don't become 0. */
function average(total: number, days: number): number {
  const mean = total / Math.max(days, 1)
  return mean < 10 ? Math.round(mean * 10) / 10 : Math.round(mean)
}

/**
 * A bar chart of values over time, drawn without a script. Pages add a table of the values for people who can't see
 * it.
 */
export const Plot: FC<Props> = ({ title, values, days, kind = 'plain', sums = 'total' }) => {
  const { t } = useMessages()
  const { number } = useFormats()
  const [first = '', last = first] = [days[0], days.at(-1)]
  const max = Math.max(...values, 1)
  const step = width / Math.max(values.length, 1)
  const total = values.reduce((sum, value) => sum + value, 0)
  const scale = (value: number) => (value / max) * (height - top)
  return (
    <figure class={`plot plot-${kind}`}>
      <figcaption>
        <span>{title}</span>{' '}
        <strong>
          {sums === 'total' ? number(total) : t('plot.average', { average: number(average(total, values.length)) })}
        </strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={t('plot.label', {
          title,
          total: number(total),
          first: dayText(first),
          last: dayText(last),
          max: number(max),
        })}
        preserveAspectRatio="none"
      >
        <line x1="0" y1={height - 0.5} x2={width} y2={height - 0.5} class="plot-axis" />
        {values.map((value, i) => (
          <rect
            x={round(i * step + step * 0.12)}
            y={round(height - scale(value))}
            width={round(step * 0.76)}
            height={round(scale(value))}
            rx="1.5"
          >
            <title>{t('plot.day', { day: dayText(days[i] ?? first), value: number(value) })}</title>
          </rect>
        ))}
      </svg>
      <p class="plot-days">
        <Day day={first} />
        <Day day={last} />
      </p>
    </figure>
  )
}

const round = (value: number): number => Math.round(value * 100) / 100
