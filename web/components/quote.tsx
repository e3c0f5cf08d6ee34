import type { FC } from 'hono/jsx'
import type { ShownQuoteState } from '#src/statuses/views/quotes.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { Avatar, Name, profilePath } from './account.tsx'
import { EmojiText } from './emoji.tsx'
import { Action } from './form.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'
import { Ago } from './time.tsx'

/** Reasons why a quoted status is hidden, or behind a warning. */
const words: Record<Exclude<ShownQuoteState, 'accepted'>, string> = {
  pending: 'This quote waits for the author’s consent',
  rejected: 'The author does not want this post to be quoted',
  revoked: 'The author took this quote back',
  deleted: 'The quoted post was deleted',
  unauthorized: 'You can’t see the quoted post',
  blocked_account: 'A post of somebody you block',
  blocked_domain: 'A post from a server you block',
  muted_account: 'A post of somebody you muted',
}

/** The quoted status, or the reason why it is hidden. */
export const Quote: FC<{ status: StatusView }> = ({ status }) => {
  const { me } = usePage()
  if (!status.quote) return null
  const { state, status: quoted, nested } = status.quote
  if (!quoted) return <p class="quote quote-note">{words[state === 'accepted' ? 'unauthorized' : state]}</p>
  const box = <QuotedStatus status={quoted} quotesMore={nested !== null} />
  const isMine = me?.account.id === quoted.accountId && me.account.id !== status.accountId
  return (
    <>
      {state === 'accepted' ? (
        box
      ) : (
        <details class="warning">
          <summary>
            <span class="warning-text">{words[state]}</span>
          </summary>
          {box}
        </details>
      )}
      {isMine && (
        <Action
          action={`/statuses/${quoted.id}/quotes/${status.id}/revoke`}
          label="Take your post out of this one"
          class="quote-end"
          anchor={`post-${status.id}`}
        >
          Take your post out of this one
        </Action>
      )}
    </>
  )
}

/** A status inside of another one. */
export const QuotedStatus: FC<{ status: StatusView; quotesMore: boolean }> = ({ status, quotesMore }) => {
  const path = `${profilePath(status.account)}/${status.id}`
  const body = (
    <>
      <Html
        html={status.content}
        isOwn={status.account.isLocal}
        language={status.language}
        mentions={status.mentions}
        tags={status.tags}
        emojis={status.emojis}
      />
      <Aside status={status} quotesMore={quotesMore} />
    </>
  )
  return (
    <blockquote class="quote" cite={status.uri}>
      <header class="post-head">
        <a href={profilePath(status.account)} class="post-author">
          <Avatar account={status.account} size="small" />
          <Name account={status.account} />
          <span class="handle">@{status.account.acct}</span>
        </a>
        <a href={path} class="post-time">
          <Ago at={status.createdAt} />
        </a>
      </header>
      {status.spoilerText ? (
        <details class="warning">
          <summary>
            <span class="warning-text" dir="auto">
              <EmojiText text={status.spoilerText} emojis={status.emojis} />
            </span>
          </summary>
          {body}
        </details>
      ) : (
        body
      )}
    </blockquote>
  )
}

/** A list of the parts that only the quoted status's own page shows. */
const Aside: FC<{ status: StatusView; quotesMore: boolean }> = ({ status, quotesMore }) => {
  const files = status.media.length
  const more = [
    files === 1 ? 'a file' : files > 1 ? `${files} files` : '',
    status.poll ? 'a poll' : '',
    quotesMore ? 'a quote' : '',
  ].filter(Boolean)
  if (more.length === 0) return null
  return (
    <p class="quote-more">
      <Icon name={files > 0 ? 'image' : 'more'} />
      With {more.join(' and ')}
    </p>
  )
}
