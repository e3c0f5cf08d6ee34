import type { Dimension } from '#src/instance/figures/dimensions.ts'
import type { Measure } from '#src/instance/figures/measures.ts'
import type { Cohort } from '#src/instance/figures/retention.ts'
import { toMidnight } from './dates.ts'

/** @see https://docs.joinmastodon.org/entities/Admin_Measure/ */
export const toMeasure = ({ key, total, previousTotal, data }: Measure) => ({
  key,
  unit: key === 'instance_media_attachments' ? 'bytes' : null,
  total: String(total),
  ...(key === 'instance_media_attachments' ? { human_value: toSize(total) } : {}),
  ...(previousTotal === null ? {} : { previous_total: String(previousTotal) }),
  data: data.map(({ day, value }) => ({ date: midnight(day), value: String(value) })),
})

/** @see https://docs.joinmastodon.org/entities/Admin_Dimension/ */
export const toDimension = ({ key, data }: Dimension) => ({
  key,
  data: data.map((part) => ({
    key: part.key,
    human_key: part.name,
    value: String(part.value),
    ...(part.unit ? { unit: part.unit, human_value: toSize(Number(part.value)) } : {}),
    ...(typeof part.value === 'string' ? { human_value: part.value } : {}),
  })),
})

/** @see https://docs.joinmastodon.org/entities/Admin_Cohort/ */
export const toCohort = ({ period, frequency, data }: Cohort) => ({
  period: midnight(period),
  frequency,
  data: data.map(({ date, rate, value }) => ({ date: midnight(date), rate, value: String(value) })),
})

const midnight = (day: string): string => toMidnight(new Date(`${day}T00:00:00Z`))

const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB']

/** A size as Mastodon writes it, with three significant digits. */
function toSize(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${Number((bytes / 1_024 ** step).toPrecision(3))} ${units[step]}`
}
