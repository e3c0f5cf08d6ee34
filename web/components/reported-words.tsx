import type { FC } from 'hono/jsx'
import type { ReportedPost } from '#src/moderation/reports/load.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { useMessages } from './page-context.ts'
import { Moment } from './time.tsx'
import { isVisibility } from './visibility.ts'

/** A post as staff see it. Files are links, so that nobody has to see them. `isGone`: it can’t be opened any more. */
export const Words: FC<{ post: NonNullable<ReportedPost['before']>; isGone?: boolean }> = ({
  post,
  isGone = false,
}) => {
  const { t, rich } = useMessages()
  const { text, spoilerText, visibility, createdAt, media, url } = post
  // Staff can't open other posts: what they see of them is here.
  const link = !isGone && isOpen(visibility) ? webUrl(url) : null
  return (
    <>
      <blockquote class="approval-text" dir="auto">
        {spoilerText !== '' && (
          <p>
            <strong>{spoilerText}</strong>
          </p>
        )}
        {text}
      </blockquote>
      {media.length > 0 && (
        <ul class="bullets">
          {media.map((file) => {
            const fileLink = webUrl(file.url)
            const label =
              file.description === ''
                ? t('reports.fileBare')
                : t('reports.file', { description: file.description.slice(0, 300) })
            return (
              <li dir="auto">
                {fileLink ? (
                  <a href={fileLink} rel="noreferrer">
                    {label}
                  </a>
                ) : (
                  label
                )}
              </li>
            )
          })}
        </ul>
      )}
      <ul class="applicant-facts">
        <li>
          {rich('reports.postOf', {
            visibility: isVisibility(visibility) ? t(`visibility.${visibility}`) : visibility,
            moment: <Moment at={new Date(createdAt)} />,
          })}
        </li>
        {link && (
          <li>
            <a href={link} rel="noreferrer">
              {t('reports.openPost')}
            </a>
          </li>
        )}
      </ul>
    </>
  )
}
