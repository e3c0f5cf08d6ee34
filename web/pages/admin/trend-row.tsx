import type { Child, FC } from 'hono/jsx'
import type { Trend } from '#src/reading/trends/review.ts'
import { Action } from '../../components/form.tsx'
import { useMessages } from '../../components/page-context.ts'

type Props = {
  kind: Trend['kind']
  id: string
  /** The decision about it; null: none yet. */
  decision: boolean | null
  isShown: boolean
  /** More about it, below the state. */
  notes?: readonly string[]
  /** For screen readers, which hear the buttons of many rows. */
  name: string
  children?: Child
}

/** Something that trends, or a publisher of links, with the decision about it and the buttons that decide. */
export const TrendRow: FC<Props> = ({ kind, id, decision, isShown, notes = [], name, children }) => {
  const { t } = useMessages()
  const state = decision === null ? 'notReviewed' : decision ? 'approved' : 'rejected'
  return (
    <article class="sheet">
      {children && <p dir="auto">{children}</p>}
      <p class="hint">{[t(isShown ? `decisions.${state}` : `decisions.${state}Hidden`), ...notes].join(' · ')}</p>
      <div class="buttons">
        {decision !== true && (
          <Action
            action={`/admin/trends/${kind}/${id}/approve`}
            label={t('admin.approveNamed', { name })}
            class="button"
          >
            {t('common.approve')}
          </Action>
        )}
        {decision !== false && (
          <Action
            action={`/admin/trends/${kind}/${id}/reject`}
            label={t('admin.rejectNamed', { name })}
            class="button button-bad"
          >
            {t('common.reject')}
          </Action>
        )}
      </div>
    </article>
  )
}
