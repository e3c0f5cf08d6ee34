import type { Child, FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import { shownHost } from '#src/text/acct.ts'
import { AccountBadge, Avatar, FollowButton, fullHandle, headerUrl, nameOf, profilePath } from './account.tsx'
import { EmojiText } from './emoji.tsx'
import { Action, Count } from './form.tsx'
import { Html, InlineHtml } from './html.tsx'
import { Icon } from './icons.tsx'
import { ModerateLink } from './moderate-link.tsx'
import { Muted } from './muted.tsx'
import { Obstacles } from './obstacles.tsx'
import { useFormats, useMessages, usePage } from './page-context.ts'
import { FollowItems, NoteLink, PrivateNote } from './relation-items.tsx'

type Props = {
  account: AccountView
  relationship: RelationshipView | undefined
  /** What stands below the account's own words. */
  children?: Child
}

/** The head of a profile: the account, and the viewer's actions. */
export const ProfileHead: FC<Props> = ({ account, relationship, children }) => {
  const { me, handleHost, remoteFile } = usePage()
  const { t, rich } = useMessages()
  const header = headerUrl(account, remoteFile)
  const isSelf = me?.account.id === account.id
  return (
    <section class="profile" aria-label={t('profile.label')}>
      <div class={`profile-banner hue-${Number(BigInt(account.id) % 6n)}`}>
        {header && <img src={header} alt="" width={1500} height={500} />}
      </div>
      <div class="profile-top">
        <Avatar account={account} size="large" />
        <div class="profile-buttons">
          {isSelf ? (
            <a href="/settings/profile" class="button button-quiet">
              {t('profile.edit')}
            </a>
          ) : (
            <>
              <FollowButton account={account} relationship={relationship} />
              {!me && (
                <a href={`/remote-interaction/accounts/${account.id}`} class="button" rel="nofollow">
                  {t('profile.follow')}
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
          <span class="mark" title={t('profile.approvesFollowers')}>
            <Icon name="private" />
            <span class="unseen">{t('profile.approvesFollowers')}</span>
          </span>
        )}
        <AccountBadge account={account} />
        {account.actorType === 'Service' && <span class="tag">{t('profile.bot')}</span>}
        {account.isMemorial && <span class="tag">{t('profile.inMemoriam')}</span>}
      </h1>
      <p class="profile-handle">
        <bdi class="handle">{fullHandle(account, handleHost)}</bdi>
      </p>
      {account.moved && (
        <div class="notice notice-step profile-moved">
          <p>
            {rich('profile.moved', {
              strong: (words) => <strong>{words}</strong>,
              account: (
                <a href={profilePath(account.moved)}>
                  <bdi>{nameOf(account.moved)}</bdi> <bdi>@{account.moved.acct}</bdi>
                </a>
              ),
            })}
          </p>
        </div>
      )}
      {relationship && <Relation relationship={relationship} />}
      <Obstacles account={account} relationship={relationship} />
      {relationship && <PrivateNote relationship={relationship} />}
      {account.note && <Html html={account.note} isOwn={account.isLocal} emojis={account.emojis} />}
      {account.fields.length > 0 && (
        <dl class="fields">
          {account.fields.map(({ name, value, verifiedAt }) => (
            <div class={verifiedAt ? 'verified' : undefined}>
              <dt dir="auto">
                <EmojiText text={name} emojis={account.emojis} />
              </dt>
              <dd dir="auto">
                <InlineHtml html={value} isOwn={account.isLocal} emojis={account.emojis} />
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Facts account={account} />
      {children}
    </section>
  )
}

const Facts: FC<{ account: AccountView }> = ({ account }) => {
  const path = profilePath(account)
  const { t, rich } = useMessages()
  const { month } = useFormats()
  const facts = [
    ['profile.posts', account.statusesCount, null],
    ['profile.following', account.followingCount, `${path}/following`],
    ['profile.followers', account.followersCount, `${path}/followers`],
  ] as const
  const original = account.isLocal ? null : webUrl(account.url)
  return (
    <ul class="facts">
      {facts.map(([key, count, href]) => {
        const words = rich(key, {
          count,
          number: (
            <strong>
              <Count value={count} />
            </strong>
          ),
        })
        return <li>{href ? <a href={href}>{words}</a> : words}</li>
      })}
      {account.areCountsPartial && <li>{t('relations.countsPartial')}</li>}
      <li>
        {rich('profile.since', {
          month: <time datetime={account.createdAt.toISOString().slice(0, 10)}>{month(account.createdAt)}</time>,
        })}
      </li>
      {original && (
        <li>
          <a href={original} rel="nofollow noopener noreferrer" target="_blank">
            {t('profile.profileOn', { host: shownHost(account.domain ?? '') })}
          </a>
        </li>
      )}
    </ul>
  )
}

/** The relationship of the two accounts. */
export const Relation: FC<{ relationship: RelationshipView }> = ({ relationship }) => {
  const { t } = useMessages()
  const words = [
    relationship.followedBy && t('profile.followsYou'),
    relationship.requestedBy && t('profile.asksToFollow'),
    relationship.muting && <Muted until={relationship.mutingExpiresAt} />,
    relationship.following && relationship.notifies && t('relations.notifies'),
    relationship.following && !relationship.showsReblogs && t('relations.hidesBoosts'),
    relationship.endorsed && t('relations.endorsed'),
    relationship.blocking && t('profile.blocked'),
    relationship.blockedBy && t('profile.blocksYou'),
  ].filter((word) => word !== false)
  return (
    <p class="relation" data-part={`r${relationship.id}`}>
      {words.map((word) => (
        <span class="tag">{word}</span>
      ))}
    </p>
  )
}

/** The menu of rare actions. */
export const MoreActions: FC<{ account: AccountView; relationship: RelationshipView }> = ({
  account,
  relationship,
}) => {
  const { t, rich } = useMessages()
  const path = `/accounts/${account.id}`
  const blocking = t(relationship.blocking ? 'profile.unblock' : 'profile.block')
  return (
    <details class="menu" data-part={`m${account.id}`}>
      <summary class="button button-quiet">
        <Icon name="more" />
        <span class="unseen">{t('profile.more')}</span>
      </summary>
      <div class="menu-items">
        {!relationship.blocking && !relationship.blockedBy && (
          <>
            <a href={`/compose?to=${encodeURIComponent(account.acct)}`}>
              <span>{rich('profile.mention', { handle: <bdi>@{account.username}</bdi> })}</span>
            </a>
            <a href={`/compose?to=${encodeURIComponent(account.acct)}&visibility=direct`}>{t('conversations.new')}</a>
          </>
        )}
        <a href={`${path}/lists`}>{t('lists.withHead')}</a>
        <FollowItems relationship={relationship} />
        <NoteLink relationship={relationship} />
        {relationship.muting && (
          <Action action={`${path}/unmute`} label={t('profile.unmute')}>
            {t('profile.unmute')}
          </Action>
        )}
        <a href={`${path}/mute`}>{t(relationship.muting ? 'relations.changeMute' : 'profile.mute')}</a>
        {relationship.followedBy && (
          <Action action={`${path}/reject`} label={t('profile.removeFollower')}>
            {t('profile.removeFollower')}
          </Action>
        )}
        <Action action={`${path}/${relationship.blocking ? 'unblock' : 'block'}`} label={blocking} class="bad">
          {blocking}
        </Action>
        {account.domain !== null && !relationship.domainBlocking && (
          <a href={`/settings/blocked-servers?${new URLSearchParams({ domain: account.domain })}`} class="bad">
            {rich('relations.blockServer', { host: <bdi>{shownHost(account.domain)}</bdi> })}
          </a>
        )}
        <a href={`/reports/new?account=${account.id}`} class="bad">
          {t('reportForm.link')}
        </a>
        <ModerateLink accountId={account.id} />
      </div>
    </details>
  )
}
