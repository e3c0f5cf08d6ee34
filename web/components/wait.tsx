/** Tells clients that tried too often how long to wait. */
import type { FC } from 'hono/jsx'
import { TooMany } from '#src/accounts/sessions/attempts.ts'
import type { Refusal } from '#src/platform/errors.ts'
import type { Messages } from '#src/text/messages.ts'
import { useMessages, usePage } from './page-context.ts'

/** The seconds that a client has to wait; null: unknown. */
export const waitOf = (refusal: Refusal, now: Date): number | null =>
  refusal instanceof TooMany ? Math.max(1, Math.ceil((refusal.report.reset - now.getTime()) / 1_000)) : null

/** @param seconds null: unknown */
export function waitWords({ t }: Messages, seconds: number | null): string {
  if (seconds === null) return t('errors.manyTries')
  if (seconds < 60) return t('errors.waitSeconds', { seconds })
  return t('errors.waitMinutes', { minutes: Math.ceil(seconds / 60) })
}

/** The words on a page, whose answer then says the same in `Retry-After`. */
export const Wait: FC<{ refusal: Refusal }> = ({ refusal }) => {
  const { used, now } = usePage()
  used.waitSeconds = waitOf(refusal, now)
  return <>{waitWords(useMessages(), used.waitSeconds)}</>
}
