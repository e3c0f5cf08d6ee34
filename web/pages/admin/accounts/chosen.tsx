import type { Child, FC } from 'hono/jsx'
import { type ActName, actNames, maxActed } from '#src/moderation/accounts/act.ts'
import type { AccountState } from '#src/moderation/accounts/find.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { useMessages } from '../../../components/page-context.ts'
import { path, queryOf, type Search } from './filters.tsx'

/** The actions that are likely in a list of accounts of one state; the others stand behind them. */
const likely: Record<AccountState | 'any', ActName[]> = {
  any: ['silence', 'suspend'],
  active: ['silence', 'suspend'],
  pending: ['approve', 'reject'],
  unconfirmed: ['confirm', 'reject'],
  disabled: ['enable'],
  silenced: ['unsilence', 'suspend'],
  suspended: ['unsuspend'],
  sensitized: ['unsensitive'],
  review: ['unsilence', 'unsuspend'],
}

type Props = { search: Search; ids: AccountId[]; matching: number | null; children?: Child }

/** A form around a list, whose buttons lead to a page that says what would be done to the chosen accounts. */
export const Chosen: FC<Props> = ({ search, ids, matching, children }) => {
  const { t } = useMessages()
  const first = likely[search.filter.state ?? 'any']
  const button = (name: ActName, isMain: boolean) => (
    <button type="submit" name="action" value={name} class={isMain ? 'button' : 'button button-quiet'}>
      {t(`accountList.do_${name}`)}
    </button>
  )
  return (
    <form method="get" action={`${path}/act`} class="approvals" aria-label={t('accountList.list')}>
      <input type="hidden" name="search" value={queryOf(search)} />
      <input type="hidden" name="ids" value={ids.join(' ')} />
      {children}
      <div class="account-actions" role="group" aria-label={t('accountList.chosen')}>
        <label class="check">
          <input type="checkbox" name="all" value="1" />
          <span>{t('accountList.all', { count: ids.length })}</span>
        </label>
        {matching !== null && matching <= maxActed && matching > ids.length && (
          <label class="check">
            <input type="checkbox" name="matching" value="1" />
            <span>{t('accountList.matching', { count: matching })}</span>
          </label>
        )}
        {matching !== null && matching > maxActed && (
          <p class="hint">{t('accountList.manyMatch', { max: maxActed })}</p>
        )}
        <div class="buttons">{first.map((name, at) => button(name, at === 0))}</div>
        <details>
          <summary>{t('accountList.moreActions')}</summary>
          <div class="buttons">
            {actNames.filter((name) => !first.includes(name)).map((name) => button(name, false))}
          </div>
        </details>
      </div>
    </form>
  )
}
