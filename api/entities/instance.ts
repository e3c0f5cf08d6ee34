import { mayInvite } from '#src/accounts/invites/permission.ts'
import type { AccountView } from '#src/accounts/views.ts'
import type { Totals } from '#src/instance/stats.ts'
import { acceptedTypes } from '#src/media/accepted.ts'
import type { Rule } from '#src/moderation/instance-rules.ts'
import type { App } from '#src/platform/app.ts'
import { version } from '#src/platform/version.ts'
import { limits } from '#src/rules/limits.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import { escapeText } from '#src/text/html/escape.ts'
import { messagesIn } from '#src/text/messages.ts'
import { toAccount } from './account.ts'
import { toRule } from './rule.ts'

export type InstanceFacts = {
  settings: InstanceSettings
  totals: Totals
  contact: AccountView | null
  rules: readonly Rule[]
  hasTerms: boolean
  /** The year for which annual reports are available at present. */
  season: number | null
}

/** Apps read the first word, and enable the features of that version of Mastodon. */
const compatible = `4.6.0 (compatible; Pipit ${version})`

const english = messagesIn('en')

const streaming = (app: App): string => app.config.origin.replace(/^http/, 'ws')

const thumbnail = (app: App): string => `${app.config.origin}/static/thumbnail.png`

const polls = {
  max_options: limits.poll.maxOptions,
  max_characters_per_option: limits.poll.maxCharactersPerOption,
  min_expiration: limits.poll.minExpirationSeconds,
  max_expiration: limits.poll.maxExpirationSeconds,
}

/** As glitch-soc has it: different emojis with which a person reacts to a post. */
const reactions = { max_reactions: limits.reactions.maxPerAccount }

/** Features by the names that apps for Pleroma and Akkoma look for. */
const pleroma = { metadata: { features: ['pleroma_emoji_reactions', 'pleroma_custom_emoji_reactions'] } }

const statuses = ({ maxMediaAttachments }: InstanceSettings) => ({
  max_characters: limits.status.maxCharacters,
  max_media_attachments: maxMediaAttachments,
  characters_reserved_per_url: limits.status.charactersReservedPerUrl,
})

const attachments = {
  supported_mime_types: acceptedTypes,
  image_size_limit: limits.media.maxImageBytes,
  image_matrix_limit: limits.media.maxImagePixels,
  video_size_limit: limits.media.maxVideoBytes,
  video_frame_rate_limit: limits.media.maxVideoFrameRate,
  video_matrix_limit: limits.media.maxVideoPixels,
}

/**
 * Whether people without an invitation may sign up. As with Mastodon, whose closed registrations still let invited people in, apps
 * that have a link ask for it instead (`GET /invite/:invite_code`).
 */
const isOpenToAll = ({ registrations }: InstanceSettings): boolean =>
  registrations === 'open' || registrations === 'approval'

/** @see https://docs.joinmastodon.org/entities/Instance/ */
export function toInstance(app: App, { settings, totals, contact, rules, hasTerms, season }: InstanceFacts) {
  const { origin, handleHost } = app.config
  const open = { local: 'public', remote: 'public' }
  return {
    domain: handleHost,
    title: settings.title,
    version: compatible,
    source_url: `${origin}/about`,
    description: settings.description,
    wrapstodon: season === null ? null : String(season),
    usage: { users: { active_month: totals.activeMonth } },
    thumbnail: { url: thumbnail(app), description: '', blurhash: null, versions: { '@1x': thumbnail(app) } },
    icon: [{ src: `${origin}/static/icon-180.png`, size: '180x180' }],
    languages: ['en'],
    configuration: {
      urls: {
        streaming: streaming(app),
        status: null,
        about: `${origin}/about`,
        privacy_policy: `${origin}/privacy-policy`,
        terms_of_service: hasTerms ? `${origin}/terms-of-service` : null,
      },
      vapid: { public_key: app.secrets.vapidPublicKey },
      accounts: {
        max_display_name_length: limits.account.maxDisplayNameLength,
        max_note_length: limits.account.maxNoteLength,
        max_avatar_description_length: limits.account.maxImageDescriptionLength,
        max_header_description_length: limits.account.maxImageDescriptionLength,
        max_featured_tags: limits.account.maxFeaturedTags,
        max_pinned_statuses: limits.account.maxPinnedStatuses,
        max_profile_fields: limits.account.maxFields,
        profile_field_name_limit: limits.account.maxFieldNameLength,
        profile_field_value_limit: limits.account.maxFieldValueLength,
      },
      statuses: statuses(settings),
      media_attachments: { ...attachments, description_limit: limits.media.maxDescriptionLength },
      polls,
      reactions,
      translation: { enabled: app.config.libreTranslate !== undefined },
      timelines_access: { live_feeds: open, hashtag_feeds: open, trending_link_feeds: open },
      limited_federation: settings.limitedFederation,
    },
    registrations: {
      enabled: isOpenToAll(settings),
      approval_required: settings.registrations === 'approval',
      reason_required: settings.registrations === 'approval',
      message: settings.registrations === 'invitation' ? `<p>${escapeText(english.t('registrations.apps'))}</p>` : null,
      min_age: settings.minAge > 0 ? settings.minAge : null,
      // Where people sign up elsewhere than by the API: the page with the providers.
      url: app.config.providersOnly ? `${origin}/signup` : null,
    },
    // Each number stands for features that apps then use; `test/api/versions.test.ts` tests those of this number.
    api_versions: { mastodon: 10 },
    pleroma,
    contact: { email: settings.contactEmail, account: contact && toAccount(contact, app.uris) },
    rules: rules.map(toRule),
  }
}

/** @see https://docs.joinmastodon.org/entities/V1_Instance/ */
export function toInstanceV1(app: App, { settings, totals, contact, rules }: InstanceFacts) {
  return {
    uri: app.config.handleHost,
    title: settings.title,
    short_description: settings.description,
    description: escapeText(settings.description),
    email: settings.contactEmail,
    version: compatible,
    urls: { streaming_api: streaming(app) },
    stats: { user_count: totals.users, status_count: totals.localStatuses, domain_count: totals.domains },
    thumbnail: thumbnail(app),
    languages: ['en'],
    // This version has no address for signing up elsewhere.
    registrations: isOpenToAll(settings) && !app.config.providersOnly,
    approval_required: settings.registrations === 'approval',
    invites_enabled: mayInvite(settings, 0n),
    configuration: {
      accounts: { max_featured_tags: limits.account.maxFeaturedTags },
      statuses: statuses(settings),
      media_attachments: attachments,
      polls,
      reactions,
    },
    pleroma,
    contact_account: contact && toAccount(contact, app.uris),
    rules: rules.map(toRule),
  }
}
