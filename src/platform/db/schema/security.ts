/** Protection of accounts: second factors, known browsers, the security log, and unfinished sign-ins. */
import { sql } from 'drizzle-orm'
import { bigint, boolean, index, jsonb, pgTable, primaryKey, smallint, text } from 'drizzle-orm/pg-core'
import type { AccountId, PasskeyId, SecurityEventId } from '../../ids.ts'
import { bytea, createdAt, id, moment } from '../columns.ts'
import { accounts } from './accounts.ts'

const accountOf = (name: string) => id<AccountId>(name).references(() => accounts.id, { onDelete: 'cascade' })

/** Passkeys (WebAuthn credentials). */
export const passkeys = pgTable(
  'passkeys',
  {
    id: id<PasskeyId>('id').primaryKey(),
    accountId: accountOf('account_id').notNull(),
    credentialId: bytea('credential_id').notNull().unique('passkeys_credential'),
    /** COSE key. */
    publicKey: bytea('public_key').notNull(),
    /** The authenticator's number of signatures; 0 if it does not count. */
    counter: bigint('counter', { mode: 'number' }).notNull().default(0),
    transports: text('transports').array().notNull().default([]),
    /** The person's name for it. */
    name: text('name').notNull(),
    /** Whether it is copied to the person's other devices. */
    isBackedUp: boolean('is_backed_up').notNull().default(false),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at'),
  },
  (t) => [index('passkeys_of_account').on(t.accountId, t.id)],
)

/** Codes that stand in for a lost second factor, each usable once. */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    accountId: accountOf('account_id').notNull(),
    codeHash: bytea('code_hash').notNull(),
    createdAt: createdAt(),
    usedAt: moment('used_at'),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.codeHash] })],
)

/** Browsers in which an account was logged in. A cookie, which outlives log-outs, holds a random token, the table its SHA-256. */
export const devices = pgTable(
  'devices',
  {
    accountId: accountOf('account_id').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at')
      .notNull()
      .default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.tokenHash] }), index('devices_age').on(t.lastUsedAt)],
)

/** The security log of each account: changes and uses of its ways to sign in. */
export const securityEvents = pgTable(
  'security_events',
  {
    id: id<SecurityEventId>('id').primaryKey(),
    accountId: accountOf('account_id').notNull(),
    /** `src/accounts/security/kinds.ts` lists them. */
    kind: text('kind').notNull(),
    /** The member of staff who did it; null: the person, or a stranger who tried. */
    actorId: id<AccountId>('actor_id').references(() => accounts.id, { onDelete: 'set null' }),
    /** Deleted after the number of days that the instance's settings give. */
    address: text('address'),
    userAgent: text('user_agent').notNull().default(''),
    details: jsonb('details').$type<Record<string, string>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    index('security_events_of_account').on(t.accountId, t.id),
    index('security_events_by_actor')
      .on(t.actorId, t.id)
      .where(sql`actor_id is not null`),
    index('security_events_with_address')
      .on(t.id)
      .where(sql`address is not null`),
    index('security_events_address')
      .on(t.address, t.accountId)
      .where(sql`address is not null`),
    // For networks, whose addresses begin alike.
    index('security_events_network')
      .on(sql`${t.address} text_pattern_ops`, t.accountId)
      .where(sql`address is not null`),
  ],
)

export const signInStateKinds = ['factor', 'provider', 'join', 'passkey', 'new-passkey'] as const
export type SignInStateKind = (typeof signInStateKinds)[number]

/**
 * Steps between the start of a sign-in and its end: a password that waits for its second factor, a person who is at a provider, a
 * WebAuthn challenge. Each is bound to the browser that began it, and used once.
 */
export const signInStates = pgTable(
  'sign_in_states',
  {
    /** SHA-256 of the random state in the form or address. */
    stateHash: bytea('state_hash').primaryKey(),
    /** SHA-256 of the browser's cookie. */
    browserHash: bytea('browser_hash').notNull(),
    kind: text('kind', { enum: signInStateKinds }).notNull(),
    /** The account that the sign-in is for, if it is known yet. */
    accountId: accountOf('account_id'),
    /** Sealed JSON. */
    data: text('data').notNull(),
    attempts: smallint('attempts').notNull().default(0),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
  },
  (t) => [index('sign_in_states_expiry').on(t.expiresAt), index('sign_in_states_account').on(t.accountId)],
)
