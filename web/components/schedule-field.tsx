import type { FC } from 'hono/jsx'
import { localTimeIn } from '#src/platform/zoned-time.ts'
import { limits } from '#src/rules/limits.ts'
import { useMessages, usePage } from './page-context.ts'

type Props = {
  /** A local date and time, as in `2026-12-24T18:00`; empty for none. */
  value: string
  /** The person's time zone; null for UTC. */
  zone: string | null
  name?: string
  id?: string
  required?: boolean
  /** What is wrong with the value. */
  problem?: string
}

/** A date and time in the person's time zone. `scheduledMoment` (`src/statuses/scheduled.ts`) reads it. */
export const ScheduleField: FC<Props> = ({ value, zone, name = 'scheduled_at', id = name, required, problem }) => {
  const { t } = useMessages()
  const { now } = usePage()
  const { minAheadSeconds } = limits.scheduled
  // One minute more, as the form does not know seconds.
  const earliest = new Date(now.getTime() + (minAheadSeconds + 60) * 1_000)
  return (
    <div class="field schedule-field">
      <label for={id}>{t('scheduled.when')}</label>
      <input
        type="datetime-local"
        id={id}
        name={name}
        value={value}
        min={localTimeIn(zone, earliest)}
        required={required}
        aria-describedby={problem ? `${id}-hint ${id}-problem` : `${id}-hint`}
        aria-invalid={problem ? 'true' : undefined}
      />
      <p class="hint" id={`${id}-hint`}>
        {t('scheduled.zone', { zone: zone ?? 'UTC', minutes: minAheadSeconds / 60 })}
      </p>
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}
