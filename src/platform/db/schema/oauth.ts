import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { AccountId, ApplicationId, TokenId } from '../../ids.ts'
import { bytea, createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'

/** Apps that registered with the API. */
export const applications = pgTable(
  'applications',
  {
    id: id<ApplicationId>('id').primaryKey(),
    name: text('name').notNull(),
    website: text('website'),
    clientId: text('client_id').notNull().unique(),
    /** SHA-256 of the secret, which is shown once. */
    clientSecretHash: bytea('client_secret_hash').notNull(),
    redirectUris: text('redirect_uris').array().notNull(),
    scopes: text('scopes').array().notNull(),
    createdAt: createdAt(),
  },
  () => [check('applications_redirect', sql`cardinality(redirect_uris) > 0`)],
)

/** Authorization codes (RFC 6749, 4.1): spent once, ten minutes valid; SHA-256 of the code. */
export const authorizationCodes = pgTable(
  'authorization_codes',
  {
    codeHash: bytea('code_hash').primaryKey(),
    applicationId: id<ApplicationId>('application_id')
      .notNull()
      .references(() => applications.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    redirectUri: text('redirect_uri').notNull(),
    scopes: text('scopes').array().notNull(),
    /** PKCE (RFC 7636), S256. */
    codeChallenge: text('code_challenge'),
    expiresAt: moment('expires_at').notNull(),
    spentAt: moment('spent_at'),
    /** The token that the code was exchanged for; a second use of the code revokes it. */
    tokenId: id<TokenId>('token_id').references(() => accessTokens.id, { onDelete: 'set null' }),
  },
  (t) => [
    index('authorization_codes_expiry').on(t.expiresAt),
    index('authorization_codes_account').on(t.accountId),
    index('authorization_codes_application').on(t.applicationId),
    index('authorization_codes_token')
      .on(t.tokenId)
      .where(sql`token_id is not null`),
  ],
)

/** Bearer tokens; without an account they speak for the app alone. SHA-256 of the token. */
export const accessTokens = pgTable(
  'access_tokens',
  {
    id: id<TokenId>('id').primaryKey(),
    tokenHash: bytea('token_hash').notNull(),
    applicationId: id<ApplicationId>('application_id')
      .notNull()
      .references(() => applications.id, { onDelete: 'cascade' }),
    accountId: id<AccountId>('account_id').references(() => accounts.id, { onDelete: 'cascade' }),
    scopes: text('scopes').array().notNull(),
    /** The person's name for a token that they made themselves, and its end. Tokens of apps have neither. */
    name: text('name'),
    expiresAt: moment('expires_at'),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at'),
    /** Deleted like those of the security log. */
    lastAddress: text('last_address'),
    revokedAt: moment('revoked_at'),
  },
  (t) => [
    uniqueIndex('access_tokens_hash').on(t.tokenHash),
    index('access_tokens_account').on(t.accountId),
    index('access_tokens_application').on(t.applicationId),
    index('access_tokens_expiry')
      .on(t.expiresAt)
      .where(sql`expires_at is not null`),
    index('access_tokens_revoked')
      .on(t.revokedAt)
      .where(sql`revoked_at is not null`),
  ],
)
