import type { FC } from 'hono/jsx'
import type { DraftPoll } from '#src/statuses/drafts.ts'
import type { Preview } from '#src/statuses/preview.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'
import { Avatar, Handle, Name } from '../account.tsx'
import { EmojiText } from '../emoji.tsx'
import { Html } from '../html.tsx'
import { Media } from '../media.tsx'
import { useMessages, usePage } from '../page-context.ts'
import { QuotedStatus } from '../quote.tsx'

/** A post of the form as it will look. */
export type PartPreview = Preview & {
  spoilerText: string
  isSensitive: boolean
  language: string | null
  media: MediaView[]
  poll: DraftPoll | null
  quoted: StatusView | null
}

/** The posts as they will look. The place is in the page before there is a preview, for scripts to fill. */
export const PreviewBox: FC<{ parts: readonly PartPreview[] | null }> = ({ parts }) => {
  const { t } = useMessages()
  return (
    <section class="composer-preview" id="preview" aria-label={t('composer.preview')} hidden={!parts}>
      {parts && <h2>{t('composer.preview')}</h2>}
      {parts?.map((part) => (
        <PreviewedPost part={part} />
      ))}
    </section>
  )
}

const PreviewedPost: FC<{ part: PartPreview }> = ({ part }) => {
  const { me } = usePage()
  const body = (
    <div class={part.quoted ? 'post-body post-quoting' : 'post-body'}>
      <Html html={part.content} isOwn language={part.language} emojis={part.emojis} />
      <Media status={part} />
      {part.poll && <PreviewedPoll poll={part.poll} emojis={part.emojis} />}
      {part.quoted && <QuotedStatus status={part.quoted} quotesMore={false} />}
    </div>
  )
  return (
    <div class="post composer-previewed">
      {me && (
        <p class="post-head">
          <span class="post-author">
            <Avatar account={me.account} size="small" />
            <Name account={me.account} />
            <Handle account={me.account} />
          </span>
        </p>
      )}
      {part.spoilerText ? (
        <details class="warning" open>
          <summary>
            <span class="warning-text" dir="auto">
              <EmojiText text={part.spoilerText} emojis={part.emojis} />
            </span>
          </summary>
          {body}
        </details>
      ) : (
        body
      )}
    </div>
  )
}

const PreviewedPoll: FC<{ poll: DraftPoll; emojis: PartPreview['emojis'] }> = ({ poll, emojis }) => (
  <ul class="composer-previewed-poll">
    {poll.options
      .filter((option) => option.trim() !== '')
      .map((option) => (
        <li class={poll.isMultiple ? 'is-multiple' : undefined}>
          <bdi>
            <EmojiText text={option} emojis={emojis} />
          </bdi>
        </li>
      ))}
  </ul>
)
