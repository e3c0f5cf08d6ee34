import type { Child, FC } from 'hono/jsx'
import type { StatusView } from '#src/statuses/views/views.ts'
import { EmojiText } from './emoji.tsx'
import { useMessages } from './page-context.ts'

/** Something that people see after they opened its warning. */
export const Warning: FC<{ words: Child; isOpen?: boolean; children?: Child }> = ({ words, isOpen, children }) => {
  const { t } = useMessages()
  return (
    <details class="warning" open={isOpen}>
      <summary>
        <span class="warning-text">{words}</span>
        <span class="warning-show">{t('status.show')}</span>
        <span class="warning-hide">{t('status.hide')}</span>
      </summary>
      {children}
    </details>
  )
}

/** The content warning of a status. */
export const SpoilerText: FC<{ status: StatusView }> = ({ status }) => (
  <span dir="auto" {...(status.language ? { lang: status.language } : {})}>
    <EmojiText text={status.spoilerText} emojis={status.emojis} />
  </span>
)
