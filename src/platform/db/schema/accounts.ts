import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { AccountId, Id, IdentityId, InviteId, RoleId } from '../../ids.ts'
import { bytea, createdAt, id, moment } from '../columns.ts'
import type { DefaultPolicy, Visibility } from './policies.ts'

/** A row of a profile's table. `name` is plain text, `value` safe HTML; `source` is the value as a local account typed it. */
export type ProfileField = { name: string; value: string; source?: string; verifiedAt?: string | null }

/**
 * The authors of statuses: people and bots, local (`domain` is null) and remote. `users` has the login data.
 * Rows of deleted local accounts stay, blanked, so that their names are never assigned again; rows of deleted remote accounts stay until
 * nothing refers to them (`src/erasure/forget-accounts.ts`).
 */
export const accounts = pgTable(
  'accounts',
  {
    id: id<AccountId>('id').primaryKey(),
    username: text('username').notNull(),
    /** Host of the handle, lower case, A-label, with its port where that is not the scheme's own. Null for local accounts. */
    domain: text('domain'),
    /** ActivityPub id. */
    uri: text('uri').notNull().unique(),
    /** Host of the ActivityPub id, which may differ from the handle's host. */
    uriHost: text('uri_host').generatedAlwaysAs(sql`split_part(uri, '/', 3)`),
    /** Page for people. */
    url: text('url').notNull(),
    actorType: text('actor_type', { enum: ['Person', 'Service', 'Application', 'Group', 'Organization'] })
      .notNull()
      .default('Person'),
    displayName: text('display_name').notNull().default(''),
    /** Biography as safe HTML. */
    note: text('note').notNull().default(''),
    /** Biography as a local account typed it. */
    noteSource: text('note_source').notNull().default(''),
    fields: jsonb('fields').$type<ProfileField[]>().notNull().default([]),
    /** Name of a file in this server's store, or null. */
    avatarFile: text('avatar_file'),
    headerFile: text('header_file'),
    /** URL of the image on the account's server, or null. */
    avatarRemoteUrl: text('avatar_remote_url'),
    headerRemoteUrl: text('header_remote_url'),
    /** Alternative texts of the images, plain. */
    avatarDescription: text('avatar_description').notNull().default(''),
    headerDescription: text('header_description').notNull().default(''),
    isLocked: boolean('is_locked').notNull().default(false),
    isDiscoverable: boolean('is_discoverable').notNull().default(true),
    isIndexable: boolean('is_indexable').notNull().default(true),
    /** Whether the account is kept in memory of a person who died; nobody logs in to it. */
    isMemorial: boolean('is_memorial').notNull().default(false),
    hidesCollections: boolean('hides_collections').notNull().default(false),
    /** The tabs of the profile: media, replies among the media, featured posts and tags. */
    showsMedia: boolean('shows_media').notNull().default(true),
    showsMediaReplies: boolean('shows_media_replies').notNull().default(true),
    showsFeatured: boolean('shows_featured').notNull().default(true),
    /** Sites that may name this account as the author of their pages. */
    attributionDomains: text('attribution_domains').array().notNull().default([]),
    inboxUrl: text('inbox_url').notNull(),
    sharedInboxUrl: text('shared_inbox_url'),
    /** When its server said that the inbox does not exist, and when it said that the inbox is gone for good. Either stops all deliveries. */
    inboxMissingAt: moment('inbox_missing_at'),
    inboxGoneAt: moment('inbox_gone_at'),
    outboxUrl: text('outbox_url'),
    followersUrl: text('followers_url'),
    followingUrl: text('following_url'),
    featuredUrl: text('featured_url'),
    featuredTagsUrl: text('featured_tags_url'),
    featuredCollectionsUrl: text('featured_collections_url'),
    /** Who may ask to put a remote account into a collection: `public`, `followers`, `following` or URIs. Null: not stated, so nobody. */
    canFeature: text('can_feature').array(),
    /** ActivityPub ids of other accounts of the same person, by its own word: those may move here. */
    alsoKnownAs: text('also_known_as').array().notNull().default([]),
    /** The account that its person moved to, which has this one in `alsoKnownAs`. */
    movedToId: id<AccountId>('moved_to_id').references((): AnyPgColumn => accounts.id, { onDelete: 'set null' }),
    /** When it last moved with its followers, also if the move has been undone since. */
    movedAt: moment('moved_at'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
    /** When a remote profile was last read from its server. */
    fetchedAt: moment('fetched_at'),
    /** When a job to fetch it again was last queued. */
    refreshQueuedAt: moment('refresh_queued_at'),
    /** The time since which its server answers that there is no such account. */
    missingSince: moment('missing_since'),
    /** When its latest posts may be fetched again; null: they never were. */
    backfillDueAt: moment('backfill_due_at'),
    suspendedAt: moment('suspended_at'),
    /** The origin of the suspension, which may also lift it: a moderator, a rule about its server, or its own server. Null: not recorded. */
    suspendedBy: text('suspended_by', { enum: ['moderator', 'domain', 'origin'] }),
    silencedAt: moment('silenced_at'),
    silencedBy: text('silenced_by', { enum: ['moderator', 'domain'] }),
    /** Since when all files of its posts are marked as sensitive, by a moderator. */
    sensitizedAt: moment('sensitized_at'),
    /** When the data of a suspended account is deleted for good. */
    purgeAt: moment('purge_at'),
    deletedAt: moment('deleted_at'),
  },
  (t) => [
    uniqueIndex('accounts_handle').on(sql`lower(${t.username})`, sql`coalesce(${t.domain}, '')`),
    index('accounts_username_prefix').on(sql`lower(${t.username}) text_pattern_ops`),
    index('accounts_display_name_prefix').on(sql`lower(${t.displayName}) text_pattern_ops`),
    index('accounts_server')
      .on(t.domain, t.uriHost, t.id)
      .where(sql`domain is not null`),
    index('accounts_url').on(t.url),
    index('accounts_inbox').using('hash', t.inboxUrl),
    index('accounts_inbox_missing')
      .on(t.inboxUrl)
      .where(sql`inbox_missing_at is not null and inbox_gone_at is null`),
    index('accounts_shared_inbox')
      .using('hash', t.sharedInboxUrl)
      .where(sql`shared_inbox_url is not null`),
    index('accounts_directory')
      .on(t.id)
      .where(sql`is_discoverable and suspended_at is null`),
    index('accounts_local_directory')
      .on(t.id)
      .where(sql`is_discoverable and suspended_at is null and domain is null`),
    index('accounts_moved_to')
      .on(t.movedToId)
      .where(sql`moved_to_id is not null`),
    index('accounts_suspended')
      .on(t.id)
      .where(sql`suspended_at is not null and deleted_at is null`),
    index('accounts_silenced')
      .on(t.id)
      .where(sql`silenced_at is not null`),
    index('accounts_purge')
      .on(t.purgeAt)
      .where(sql`purge_at is not null`),
    check(
      'accounts_username_form',
      sql`username ~ '^[A-Za-z0-9_.-]{1,64}$' and (domain is not null or username ~ '^[a-z0-9_]{1,30}$')`,
    ),
    check('accounts_domain_form', sql`domain = lower(domain) and domain !~ '[/@[:space:]]' and domain <> ''`),
    check('accounts_fields_list', sql`jsonb_typeof(fields) = 'array'`),
    check('accounts_suspended_by_somebody', sql`suspended_by is null or suspended_at is not null`),
    check('accounts_silenced_by_somebody', sql`silenced_by is null or silenced_at is not null`),
    check('accounts_local_unfetched', sql`domain is not null or fetched_at is null`),
  ],
)

/** Counters of an account, changed in the transaction of the counted write. */
export const accountStats = pgTable(
  'account_stats',
  {
    accountId: id<AccountId>('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    statusesCount: integer('statuses_count').notNull().default(0),
    followersCount: integer('followers_count').notNull().default(0),
    /**
     * The followers in steps of about 1.4 times (1, 2, 3, 4 to 5, 6 to 7, 8 to 11, 12 to 15 …); null for none. It is indexed in their
     * stead: an update that changes no indexed column writes no new entry in any index, and few follows reach another step.
     */
    popularity: smallint('popularity').generatedAlwaysAs(
      sql`case when followers_count > 0 then floor(2 * ln(followers_count::float8) / ln(2::float8)) end::smallint`,
    ),
    followingCount: integer('following_count').notNull().default(0),
    /** The day (UTC) of the newest status. It is indexed, so its change costs more than a change of the counters. */
    lastStatusAt: moment('last_status_at'),
    /** The counts of a remote account's own server, if it tells them. */
    remoteStatusesCount: integer('remote_statuses_count'),
    remoteFollowersCount: integer('remote_followers_count'),
    remoteFollowingCount: integer('remote_following_count'),
  },
  (t) => [
    index('account_stats_activity')
      .on(t.lastStatusAt, t.accountId)
      .where(sql`last_status_at is not null`),
    index('account_stats_popularity')
      .on(t.popularity, t.accountId)
      .where(sql`popularity is not null`),
    check('account_stats_not_negative', sql`statuses_count >= 0 and followers_count >= 0 and following_count >= 0`),
    check(
      'account_stats_remote_not_negative',
      sql`remote_statuses_count >= 0 and remote_followers_count >= 0 and remote_following_count >= 0`,
    ),
  ],
)

/** Signing keys of local accounts, and of the instance itself (`account_id` is null). */
export const keys = pgTable(
  'keys',
  {
    id: id<Id<'key'>>('id').primaryKey(),
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['rsa', 'ed25519'] }).notNull(),
    /** JSON Web Keys (RFC 7517). */
    publicKey: jsonb('public_key').$type<JsonWebKey>().notNull(),
    privateKey: jsonb('private_key').$type<JsonWebKey>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [unique('keys_one_of_a_kind').on(t.accountId, t.kind).nullsNotDistinct()],
)

export const quotePolicies = ['public', 'followers', 'nobody'] as const
export type QuotePolicy = (typeof quotePolicies)[number]

export const roles = ['user', 'moderator', 'admin', 'owner'] as const
export type Role = (typeof roles)[number]

export const descriptionRules = ['off', 'remind', 'require'] as const
export const mediaDisplays = ['default', 'show_all', 'hide_all'] as const
export const appearances = ['system', 'light', 'dark'] as const
export const textSizes = ['small', 'medium', 'large', 'larger'] as const

/** Accounts of OpenID providers by which people sign in. */
export const identities = pgTable(
  'identities',
  {
    id: id<IdentityId>('id').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    /** The provider's name in the settings. */
    provider: text('provider').notNull(),
    issuer: text('issuer').notNull(),
    /** The provider's identifier of the person, unique for its issuer, never assigned again. */
    subject: text('subject').notNull(),
    /** The provider's last name of the person: a mail address or a name. Shown, never trusted. */
    label: text('label'),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at'),
  },
  (t) => [unique('identities_once').on(t.issuer, t.subject), index('identities_of_account').on(t.accountId)],
)

/** Links by which people invite others to sign up. */
export const invites = pgTable(
  'invites',
  {
    id: id<InviteId>('id').primaryKey(),
    /** The account that invites. */
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    codeHash: bytea('code_hash').notNull(),
    /** The sealed code, so that the person who made the link can see it again. */
    code: text('code').notNull(),
    /** Null: any number. */
    maxUses: integer('max_uses'),
    uses: integer('uses').notNull().default(0),
    /** Whether people who sign up by it follow the inviting account. */
    follows: boolean('follows').notNull().default(false),
    /** A comment for the inviting person, such as the recipient of the link. */
    note: text('note').notNull().default(''),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('invites_code').on(t.codeHash),
    index('invites_of_account').on(t.accountId, t.id),
    check('invites_uses', sql`uses >= 0 and (max_uses is null or uses <= max_uses)`),
  ],
)

/**
 * Roles that admins changed or made. The built-in ones (owner, admin, moderator, everybody) have fixed ids, and a row only if an
 * admin changed them.
 */
export const staffRoles = pgTable(
  'roles',
  {
    id: id<RoleId>('id').primaryKey(),
    name: text('name').notNull(),
    /** Mastodon's permission bits. */
    permissions: bigint('permissions', { mode: 'bigint' }).notNull(),
    /** A role acts on the accounts of lower positions only. */
    position: integer('position').notNull(),
    /** `#rrggbb`, or empty. */
    colour: text('colour').notNull().default(''),
    /** Whether profiles show it as a badge. */
    isHighlighted: boolean('is_highlighted').notNull().default(false),
    needsSecondFactor: boolean('needs_second_factor').notNull().default(false),
    /** Collections and live invitations of an account. Null: those of everybody. */
    maxCollections: integer('max_collections'),
    maxInvites: integer('max_invites'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at')
      .notNull()
      .default(sql`now()`),
  },
  () => [check('roles_colour', sql`colour ~ '^(#[0-9a-f]{6})?$'`)],
)

/** Login data and settings of a local account, apart from its public face. */
export const users = pgTable(
  'users',
  {
    accountId: id<AccountId>('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    email: text('email').notNull(),
    /** argon2id in PHC form. Null: the person signs in by a provider or a passkey, and has chosen no password. */
    passwordHash: text('password_hash'),
    /** Secret of the authenticator app (RFC 6238, base32), sealed. */
    totpSecret: text('totp_secret'),
    /** The last time step whose code was used, so that no code is used twice. */
    totpStep: bigint('totp_step', { mode: 'number' }),
    /** Since when a password alone does not let anybody in: the account has an authenticator app or a passkey. */
    secondFactorSince: moment('second_factor_since'),
    role: text('role', { enum: roles }).notNull().default('user'),
    /** A role that admins made, in place of `role`, which is then `user`. */
    roleId: id<RoleId>('role_id').references(() => staffRoles.id, { onDelete: 'set null' }),
    /** When the mail address was confirmed. */
    confirmedAt: moment('confirmed_at'),
    /** When a moderator approved the sign-up, or the moment of sign-up where registration is open. */
    approvedAt: moment('approved_at'),
    disabledAt: moment('disabled_at'),
    /** Why the person wants to join, where registration is by approval. */
    signUpReason: text('sign_up_reason'),
    /** The client of the sign-up. Deleted like those of the security log. */
    signUpAddress: text('sign_up_address'),
    /** The name of the app by which the person signed up; null: the website, or an admin. */
    signUpApp: text('sign_up_app'),
    inviteId: id<InviteId>('invite_id').references(() => invites.id, { onDelete: 'set null' }),
    /** When the person said that they are old enough; their date of birth is not stored. */
    ageConfirmedAt: moment('age_confirmed_at'),
    /** When the person accepted rules and terms. */
    termsAcceptedAt: moment('terms_accepted_at'),
    defaultVisibility: text('default_visibility', { enum: ['public', 'unlisted', 'private'] })
      .notNull()
      .default('public'),
    defaultSensitive: boolean('default_sensitive').notNull().default(false),
    /** BCP 47 tag. */
    defaultLanguage: text('default_language'),
    /** The accounts that may quote new statuses without asking. */
    defaultQuotePolicy: text('default_quote_policy', { enum: quotePolicies }).notNull().default('public'),
    defaultFormat: text('default_format', { enum: ['plain', 'markdown'] })
      .notNull()
      .default('plain'),
    /** The rules for favourites, replies and boosts of new statuses, by visibility. */
    defaultInteractionPolicies: jsonb('default_interaction_policies')
      .$type<Partial<Record<Visibility, DefaultPolicy>>>()
      .notNull()
      .default({}),
    /** Seconds that new posts stay on this server before others get them. */
    undoSeconds: integer('undo_seconds').notNull().default(0),
    /** The reaction to a post with a file without a description: nothing, a reminder, or a refusal. */
    descriptionRule: text('description_rule', { enum: descriptionRules }).notNull().default('remind'),
    /** Which files are shown at once; by default all but the sensitive ones. */
    mediaDisplay: text('media_display', { enum: mediaDisplays }).notNull().default('default'),
    expandsWarnings: boolean('expands_warnings').notNull().default(false),
    appearance: text('appearance', { enum: appearances }).notNull().default('system'),
    textSize: text('text_size', { enum: textSizes }).notNull().default('medium'),
    /** BCP 47 tag of the language that mails and pages use. */
    locale: text('locale'),
    timeZone: text('time_zone'),
    /** Whether home and lists show a post once, however many boost it. */
    groupsBoosts: boolean('groups_boosts').notNull().default(true),
    /** Whether silent loops (gifv) play by themselves. */
    autoplaysLoops: boolean('autoplays_loops').notNull().default(false),
    /** Whether single keys are shortcuts on the website (WCAG 2.1.4 wants them to be switchable). */
    usesSingleKeys: boolean('uses_single_keys').notNull().default(true),
    mailsMentions: boolean('mails_mentions').notNull().default(true),
    createdAt: createdAt(),
  },
  (t) => [
    uniqueIndex('users_email').on(sql`lower(${t.email})`),
    index('users_created_at').on(t.createdAt),
    index('users_unconfirmed')
      .on(t.createdAt)
      .where(sql`confirmed_at is null`),
    index('users_waiting')
      .on(t.createdAt)
      .where(sql`approved_at is null`),
    index('users_staff')
      .on(t.role)
      .where(sql`role <> 'user'`),
    index('users_role')
      .on(t.roleId)
      .where(sql`role_id is not null`),
    index('users_disabled')
      .on(t.accountId)
      .where(sql`disabled_at is not null`),
    index('users_email_domain').on(sql`lower(split_part(${t.email}, '@', 2))`),
    index('users_by_invite')
      .on(t.inviteId)
      .where(sql`invite_id is not null`),
    index('users_sign_up_address')
      .on(t.signUpAddress)
      .where(sql`sign_up_address is not null`),
    index('users_sign_up_network')
      .on(sql`${t.signUpAddress} text_pattern_ops`)
      .where(sql`sign_up_address is not null`),
    check('users_undo_seconds', sql`undo_seconds between 0 and 120`),
    check('users_email_form', sql`email ~ '^[^@[:space:]]+@[^@[:space:]]+$' and length(email) <= 254`),
  ],
)

/** The days (UTC) on which a local account was active while logged in; daily statistics count them. */
export const activeDays = pgTable(
  'active_days',
  {
    day: date('day').notNull(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
  },
  (t) => [unique('active_days_of_account').on(t.accountId, t.day), index('active_days_of_day').on(t.day, t.accountId)],
)

/** A browser that is logged in. The cookie holds a random token, the table its SHA-256. */
export const sessions = pgTable(
  'sessions',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
    userAgent: text('user_agent').notNull().default(''),
    /** Day and address of the last use. The address is deleted like those of the security log. */
    lastUsedAt: moment('last_used_at'),
    address: text('address'),
    /** When the person last proved with a password, a factor or a provider to be the owner. */
    provedAt: moment('proved_at'),
    /** The provider's account by which the person signed in, and its sealed ID token, which ends the provider's session. */
    identityId: id<IdentityId>('identity_id').references(() => identities.id, { onDelete: 'set null' }),
    idToken: text('id_token'),
  },
  (t) => [
    index('sessions_account').on(t.accountId),
    index('sessions_expiry').on(t.expiresAt),
    index('sessions_address')
      .on(t.address)
      .where(sql`address is not null`),
    index('sessions_identity')
      .on(t.identityId)
      .where(sql`identity_id is not null`),
  ],
)

/**
 * Links sent by mail: single use, bound to the account and its address at that time. The table has the SHA-256 of the random token.
 * A `change` confirms a new address, an `undo` brings the old one back, a `join` proves that an account of a provider is the holder's.
 */
export const mailTokens = pgTable(
  'mail_tokens',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    purpose: text('purpose', { enum: ['confirm', 'reset', 'change', 'undo', 'join'] }).notNull(),
    email: text('email').notNull(),
    /** The data of the link's action: the new address, or the provider's account. */
    data: jsonb('data').$type<Record<string, string>>().notNull().default({}),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('mail_tokens_account').on(t.accountId), index('mail_tokens_expiry').on(t.expiresAt)],
)

/** Numbers of attempts in a window of time, for limits over all processes, such as the limit of log-ins. */
export const attempts = pgTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    count: bigint('count', { mode: 'number' }).notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('attempts_expiry').on(t.expiresAt), check('attempts_positive', sql`count > 0`)],
)
