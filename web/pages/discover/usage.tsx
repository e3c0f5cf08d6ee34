import type { FC } from 'hono/jsx'
import type { DayUse } from '#src/reading/trends/history.ts'
import { useMessages } from '../../components/page-context.ts'

/** How much a hashtag or link is used, in words: people of today and yesterday, and posts of the week. */
export const Usage: FC<{ history: readonly DayUse[] }> = ({ history }) => {
  const { t } = useMessages()
  const people = history.slice(0, 2).reduce((sum, { accounts }) => sum + accounts, 0)
  const posts = history.reduce((sum, { uses }) => sum + uses, 0)
  return <>{t('discover.usage', { people, posts })}</>
}

/** Says below numbers whose they are: other servers count others. */
export const UsageNote: FC = () => <p class="aside hint">{useMessages().t('discover.countedHere')}</p>
