import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { Avatar, FollowButton, fullHandle, headerUrl, nameOf, profilePath } from './account.tsx'
import { EmojiText } from './emoji.tsx'
import { Action } from './form.tsx'
import { Html, InlineHtml } from './html.tsx'
import { Icon } from './icons.tsx'
import { usePage } from './page-context.ts'

type Props = { account: AccountView; relationship: RelationshipView | undefined }

/** The head of a profile: the account, and the viewer's actions. */
export const ProfileHead: FC<Props> = ({ account, relationship }) => {
  const { me, handleHost, remoteFile } = usePage()
  const header = headerUrl(account, remoteFile)
  const isSelf = me?.account.id === account.id
  return (
    <section class="profile" aria-label="Profile">
      <div class={`profile-banner hue-${Number(BigInt(account.id) % 6n)}`}>
        {header && <img src={header} alt="" width={1500} height={500} />}
      </div>
      <div class="profile-top">
        <Avatar account={account} size="large" />
        <div class="profile-buttons">
          {isSelf ? (
            <>
              <a href="/bookmarks" class="button button-quiet narrow-only" aria-label="Bookmarks" title="Bookmarks">
                <Icon name="bookmark" />
              </a>
              <a href="/settings/profile" class="button button-quiet">
                Edit profile
              </a>
            </>
          ) : (
            <>
              <FollowButton account={account} relationship={relationship} />
              {!me && (
                <a href={`/remote-interaction/accounts/${account.id}`} class="button" rel="nofollow">
                  Follow
                </a>
              )}
              {me && relationship && <MoreActions account={account} relationship={relationship} />}
            </>
          )}
        </div>
      </div>
      <h1 class="profile-name">
        <bdi>
          <EmojiText text={nameOf(account)} emojis={account.emojis} />
        </bdi>
        {account.isLocked && (
          <span class="mark" title="Approves followers">
            <Icon name="private" />
            <span class="unseen">Approves followers</span>
          </span>
        )}
        {account.actorType === 'Service' && <span class="tag">Bot</span>}
        {account.isMemorial && <span class="tag">In memoriam</span>}
      </h1>
      <p class="handle profile-handle">{fullHandle(account, handleHost)}</p>
      {account.moved && (
        <div class="notice notice-step profile-moved">
          <p>
            <strong>Moved.</strong> This account goes on as{' '}
            <a href={profilePath(account.moved)}>
              <bdi>{nameOf(account.moved)}</bdi> @{account.moved.acct}
            </a>
            .
          </p>
        </div>
      )}
      <Relation relationship={relationship} />
      {account.note && <Html html={account.note} isOwn={account.isLocal} emojis={account.emojis} />}
      {account.fields.length > 0 && (
        <dl class="fields">
          {account.fields.map(({ name, value, verifiedAt }) => (
            <div class={verifiedAt ? 'verified' : undefined}>
              <dt dir="auto">
                <EmojiText text={name} emojis={account.emojis} />
              </dt>
              <dd>
                <InlineHtml html={value} isOwn={account.isLocal} emojis={account.emojis} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Facts account={account} />
    </section>
  )
}

const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
const numbers = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

const Facts: FC<{ account: AccountView }> = ({ account }) => {
  const path = profilePath(account)
  return (
    <ul class="facts">
      <li>
        <strong>{numbers.format(account.statusesCount)}</strong> {account.statusesCount === 1 ? 'post' : 'posts'}
      </li>
      <li>
        <a href={`${path}/following`}>
          <strong>{numbers.format(account.followingCount)}</strong> following
        </a>
      </li>
      <li>
        <a href={`${path}/followers`}>
          <strong>{numbers.format(account.followersCount)}</strong>{' '}
          {account.followersCount === 1 ? 'follower' : 'followers'}
        </a>
      </li>
      <li>
        Since <time datetime={account.createdAt.toISOString().slice(0, 10)}>{month.format(account.createdAt)}</time>
      </li>
      {!account.isLocal && webUrl(account.url) && (
        <li>
          <a href={webUrl(account.url) ?? ''} rel="nofollow noopener noreferrer" target="_blank">
            Profile on {account.domain && shownHost(account.domain)}
          </a>
        </li>
      )}
    </ul>
  )
}

const Relation: FC<{ relationship: RelationshipView | undefined }> = ({ relationship }) => {
  if (!relationship) return null
  const words = [
    relationship.followedBy && 'Follows you',
    relationship.requestedBy && 'Asks to follow you',
    relationship.muting && 'Muted',
    relationship.blocking && 'Blocked',
    relationship.blockedBy && 'Blocks you',
  ].filter((word) => word !== false)
  if (words.length === 0) return null
  return (
    <p class="relation">
      {words.map((word) => (
        <span class="tag">{word}</span>
      ))}
    </p>
  )
}

const MoreActions: FC<{ account: AccountView; relationship: RelationshipView }> = ({ account, relationship }) => {
  const path = `/accounts/${account.id}`
  return (
    <details class="menu">
      <summary class="button button-quiet" aria-label="More" title="More">
        <Icon name="more" />
      </summary>
      <div class="menu-items">
        <a href={`/compose?to=${encodeURIComponent(account.acct)}`}>Mention @{account.username}</a>
        <Action
          action={`${path}/${relationship.muting ? 'unmute' : 'mute'}`}
          label={relationship.muting ? 'Unmute' : 'Mute'}
        >
          {relationship.muting ? 'Unmute' : 'Mute'}
        </Action>
        {relationship.followedBy && (
          <Action action={`${path}/reject`} label="Remove from followers">
            Remove from followers
          </Action>
        )}
        <Action
          action={`${path}/${relationship.blocking ? 'unblock' : 'block'}`}
          label={relationship.blocking ? 'Unblock' : 'Block'}
          class="bad"
        >
          {relationship.blocking ? 'Unblock' : 'Block'}
        </Action>
      </div>
    </details>
  )
}
