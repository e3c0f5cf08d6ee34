import type { AccountId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { Account } from './account.ts'
import type { AdminAccount } from './admin-account.ts'
import { toDateTime, toMidnight } from './dates.ts'

/** No account has it, as ids here are made of the time. Mastodon's own -99 is none that all apps take. */
export const instanceId = '1' as AccountId

/**
 * The instance itself, as apps of staff see it in place of an account: as the reporter of a legal notice by somebody without one. Its
 * name is the host, which no person can have. It is no account, so nothing else is found by its id.
 *
 * @param since apps need a date; there is no better one than that of what the instance did
 */
export function toInstanceAdminAccount(uris: Uris, since: Date): AdminAccount {
  const username = nameOf(uris)
  return {
    id: instanceId,
    username,
    domain: null,
    created_at: toDateTime(since),
    email: null,
    ip: null,
    ips: null,
    locale: null,
    invite_request: null,
    role: null,
    confirmed: null,
    approved: null,
    disabled: null,
    sensitized: false,
    silenced: false,
    suspended: false,
    account: toInstanceAccount(uris, since),
  }
}

const nameOf = (uris: Uris): string => uris.handleHost.replace(/:\d+$/, '')

/** The same as everybody sees an account: whom the notification of such a report comes from. */
export function toInstanceAccount(uris: Uris, since: Date): Account {
  const username = nameOf(uris)
  const [avatar, header] = ['avatars', 'headers'].map((folder) => `${uris.origin}/static/${folder}/missing.png`) as [
    string,
    string,
  ]
  return {
    id: instanceId,
    username,
    acct: username,
    display_name: username,
    locked: true,
    bot: true,
    group: false,
    discoverable: false,
    indexable: false,
    created_at: toMidnight(since),
    note: '',
    url: `${uris.origin}/about`,
    uri: uris.instanceActor,
    avatar,
    avatar_static: avatar,
    avatar_description: '',
    header,
    header_static: header,
    header_description: '',
    followers_count: 0,
    following_count: 0,
    statuses_count: 0,
    last_status_at: null,
    hide_collections: true,
    show_media: false,
    show_media_replies: false,
    show_featured: false,
    emojis: [],
    fields: [],
    feature_approval: { automatic: [], manual: [], current_user: 'denied' },
    noindex: true,
    roles: [],
  }
}
