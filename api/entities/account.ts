import type { InviteSettings } from '#src/accounts/invites/permission.ts'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import type { OwnProfile } from '#src/accounts/profile/profile.ts'
import type { StaffRole } from '#src/accounts/roles/roles.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { shownHtml } from '#src/text/html/shown.ts'
import { toDate, toDateTime, toMidnight } from './dates.ts'
import { toEmojis } from './emoji.ts'
import { toAccountRoles, toRole } from './role.ts'

/**
 * An account as Mastodon apps expect it. `note` and field values are HTML, already safe; `acct` has no domain for local
 * accounts.
 *
 * @see https://docs.joinmastodon.org/entities/Account/
 */
export function toAccount(view: AccountView, uris: Uris): Account {
  return { ...toUnmoved(view, uris), ...(view.moved ? { moved: toUnmoved(view.moved, uris) } : {}) }
}
export type Account = ReturnType<typeof toUnmoved> & { moved?: ReturnType<typeof toUnmoved> }

function toUnmoved(view: AccountView, uris: Uris) {
  const avatar =
    imageUrl(uris, 'avatar', view.avatarFile, view.avatarRemoteUrl) ?? `${uris.origin}/static/avatars/missing.png`
  const header =
    imageUrl(uris, 'header', view.headerFile, view.headerRemoteUrl) ?? `${uris.origin}/static/headers/missing.png`
  return {
    id: view.id,
    username: view.username,
    acct: view.acct,
    display_name: view.displayName,
    locked: view.isLocked,
    bot: !view.suspendedAt && (view.actorType === 'Service' || view.actorType === 'Application'),
    group: view.actorType === 'Group',
    discoverable: view.isDiscoverable,
    indexable: view.isIndexable,
    created_at: toMidnight(view.createdAt),
    note: shownHtml(view.note, view.isLocal),
    // Some apps refuse accounts without a URL.
    url: webUrl(view.url) ?? view.uri,
    uri: view.uri,
    avatar,
    avatar_static: avatar,
    avatar_description: view.avatarDescription,
    header,
    header_static: header,
    header_description: view.headerDescription,
    followers_count: view.followersCount,
    following_count: view.followingCount,
    statuses_count: view.statusesCount,
    last_status_at: view.lastStatusAt && toDate(view.lastStatusAt),
    hide_collections: view.isLocal ? view.hidesCollections : null,
    show_media: view.showsMedia,
    show_media_replies: view.showsMediaReplies,
    show_featured: view.showsFeatured,
    emojis: toEmojis(view.emojis, uris),
    fields: view.fields.map(({ name, value, verifiedAt }) => ({
      name,
      value: shownHtml(value, view.isLocal),
      verified_at: verifiedAt ?? null,
    })),
    feature_approval: toFeatureApproval(view),
    ...(view.isLocal ? { noindex: !view.isIndexable, roles: view.suspendedAt ? [] : toAccountRoles(view.badge) } : {}),
    ...(view.isMemorial ? { memorial: true } : {}),
    ...(view.suspendedAt ? { suspended: true } : {}),
    ...(view.silencedAt ? { limited: true } : {}),
  }
}

/**
 * The accounts that may add the account to a collection: everybody if it is discoverable. The policy of remote
 * accounts isn't known.
 */
const toFeatureApproval = ({ isLocal, isDiscoverable }: AccountView) => ({
  automatic: isLocal && isDiscoverable ? ['public'] : [],
  manual: [],
  current_user: isLocal ? (isDiscoverable ? 'automatic' : 'denied') : 'missing',
})

/** @see https://docs.joinmastodon.org/entities/Account/#MutedAccount */
export const toMutedAccount = (account: Account, expiresAt: Date | null) => ({
  ...account,
  mute_expires_at: expiresAt && toDateTime(expiresAt),
})

function imageUrl(
  uris: Uris,
  variant: 'avatar' | 'header',
  file: string | null,
  remoteUrl: string | null,
): string | null {
  const url = remoteUrl && webUrl(remoteUrl)
  return file ? uris.file(file) : url && uris.remoteFile(url, variant)
}

/** An account with the data that only its owner sees. */
export type OwnAccount = { view: AccountView; own: OwnProfile; role: StaffRole; settings: InviteSettings }

/**
 * The viewer's own account, with the source of its texts.
 *
 * @see https://docs.joinmastodon.org/entities/Account/#CredentialAccount
 */
export function toCredentialAccount({ view, own, role, settings }: OwnAccount, uris: Uris) {
  return {
    ...toAccount(view, uris),
    source: {
      privacy: own.defaultVisibility,
      sensitive: own.defaultSensitive,
      language: own.defaultLanguage,
      note: own.noteSource,
      fields: view.fields.map(({ name, source, value, verifiedAt }) => ({
        name,
        value: source ?? value,
        verified_at: verifiedAt ?? null,
      })),
      follow_requests_count: own.followRequests,
      hide_collections: view.hidesCollections,
      discoverable: view.isDiscoverable,
      indexable: view.isIndexable,
      attribution_domains: view.attributionDomains,
      quote_policy: own.defaultQuotePolicy,
    },
    role: toRole(role, settings),
  }
}

/** @see https://docs.joinmastodon.org/entities/Preferences/ */
export const toPreferences = (own: Preferences) => ({
  'posting:default:visibility': own.defaultVisibility,
  'posting:default:sensitive': own.defaultSensitive,
  'posting:default:language': own.defaultLanguage,
  'posting:default:quote_policy': own.defaultQuotePolicy,
  'reading:expand:media': own.mediaDisplay,
  'reading:expand:spoilers': own.expandsWarnings,
  'reading:autoplay:gifs': own.autoplaysLoops,
})
