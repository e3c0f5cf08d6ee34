import type { FC } from 'hono/jsx'
import { useMessages } from './page-context.ts'
import { Moment } from './time.tsx'

/** That somebody is muted, and until when; null: for ever. */
export const Muted: FC<{ until: number | Date | null }> = ({ until }) => {
  const { t, rich } = useMessages()
  return (
    <>{until === null ? t('profile.muted') : rich('relations.mutedUntil', { time: <Moment at={new Date(until)} /> })}</>
  )
}
