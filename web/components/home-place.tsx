/** The place on Home where somebody stopped reading: a line between posts, and the ways on if it is further down. */
import type { FC } from 'hono/jsx'
import { type StatusId, timeOfId } from '#src/platform/ids.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { useMessages } from './page-context.ts'
import { StatusList } from './status.tsx'
import { Ago } from './time.tsx'

/** Posts of Home, with a line above the first one that the person knows. */
export const HomePosts: FC<{ statuses: StatusView[]; stoppedAt: StatusId }> = ({ statuses, stoppedAt }) => {
  const { t } = useMessages()
  const at = statuses.findIndex(({ id }) => BigInt(id) <= BigInt(stoppedAt))
  const known = at < 0 ? undefined : statuses[at]
  if (!known || at === 0) return <StatusList statuses={statuses} context="home" />
  return (
    <>
      <StatusList statuses={statuses.slice(0, at)} context="home" />
      <p class="stopped">
        <a href={`#post-${known.id}`}>{t('home.stopped')}</a>
      </p>
      <StatusList statuses={statuses.slice(at)} context="home" />
    </>
  )
}

/** The ways on for somebody who missed more than this page. */
export const MissedMuch: FC<{ marker: StatusId }> = ({ marker }) => {
  const { t, rich } = useMessages()
  return (
    <nav class="notice notice-step" aria-label={t('home.places')}>
      <p>{rich('home.missed', { when: <Ago at={timeOfId(marker)} /> })}</p>
      <a href="/catch-up" class="button">
        {t('home.catchUp')}
      </a>
      <a href={`/?min_id=${marker}`} class="button button-quiet">
        {t('home.goOn')}
      </a>
    </nav>
  )
}
