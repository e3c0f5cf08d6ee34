import type { FC } from 'hono/jsx'
import { isOpen } from '#src/statuses/access/visibility.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { useFormats, useMessages, usePage } from './page-context.ts'

const base = (language: string): string | undefined => language.toLowerCase().split('-')[0]

/** The way to the translation of a post in another language than the reader's, if this server translates. */
export const TranslateLink: FC<{ status: StatusView }> = ({ status: { id, language, visibility, content } }) => {
  const { me, translates, messages } = usePage()
  const { language: nameOf } = useFormats()
  const { t } = useMessages()
  if (!me || !language || !content || !isOpen(visibility)) return null
  if (base(language) === base(messages.locale) || !translates(language)) return null
  return (
    <p class="post-translate">
      <a href={`/statuses/${id}/translation`}>
        {t('translation.translate', { language: nameOf(language) ?? language })}
      </a>
    </p>
  )
}
