import type { FC } from 'hono/jsx'
import type { ShownQuoteState } from '#src/statuses/views/quotes.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Avatar, Handle, Name, profilePath } from './account.tsx'
import { Folded } from './folded.tsx'
import { Action } from './form.tsx'
import { Html } from './html.tsx'
import { Icon } from './icons.tsx'
import { Media } from './media.tsx'
import { useMessages, usePage } from './page-context.ts'
import { Ago } from './time.tsx'
import { SpoilerText, Warning } from './warning.tsx'

/** Reasons why a quoted status is hidden, or behind a warning. */
const reasons: Record<Exclude<ShownQuoteState, 'accepted'>, MessageKey> = {
  pending: 'status.quotePending',
  rejected: 'status.quoteRejected',
  revoked: 'status.quoteRevoked',
  deleted: 'status.quoteDeleted',
  unauthorized: 'status.quoteUnauthorized',
  blocked_account: 'status.quoteBlockedAccount',
  blocked_domain: 'status.quoteBlockedDomain',
  muted_account: 'status.quoteMutedAccount',
}

/** The quoted status, or the reason why it is hidden. */
export const Quote: FC<{ status: StatusView }> = ({ status }) => {
  const { me } = usePage()
  const { t } = useMessages()
  if (!status.quote) return null
  const { state, status: quoted, nested } = status.quote
  if (!quoted) return <p class="quote quote-note">{t(reasons[state === 'accepted' ? 'unauthorized' : state])}</p>
  const box = <QuotedStatus status={quoted} quotesMore={nested !== null} />
  const isMine = me?.account.id === quoted.accountId && me.account.id !== status.accountId
  return (
    <>
      {state === 'accepted' ? box : <Warning words={t(reasons[state])}>{box}</Warning>}
      {isMine && (
        <Action
          action={`/statuses/${quoted.id}/quotes/${status.id}/revoke`}
          label={t('status.revokeQuote')}
          class="quote-end"
          at={`post-${status.id}`}
        >
          {t('status.revokeQuote')}
        </Action>
      )}
    </>
  )
}

/** A status inside of another one. */
export const QuotedStatus: FC<{ status: StatusView; quotesMore: boolean }> = ({ status, quotesMore }) => {
  const { expandsWarnings } = usePage().preferences
  const path = `${profilePath(status.account)}/${status.id}`
  const body = (
    <>
      <Folded html={status.content} path={path} isQuoted>
        <Html
          html={status.content}
          isOwn={status.account.isLocal}
          language={status.language}
          mentions={status.mentions}
          tags={status.tags}
          emojis={status.emojis}
        />
      </Folded>
      <Media status={status} isQuoted />
      <Aside status={status} quotesMore={quotesMore} />
    </>
  )
  return (
    <blockquote class="quote" cite={status.uri}>
      <header class="post-head">
        <a href={profilePath(status.account)} class="post-author">
          <Avatar account={status.account} size="small" />
          <Name account={status.account} />
          <Handle account={status.account} />
        </a>
        <a href={path} class="post-time">
          <Ago at={status.createdAt} />
        </a>
      </header>
      {status.spoilerText ? (
        <Warning words={<SpoilerText status={status} />} isOpen={expandsWarnings}>
          {body}
        </Warning>
      ) : (
        body
      )}
    </blockquote>
  )
}

/** A list of the parts that only the quoted status's own page shows. */
const Aside: FC<{ status: StatusView; quotesMore: boolean }> = ({ status, quotesMore }) => {
  const { t, locale } = useMessages()
  const more = [status.poll && t('status.quotedPoll'), quotesMore && t('status.quotedQuote')].filter(
    (part) => typeof part === 'string',
  )
  if (more.length === 0) return null
  return (
    <p class="quote-more">
      <Icon name="more" />
      {t('status.quotedWith', { parts: new Intl.ListFormat(locale).format(more) })}
    </p>
  )
}
