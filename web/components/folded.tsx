import type { Child, FC } from 'hono/jsx'
import { useMessages } from './page-context.ts'

/** Characters of a line, about, and the most lines that a list shows of a text: a whole post, and a quoted one. */
const lineLength = 62
const maxLines = 26
const maxQuotedLines = 12

/** Lines that a text takes, about. */
export function linesOf(html: string): number {
  let lines = 0
  for (const block of html.split(/<br|<\/(?:p|li|h\d|pre|blockquote)>|\n/)) {
    const length = block.replace(/<[^<>]*>/g, '').trim().length
    if (length > 0) lines += Math.ceil(length / lineLength)
  }
  return lines
}

type Props = {
  html: string
  /** The page of the whole post; null on that page itself, which folds nothing. */
  path: string | null
  isQuoted?: boolean
  children?: Child
}

/**
 * A text of a list. A long one ends in a fade and a link to its post, which a script unfolds in place. All of its HTML is there: only
 * the style cuts it.
 */
export const Folded: FC<Props> = ({ html, path, isQuoted = false, children }) => {
  const { t } = useMessages()
  if (!path || linesOf(html) <= (isQuoted ? maxQuotedLines : maxLines)) return <>{children}</>
  return (
    <div class="fold">
      {children}
      <a href={path} class="fold-more">
        {t('files.showPost')}
      </a>
    </div>
  )
}
