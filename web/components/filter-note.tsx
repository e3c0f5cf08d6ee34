import type { FC } from 'hono/jsx'
import type { FilterHead } from '#src/statuses/views/filters.ts'
import { useMessages } from './page-context.ts'

/** Names the filters that warn of a post, below their warning, and leads to their pages. */
export const FilterNote: FC<{ filters: readonly FilterHead[] }> = ({ filters }) => {
  const { t } = useMessages()
  return (
    <p class="filter-note hint">
      {filters.map(({ id, title }) => (
        <a href={`/settings/filters/${id}`}>{t('filters.change', { title })}</a>
      ))}
    </p>
  )
}
