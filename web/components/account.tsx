import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { webUrl } from '#src/platform/web-url.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import { codedAcct } from '#src/text/acct.ts'
import { EmojiText } from './emoji.tsx'
import { Action } from './form.tsx'
import { type PageContext, useMessages, usePage } from './page-context.ts'
import { RoleBadge } from './role-badge.tsx'

/** The path of an account's page on this server. */
export const profilePath = (account: { username: string; domain: string | null }): string => `/@${codedAcct(account)}`

export const nameOf = (account: AccountView): string => account.displayName || account.username

type RemoteFileUrl = PageContext['remoteFile']

/** What a picture needs to know of an account. */
type Pictured = Pick<AccountView, 'id' | 'username' | 'avatarFile' | 'avatarRemoteUrl'>

/** URLs of avatars and headers: local files, or URLs for remote files. */
export const avatarUrl = (account: Pictured, remoteFile: RemoteFileUrl): string | null =>
  imageUrl(account.avatarFile, account.avatarRemoteUrl, (url) => remoteFile(url, 'avatar'))
export const headerUrl = (account: AccountView, remoteFile: RemoteFileUrl): string | null =>
  imageUrl(account.headerFile, account.headerRemoteUrl, (url) => remoteFile(url, 'header'))

function imageUrl(file: string | null, remoteUrl: string | null, shownAt: (url: string) => string): string | null {
  const remote = remoteUrl && webUrl(remoteUrl)
  return file ? `/media/${file}` : remote && shownAt(remote)
}

const hues = 6

/** The avatar of an account; without one, the first letter of its name on one of 6 colours. */
export const Avatar: FC<{ account: Pictured; size?: 'small' | 'medium' | 'large' }> = ({
  account,
  size = 'medium',
}) => {
  const url = avatarUrl(account, usePage().remoteFile)
  const pixels = { small: 32, medium: 48, large: 112 }[size]
  if (url)
    return (
      <img
        class={`avatar avatar-${size}`}
        src={url}
        alt=""
        width={pixels}
        height={pixels}
        loading="lazy"
        decoding="async"
      />
    )
  const letter = [...account.username.replace(/[^\p{L}\p{N}]/gu, '')][0] ?? '·'
  return (
    <svg
      class={`avatar avatar-${size} hue-${Number(BigInt(account.id) % BigInt(hues))}`}
      viewBox="0 0 48 48"
      width={pixels}
      height={pixels}
      aria-hidden="true"
    >
      <rect width="48" height="48" />
      <text x="24" y="33" text-anchor="middle">
        {letter.toUpperCase()}
      </text>
    </svg>
  )
}

/** The handle with its host, also for local accounts, as people on other servers write it. */
export const fullHandle = (account: AccountView, handleHost: string): string =>
  `@${account.acct}${account.isLocal ? `@${handleHost}` : ''}`

export const Name: FC<{ account: AccountView }> = ({ account }) => (
  <bdi class="name">
    <EmojiText text={nameOf(account)} emojis={account.emojis} />
  </bdi>
)

/** The handle as it is written here, apart from the text around it, which may run from right to left. */
export const Handle: FC<{ account: AccountView }> = ({ account }) => <bdi class="handle">@{account.acct}</bdi>

/** The role of an account, if it is one that profiles show. Suspended accounts show none. */
export const AccountBadge: FC<{ account: AccountView }> = ({ account }) =>
  account.badge && !account.suspendedAt ? <RoleBadge role={account.badge} /> : null

/** An account in a list. */
export const AccountRow: FC<{ account: AccountView; relationship?: RelationshipView | undefined }> = ({
  account,
  relationship,
}) => (
  <article class="person" id={`person-${account.id}`}>
    <a href={profilePath(account)} class="person-link">
      <Avatar account={account} />
      <span class="person-names">
        <Name account={account} />
        <Handle account={account} />
      </span>
    </a>
    <FollowButton account={account} relationship={relationship} />
  </article>
)

type FollowProps = { account: AccountView; relationship?: RelationshipView | undefined }

/** The button to follow, unfollow or unblock; nothing for visitors and the viewer's own account. */
export const FollowButton: FC<FollowProps> = ({ account, relationship }) => {
  const { me } = usePage()
  if (!me || !relationship || me.account.id === account.id) return null
  return (
    <span class="follow" data-part={`f${account.id}`}>
      <FollowAction account={account} relationship={relationship} />
    </span>
  )
}

const FollowAction: FC<{ account: AccountView; relationship: RelationshipView }> = ({ account, relationship }) => {
  const { t } = useMessages()
  const path = `/accounts/${account.id}`
  const { verb, label, isQuiet } = relationship.blocking
    ? { verb: 'unblock', label: t('profile.unblock'), isQuiet: true }
    : relationship.following
      ? { verb: 'unfollow', label: t('profile.unfollow'), isQuiet: true }
      : relationship.requested
        ? { verb: 'unfollow', label: t('profile.withdrawRequest'), isQuiet: true }
        : {
            verb: 'follow',
            label: t(relationship.followedBy ? 'profile.followBack' : 'profile.follow'),
            isQuiet: false,
          }
  if (verb === 'follow' && (relationship.blockedBy || relationship.domainBlocking || account.movedToId !== null))
    return null
  return (
    <Action action={`${path}/${verb}`} label={label} class={isQuiet ? 'button button-quiet' : 'button'}>
      {label}
    </Action>
  )
}
