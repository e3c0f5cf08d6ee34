import type { Child, FC } from 'hono/jsx'
import type { KeptWords } from '#src/moderation/accounts/strike-posts.ts'
import { useMessages } from './page-context.ts'
import { Moment } from './time.tsx'
import { isVisibility } from './visibility.ts'

/** The words of a post that a strike was about, as they were. The files themselves are not kept. */
export const KeptPost: FC<{ post: KeptWords; children?: Child }> = ({ post, children }) => {
  const { t, rich } = useMessages()
  const { text, spoilerText, visibility, createdAt, descriptions } = post
  return (
    <article class="reported-post">
      <blockquote class="approval-text" dir="auto">
        {spoilerText !== '' && (
          <p>
            <strong>{spoilerText}</strong>
          </p>
        )}
        {text}
      </blockquote>
      {descriptions.length > 0 && (
        <ul class="bullets">
          {descriptions.map((description) => (
            <li dir="auto">
              {description === '' ? t('strikes.fileBare') : t('strikes.fileDescription', { description })}
            </li>
          ))}
        </ul>
      )}
      <ul class="applicant-facts">
        <li>
          {rich('reports.postOf', {
            visibility: isVisibility(visibility) ? t(`visibility.${visibility}`) : visibility,
            moment: <Moment at={new Date(createdAt)} />,
          })}
        </li>
        {children}
      </ul>
    </article>
  )
}
