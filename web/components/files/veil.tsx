import type { Child, FC } from 'hono/jsx'
import type { StatusView } from '#src/statuses/views/views.ts'
import { type PageContext, useMessages, usePage } from '../page-context.ts'
import { SpoilerText, Warning } from '../warning.tsx'

type Veiled = Pick<StatusView, 'isSensitive' | 'spoilerText'>
type Preferences = PageContext['preferences']

/** Whether the files themselves are hidden at first, besides the content warning of their status. */
export const hidesFiles = (status: Veiled, { mediaDisplay }: Preferences, isBlurred = false): boolean =>
  isBlurred || mediaDisplay === 'hide_all' || (mediaDisplay === 'default' && status.isSensitive)

/** Whether files that stand without their status are hidden at first: for their own sake, or for that of a content warning. */
export const isVeiled = (status: Veiled, preferences: Preferences, isBlurred = false): boolean =>
  hidesFiles(status, preferences, isBlurred) || (status.spoilerText !== '' && !preferences.expandsWarnings)

/** A file that stands without its status, behind the warnings that the status has. */
export const Veil: FC<{ status: StatusView; children?: Child }> = ({ status, children }) => {
  const { preferences } = usePage()
  const { t } = useMessages()
  if (status.spoilerText)
    return (
      <Warning words={<SpoilerText status={status} />} isOpen={!isVeiled(status, preferences)}>
        {children}
      </Warning>
    )
  if (!hidesFiles(status, preferences)) return <>{children}</>
  return <Warning words={t(status.isSensitive ? 'status.sensitiveMedia' : 'status.media')}>{children}</Warning>
}
