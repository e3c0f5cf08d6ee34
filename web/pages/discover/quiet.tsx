import { publicTimeline } from '#src/reading/timelines/public.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { StatusList } from '../../components/status.tsx'
import type { C } from '../../env.ts'

const newest = 20

/** What stands in place of trends while there are none: why, and the newest posts of this server. */
export async function whileQuiet(c: C, kind: 'posts' | 'tags' | 'links') {
  const { app, session, messages } = c.var
  const { t } = messages
  const viewer = session.viewer?.accountId ?? null
  const [{ trendsNeedReview }, ids] = await Promise.all([
    loadSettings(app.db),
    publicTimeline(app.db, viewer, { from: 'local' }, { limit: newest }),
  ])
  const statuses = await loadStatusViews(app.db, viewer, ids)
  return (
    <>
      <div class="notice">
        <p>{t('discover.quiet', { kind })}</p>
        {trendsNeedReview && <p class="hint">{t('discover.reviewed')}</p>}
      </div>
      <h2 class="section-title">{t('discover.newestHere')}</h2>
      <StatusList statuses={statuses} context="public" level={3}>
        {t('discover.nothingHere')}
      </StatusList>
      {ids.length > 0 && (
        <p class="more">
          <a href="/public?from=here">{t('discover.moreHere')}</a>
        </p>
      )}
    </>
  )
}
