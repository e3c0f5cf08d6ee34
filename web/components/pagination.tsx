import type { Child, FC } from 'hono/jsx'
import type { Page } from '#src/platform/db/page.ts'
import { isId } from '#src/platform/ids.ts'
import type { C } from '../env.ts'
import { useMessages } from './page-context.ts'

const pageSize = 20

/** The page of a list, by the URL's parameters. */
export function pageOf(c: C, limit = pageSize): Page {
  const id = (name: string) => {
    const value = c.req.query(name)
    return value && isId(value) ? value : undefined
  }
  return { maxId: id('max_id'), minId: id('min_id'), limit }
}

const isBeyond = ({ maxId, minId }: Page): boolean => maxId !== undefined || minId !== undefined

/**
 * What stands in place of an empty page of a list: that the list ends here, if this is not its first page; else `children`. The way
 * back is below, in `Pagination`.
 */
export const NothingHere: FC<{ page: Page; children?: Child }> = ({ page, children }) => {
  const { t } = useMessages()
  if (!isBeyond(page)) return <>{children}</>
  return <>{t(page.minId === undefined ? 'common.endOfList' : 'common.beginningOfList')}</>
}

/** Links to the next and previous page, by the cursors of this page's entries, newest first. */
export const Pagination: FC<{ path: string; page: Page; cursors: string[] }> = ({ path, page, cursors }) => {
  const { t } = useMessages()
  const oldest = cursors.at(-1)
  const newest = cursors.at(0)
  const link = (name: string, value: string) => `${path}${path.includes('?') ? '&' : '?'}${name}=${value}`
  // A page that is read upwards is full, unless nothing is newer. The page that it was reached from is always older.
  const hasOlder = oldest !== undefined && (page.minId !== undefined || cursors.length >= page.limit)
  const hasNewer =
    newest !== undefined && (page.maxId !== undefined || (page.minId !== undefined && cursors.length >= page.limit))
  const isPastEnd = cursors.length === 0 && isBeyond(page)
  if (!hasOlder && !hasNewer && !isPastEnd) return null
  return (
    <nav class="pagination" aria-label={t('common.pages')}>
      {isPastEnd && <a href={path}>{t('common.newest')}</a>}
      {hasNewer && (
        <a href={link('min_id', newest)} rel="prev">
          {t('common.newer')}
        </a>
      )}
      {hasOlder && (
        <a href={link('max_id', oldest)} rel="next">
          {t('common.older')}
        </a>
      )}
    </nav>
  )
}
