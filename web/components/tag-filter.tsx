import type { FC } from 'hono/jsx'
import type { FieldProblem } from '#src/platform/errors.ts'
import { maxMoreTags, type TagFilter } from '#src/reading/timelines/public.ts'
import { parseHashtag } from '#src/text/hashtag.ts'
import { problemWith } from '#src/text/refusals.ts'
import type { C } from '../env.ts'
import { Check, Field, Select } from './form.tsx'
import { useMessages } from './page-context.ts'

const kinds = ['any', 'all', 'none'] as const
type Kind = (typeof kinds)[number]
const places = ['here', 'elsewhere'] as const

/** What the address of a hashtag’s page says about further hashtags, and about where posts come from. */
export type ShownFilter = {
  /** As it was typed. */
  typed: Record<Kind, string>
  /** Keys of hashtags. */
  names: Record<Kind, string[]>
  from: (typeof places)[number] | ''
  onlyMedia: boolean
  problems: FieldProblem[]
  isUsed: boolean
}

/** Reads the filter from a page's address. */
export function filterIn(c: C): ShownFilter {
  const typed = {} as ShownFilter['typed']
  const names = {} as ShownFilter['names']
  const problems: FieldProblem[] = []
  for (const kind of kinds) {
    typed[kind] = (c.req.queries(kind) ?? []).join(' ').trim().slice(0, 1_000)
    const words = typed[kind].split(/[\s,]+/).filter((word) => word !== '')
    const tags = words.map(parseHashtag)
    names[kind] = tags.flatMap((tag) => tag?.name ?? [])
    const wrong = words.find((_, i) => !tags[i])
    if (wrong !== undefined) problems.push(problemWith(kind, 'ERR_INVALID', 'noHashtag', { text: wrong.slice(0, 100) }))
    else if (words.length > maxMoreTags)
      problems.push(problemWith(kind, 'ERR_TOO_MANY', 'moreTags', { max: maxMoreTags }))
  }
  const from = places.find((place) => place === c.req.query('from')) ?? ''
  const onlyMedia = c.req.query('media') === '1'
  return {
    typed,
    names,
    from,
    onlyMedia,
    problems,
    isUsed: from !== '' || onlyMedia || kinds.some((kind) => typed[kind] !== ''),
  }
}

/** The filter as the core takes it. */
export const toTagFilter = ({ names, from, onlyMedia }: ShownFilter): TagFilter => ({
  ...names,
  onlyMedia,
  ...(from === '' ? {} : { from: from === 'here' ? 'local' : 'remote' }),
})

/** The path of a hashtag's page with its filter. */
export function pathWith(path: string, { typed, from, onlyMedia }: ShownFilter): string {
  const query = new URLSearchParams()
  for (const kind of kinds) if (typed[kind] !== '') query.set(kind, typed[kind])
  if (from !== '') query.set('from', from)
  if (onlyMedia) query.set('media', '1')
  return query.size > 0 ? `${path}?${query.toString()}` : path
}

/** The form for further hashtags, closed unless it is in use. */
export const TagFilterForm: FC<{ path: string; filter: ShownFilter }> = ({ path, filter }) => {
  const { t } = useMessages()
  return (
    <details class="sheet tag-filter" open={filter.isUsed}>
      <summary>{t('tags.narrow')}</summary>
      <form action={path} aria-label={t('tags.narrow')}>
        {kinds.map((kind) => (
          <Field
            name={kind}
            label={t(`tags.${kind}`)}
            value={filter.typed[kind]}
            problems={filter.problems}
            maxlength={1_000}
            autocapitalize="none"
            autocomplete="off"
          />
        ))}
        <p class="hint">{t('tags.namesHint', { max: maxMoreTags })}</p>
        <Select
          name="from"
          label={t('tags.from')}
          value={filter.from}
          options={[
            ['', t('tags.from_anywhere')],
            ['here', t('tags.from_here')],
            ['elsewhere', t('tags.from_elsewhere')],
          ]}
        />
        <Check name="media" label={t('tags.onlyMedia')} checked={filter.onlyMedia} />
        <div class="buttons">
          <button type="submit" class="button">
            {t('tags.show')}
          </button>
          {filter.isUsed && <a href={path}>{t('tags.showAll')}</a>}
        </div>
      </form>
    </details>
  )
}
