import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { interactionAnswer } from '#src/statuses/access/interaction-policy.ts'
import { quoteAnswer } from '#src/statuses/quotes/policy.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import { Action } from './form.tsx'
import { Icon, type IconName } from './icons.tsx'
import { useMessages, usePage } from './page-context.ts'

/** The actions on a status; for visitors the counts. */
export const Actions: FC<{ status: StatusView; anchor: string }> = ({ status, anchor }) => {
  const { me } = usePage()
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
    <footer class="actions">
      {may('reply') ? (
        <div class="action">
          <a href={`/compose?reply_to=${status.id}`} class="act" aria-label="Reply" title="Reply">
            <Icon name="reply" />
            {status.repliesCount ? <span class="count">{status.repliesCount}</span> : null}
          </a>
        </div>
      ) : (
        <DisabledAction icon="reply" title="Its author doesn’t let you reply" />
      )}
      {mayBoost ? (
        <Action
          action={`${path}/${status.reblogged ? 'unreblog' : 'reblog'}`}
          label="Boost"
          icon="boost"
          count={status.reblogsCount}
          pressed={status.reblogged}
          class="act act-boost"
          anchor={anchor}
        />
      ) : (
        <DisabledAction icon={may('announce') ? status.visibility : 'boost'} title="This can’t be boosted" />
      )}
      {status.consent !== 'asked' && status.consent !== 'refused' && isQuotable(status, me.account.id) && (
        <div class="action">
          <a href={`/compose?quote=${status.id}`} class="act" aria-label="Quote" title="Quote">
            <Icon name="quote" />
            {status.quotesCount ? <span class="count">{status.quotesCount}</span> : null}
          </a>
        </div>
      )}
      {may('like') || status.favourited ? (
        <Action
          action={`${path}/${status.favourited ? 'unfavourite' : 'favourite'}`}
          label="Favourite"
          icon="favourite"
          count={status.favouritesCount}
          pressed={status.favourited}
          class="act act-favourite"
          anchor={anchor}
        />
      ) : (
        <DisabledAction icon="favourite" title="Its author doesn’t want favourites" />
      )}
      <Action
        action={`${path}/${status.bookmarked ? 'unbookmark' : 'bookmark'}`}
        label="Bookmark"
        icon="bookmark"
        pressed={status.bookmarked}
        class="act act-bookmark"
        anchor={anchor}
      />
      <MoreActions status={status} isOwn={isOwn} anchor={anchor} />
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

/** The menu of rare actions. */
const MoreActions: FC<{ status: StatusView; isOwn: boolean; anchor: string }> = ({ status, isOwn, anchor }) => {
  const path = `/statuses/${status.id}`
  const muting = status.muted ? 'Unmute this conversation' : 'Mute this conversation'
  const pinning = status.pinned ? 'Unpin from your profile' : 'Pin to your profile'
  return (
    <details class="menu">
      <summary class="act" aria-label="More" title="More">
        <Icon name="more" />
      </summary>
      <div class="menu-items">
        {isOwn && <a href={`${path}/edit`}>Edit</a>}
        {isOwn && <a href={`${path}/policy`}>{useMessages().t('approvals.policyLink')}</a>}
        {isOwn && status.visibility !== 'direct' && (
          <Action action={`${path}/${status.pinned ? 'unpin' : 'pin'}`} label={pinning} anchor={anchor}>
            {pinning}
          </Action>
        )}
        <Action action={`${path}/${status.muted ? 'unmute' : 'mute'}`} label={muting} anchor={anchor}>
          {muting}
        </Action>
        {isOwn && <a href={`${path}/redraft`}>{useMessages().t('undo.redraft')}</a>}
        {isOwn && (
          <a href={`${path}/delete`} class="bad">
            Delete
          </a>
        )}
      </div>
    </details>
  )
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

/** Counts for visitors, linked to the same action on the visitor's own server. */
const Numbers: FC<{ status: StatusView }> = ({ status }) => (
  <footer class="actions">
    {(
      [
        ['reply', 'reply', status.repliesCount, 'replies', 'Reply'],
        ['boost', 'boost', status.reblogsCount, 'boosts', 'Boost'],
        ['favourite', 'favourite', status.favouritesCount, 'favourites', 'Favourite'],
      ] as const
    ).map(([icon, intent, count, what, verb]) => (
      <a
        href={`/remote-interaction/statuses/${status.id}?intent=${intent}`}
        class="act"
        rel="nofollow"
        title={`${count} ${what}. ${verb} from your own server`}
      >
        <Icon name={icon} />
        <span class="count">{count || ''}</span>
        <span class="unseen">
          {count ? '' : 'No'} {what}. {verb} from your own server
        </span>
      </a>
    ))}
  </footer>
)
