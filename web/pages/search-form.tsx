import type { FC } from 'hono/jsx'
import { fieldsOf, queryOf, searchFields, type SearchFields } from '#src/statuses/search/fields.ts'
import { Field, Select } from '../components/form.tsx'
import { languageOptions } from '../components/languages.ts'
import { useFormats, useMessages, usePage } from '../components/page-context.ts'
import type { C } from '../env.ts'

/** Characters of a field. */
const maxLength = 400

/** The query that the form of details means; null if the request is not from that form. */
export function detailedQuery(c: C): string | null {
  if (c.req.query('words') === undefined) return null
  const field = (name: keyof SearchFields) => (c.req.query(name) ?? '').slice(0, maxLength)
  const fields = Object.fromEntries((['words', ...searchFields] as const).map((name) => [name, field(name)]))
  return queryOf(fields as SearchFields)
}

/** All that a search in posts can ask for, as a form. It leads to the query that can be typed as well. */
export const PostSearchForm: FC<{ query: string }> = ({ query }) => {
  const { messages } = usePage()
  const { t } = useMessages()
  const formats = useFormats()
  const fields = fieldsOf(query)
  const any = ['', t('search.any')] as const
  return (
    <details class="sheet search-details">
      <summary>{t('search.detailed')}</summary>
      <form action="/search" class="search-fields">
        <Field
          name="words"
          label={t('search.words')}
          value={fields.words}
          hint={t('search.wordsHint')}
          maxlength={maxLength}
        />
        <Field
          name="from"
          label={t('search.from')}
          value={fields.from}
          hint={t('search.fromHint')}
          maxlength={maxLength}
          autocapitalize="none"
        />
        <div class="search-pair">
          <Select
            name="has"
            label={t('search.has')}
            value={fields.has}
            options={withOwn(fields.has, [
              any,
              ['media', t('search.hasMedia')],
              ['image', t('search.hasImage')],
              ['video', t('search.hasVideo')],
              ['audio', t('search.hasAudio')],
              ['poll', t('search.hasPoll')],
              ['link', t('search.hasLink')],
              ['embed', t('search.hasEmbed')],
            ])}
          />
          <Select
            name="is"
            label={t('search.is')}
            value={fields.is}
            options={withOwn(fields.is, [
              any,
              ['reply', t('search.isReply')],
              ['quote', t('search.isQuote')],
              ['sensitive', t('search.isSensitive')],
            ])}
          />
          <Select
            name="language"
            label={t('search.language')}
            value={fields.language}
            options={withOwn(fields.language, [any, ...languageOptions(messages, formats).slice(1)])}
          />
          <Select
            name="in"
            label={t('search.in')}
            value={fields.in}
            options={withOwn(fields.in, [
              ['', t('search.inAll')],
              ['library', t('search.inLibrary')],
              ['public', t('search.inPublic')],
            ])}
          />
          <Field name="after" type="date" label={t('search.after')} value={fields.after} />
          <Field name="before" type="date" label={t('search.before')} value={fields.before} />
        </div>
        <button type="submit" class="button">
          {t('search.find')}
        </button>
        <p class="hint">{t('search.operators')}</p>
      </form>
    </details>
  )
}

/** Options with the value that was typed, so that sending the form again doesn't change it. */
const withOwn = (
  value: string,
  options: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] =>
  options.some(([option]) => option === value) ? options : [...options, [value, value]]
