import type { FC } from 'hono/jsx'
import { Field } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import type { C } from '../../../env.ts'

const maxLength = 200

/** The name or handle that a list is searched for. */
export const wantedName = (c: C): string => (c.req.query('q') ?? '').trim().slice(0, maxLength)

/** The path of a list with its search, for the links to other pages of it. */
export const searchedPath = (path: string, text: string): string =>
  text === '' ? path : `${path}?${new URLSearchParams({ q: text })}`

/** Searches a list of people by name and handle. */
export const PeopleSearch: FC<{ path: string; text: string }> = ({ path, text }) => {
  const { t } = useMessages()
  return (
    <form action={path} class="sheet follow-search" role="search" aria-label={t('relations.search')}>
      <Field name="q" type="search" label={t('relations.searchText')} value={text} maxlength={maxLength} />
      <button type="submit" class="button button-quiet">
        {t('relations.searchNow')}
      </button>
    </form>
  )
}
