import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { interactionAnswer } from '#src/statuses/access/interaction-policy.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { quoteAnswer } from '#src/statuses/quotes/policy.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { Action, Count, Label } from './form.tsx'
import { Icon, type IconName } from './icons.tsx'
import { ModerateLink } from './moderate-link.tsx'
import { useMessages, usePage } from './page-context.ts'
import { ReactLink } from './reactions.tsx'

/**
 * The actions on a status; for visitors the counts.
 *
 * @param at id of the element to return to, if that is not the status's own
 */
export const Actions: FC<{ status: StatusView; at?: string | undefined }> = ({ status, at }) => {
  const { me } = usePage()
  const { t } = useMessages()
  if (!me) return <Numbers status={status} />
  const path = `/statuses/${status.id}`
  const isOwn = status.accountId === me.account.id
  const may = (kind: InteractionKind) => isAllowed(status, me.account, kind)
  const mayBoost =
    (status.visibility === 'public' ||
      status.visibility === 'unlisted' ||
      (status.visibility === 'private' && isOwn)) &&
    may('announce')
  return (
    <footer class="actions" data-part={`s${status.id}`}>
      {may('reply') ? (
        <a href={`/compose?reply_to=${status.id}`} class="act">
          <Icon name="reply" />
          <Label text={t('status.replyVerb')} count={status.repliesCount} />
        </a>
      ) : (
        <DisabledAction icon="reply" title={t('status.noReplies')} />
      )}
      {mayBoost ? (
        <Action
          action={`${path}/${status.reblogged ? 'unreblog' : 'reblog'}`}
          label={t('status.boost')}
          icon="boost"
          count={status.reblogsCount}
          pressed={status.reblogged}
          class="act act-boost"
          at={at}
        />
      ) : (
        <DisabledAction icon={may('announce') ? status.visibility : 'boost'} title={t('status.noBoosts')} />
      )}
      {status.consent !== 'asked' && status.consent !== 'refused' && isQuotable(status, me.account.id) && (
        <a href={`/compose?quote=${status.id}`} class="act">
          <Icon name="quote" />
          <Label text={t('status.quote')} count={status.quotesCount} />
        </a>
      )}
      {may('like') || status.favourited ? (
        <Action
          action={`${path}/${status.favourited ? 'unfavourite' : 'favourite'}`}
          label={t('status.favourite')}
          icon="favourite"
          count={status.favouritesCount}
          pressed={status.favourited}
          class="act act-favourite"
          at={at}
        />
      ) : (
        <DisabledAction icon="favourite" title={t('status.noFavourites')} />
      )}
      <Action
        action={`${path}/${status.bookmarked ? 'unbookmark' : 'bookmark'}`}
        label={t('status.bookmark')}
        icon="bookmark"
        pressed={status.bookmarked}
        class="act act-bookmark"
        at={at}
      />
      <MoreActions status={status} isOwn={isOwn} mayBoost={mayBoost} at={at} />
    </footer>
  )
}

/** A placeholder for an action that is not possible. */
const DisabledAction: FC<{ icon: IconName; title: string }> = ({ icon, title }) => (
  <span class="act act-off" title={title}>
    <Icon name={icon} />
    <span class="unseen">{title}</span>
  </span>
)

type MoreProps = { status: StatusView; isOwn: boolean; mayBoost: boolean; at?: string | undefined }

/** The menu of rare actions. */
const MoreActions: FC<MoreProps> = ({ status, isOwn, mayBoost, at }) => {
  const { t } = useMessages()
  const path = `/statuses/${status.id}`
  const muting = t(status.muted ? 'status.unmute' : 'status.mute')
  const pinning = t(status.pinned ? 'status.unpin' : 'status.pin')
  return (
    <details class="menu">
      <summary class="act">
        <Icon name="more" />
        <span class="unseen">{t('status.more')}</span>
      </summary>
      <div class="menu-items">
        <ReactLink status={status} />
        {isOwn && <a href={`${path}/edit`}>{t('status.edit')}</a>}
        {mayBoost && isOpen(status.visibility) && <a href={`${path}/boost`}>{t('boost.to')}</a>}
        {isOwn && <a href={`${path}/policy`}>{t('approvals.policyLink')}</a>}
        {isOwn && status.visibility !== 'direct' && (
          <Action action={`${path}/${status.pinned ? 'unpin' : 'pin'}`} label={pinning} at={at}>
            {pinning}
          </Action>
        )}
        {!isOwn && <a href={`${path}/filter`}>{t('filters.post')}</a>}
        <Action action={`${path}/${status.muted ? 'unmute' : 'mute'}`} label={muting} at={at}>
          {muting}
        </Action>
        {isOwn && <a href={`${path}/redraft`}>{t('undo.redraft')}</a>}
        {isOwn && (
          <a href={`${path}/delete`} class="bad">
            {t('status.delete')}
          </a>
        )}
        <a href={`${path}/why`}>{t('why.title')}</a>
        {isOwn && <a href={`${path}/delivery`}>{t('delivery.title')}</a>}
        {!isOwn && <OriginLink status={status} />}
        {!isOwn && (
          <a href={`/reports/new?account=${status.accountId}&status=${status.id}`} class="bad">
            {t('reportForm.link')}
          </a>
        )}
        {!isOwn && <ModerateLink accountId={status.account.id} />}
      </div>
    </details>
  )
}

/** The post on the server that it comes from. */
const OriginLink: FC<{ status: StatusView }> = ({ status: { account, url } }) => {
  const { t } = useMessages()
  const origin = account.isLocal ? null : webUrl(url)
  return origin ? (
    <a href={origin} rel="nofollow noopener noreferrer" target="_blank">
      {t('status.openOn', { host: shownHost(account.domain ?? '') })}
    </a>
  ) : null
}

/**
 * Whether the author allows an interaction, at once or on request. A status that waits for consent itself allows
 * none.
 */
function isAllowed(status: StatusView, me: AccountView, kind: InteractionKind): boolean {
  if (status.consent === 'asked' || status.consent === 'refused') return false
  const isNamed = status.inReplyToAccountId === me.id || status.mentions.some(({ id }) => id === me.id)
  return (
    interactionAnswer(status.interactionPolicy?.[kind], kind, {
      ...status,
      uri: me.uri,
      isAuthor: status.accountId === me.id,
      isNamed,
    }) !== 'denied'
  )
}

const isQuotable = (status: StatusView, me: AccountId): boolean =>
  quoteAnswer(status, { isAuthor: status.accountId === me, ...status }) !== 'denied'

const visitorActions = [
  ['reply', 'reply', 'repliesCount', 'status.replyElsewhere'],
  ['boost', 'boost', 'reblogsCount', 'status.boostElsewhere'],
  ['favourite', 'favourite', 'favouritesCount', 'status.favouriteElsewhere'],
] as const

/** Counts for visitors, linked to the same action on the visitor's own server. */
const Numbers: FC<{ status: StatusView }> = ({ status }) => {
  const { t } = useMessages()
  return (
    <footer class="actions actions-few">
      {visitorActions.map(([icon, intent, field, key]) => (
        <a href={`/remote-interaction/statuses/${status.id}?intent=${intent}`} class="act" rel="nofollow">
          <Icon name={icon} />
          {status[field] ? <Count value={status[field]} /> : null}
          <span class="unseen"> {t(key, { count: status[field] })}</span>
        </a>
      ))}
    </footer>
  )
}
