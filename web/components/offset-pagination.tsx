import type { FC } from 'hono/jsx'
import type { C } from '../env.ts'
import { useMessages } from './page-context.ts'

/** As in the API, nobody pages further into a list without ids. */
const maxOffset = 10_000

/** Where a page begins in a list without ids, by the URL's parameter. */
export function offsetOf(c: C): number {
  const asked = Number(c.req.query('offset'))
  return Number.isSafeInteger(asked) ? Math.min(Math.max(asked, 0), maxOffset) : 0
}

/** Links to the next and previous page of a list without ids. `shown`: the number of entries on the page, of `size` that fit on it. */
export const OffsetPagination: FC<{ path: string; offset: number; size: number; shown: number }> = ({
  path,
  offset,
  size,
  shown,
}) => {
  const { t } = useMessages()
  const at = (place: number) => (place <= 0 ? path : `${path}${path.includes('?') ? '&' : '?'}offset=${place}`)
  const hasNext = shown === size && offset + size <= maxOffset
  if (offset === 0 && !hasNext) return null
  return (
    <nav class="pagination" aria-label={t('common.pages')}>
      {offset > 0 && shown === 0 && <a href={path}>{t('common.toBeginning')}</a>}
      {offset > 0 && shown > 0 && (
        <a href={at(offset - size)} rel="prev">
          {t('common.back')}
        </a>
      )}
      {hasNext && (
        <a href={at(offset + size)} rel="next">
          {t('common.more')}
        </a>
      )}
    </nav>
  )
}
