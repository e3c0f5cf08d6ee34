/** Settings that admins change while the instance runs. */
import { type AnyColumn, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { isOneOf } from '../platform/db/arrays.ts'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import { roles } from '../platform/db/schema/accounts.ts'
import { settings } from '../platform/db/schema/instance.ts'
import { limits } from './limits.ts'

export const registrationModes = ['open', 'approval', 'invitation', 'closed'] as const
export type RegistrationMode = (typeof registrationModes)[number]

/** Ten years. */
export const maxAddressesKeptDays = 3_650

/** The form of each setting, and its default. */
export const settingShapes = {
  title: z.string().min(1).max(100).default('Pipit'),
  /** A sentence or two about this instance, plain text. */
  description: z.string().max(500).default('A small place to talk, part of the fediverse.'),
  /** Whether people may sign up: anybody, after approval by a moderator, with an invitation, or not at all, which is the default. */
  registrations: z.enum(registrationModes).default('closed'),
  /** The people who may invite others; where registration is closed, nobody. */
  inviters: z.enum(['nobody', 'staff', 'users']).default('users'),
  /** Years that a person must have lived to sign up; 0: not asked. */
  minAge: z.int().min(0).max(99).default(0),
  /** Whether a sign-up on the website solves a task that costs a machine some work, or answers a question. */
  captcha: z.enum(['none', 'work']).default('none'),
  /** The question for browsers without scripts, and its right answers; a sum if one of them is empty. */
  captchaQuestion: z.string().max(200).default(''),
  captchaAnswers: z.array(z.string().min(1).max(100)).max(20).default([]),
  /** Usernames that nobody can sign up with; `*` stands for any characters. */
  blockedUsernames: z
    .array(
      z
        .string()
        .max(60)
        .regex(/^[\w*]+$/)
        .regex(/\w/),
    )
    .max(1000)
    .default([]),
  /** Built-in roles whose people must have a second factor; `user` means also those with a role that admins made. */
  secondFactorRoles: z.array(z.enum(roles)).max(roles.length).default([]),
  /** Days that addresses of clients are kept. */
  addressesKeptDays: z.int().min(1).max(maxAddressesKeptDays).default(90),
  contactEmail: z.union([z.email(), z.literal('')]).default(''),
  /** Whether trends are shown only after a moderator has approved them. */
  trendsNeedReview: z.boolean().default(false),
  /** Whether this server federates only with allowed servers; `limitFederation` changes it. */
  limitedFederation: z.boolean().default(false),
  /** The people who may see the limited and suspended servers, and the reasons. */
  showsDomainRules: z.enum(['nobody', 'users', 'all']).default('nobody'),
  showsDomainReasons: z.enum(['nobody', 'users', 'all']).default('nobody'),
  /** Whether everybody may see the figures of moderation. */
  showsTransparency: z.boolean().default(true),
  /** Whether other servers have to sign their fetches. */
  authorizedFetch: z.boolean().default(false),
  /** Handles of accounts that are suggested to newcomers first. */
  suggestedAccounts: z.array(z.string().min(1).max(400)).max(50).default([]),
  /** Files of one post. */
  maxMediaAttachments: z.int().min(1).max(limits.status.maxMediaAttachments).default(4),
}
export type InstanceSettings = { [Name in keyof typeof settingShapes]: z.infer<(typeof settingShapes)[Name]> }

/** All settings, cached until they change; a setting that no admin has changed has its default. */
export const loadSettings = cachedUntilChanged('settings', async (db): Promise<InstanceSettings> => {
  const rows = await db
    .select()
    .from(settings)
    .where(isOneOf(settings.name, Object.keys(settingShapes)))
  const stored = new Map(rows.map(({ name, value }) => [name, value]))
  const entries = Object.entries(settingShapes).map(([name, shape]) => {
    const parsed = shape.safeParse(stored.get(name) ?? undefined)
    return [name, parsed.success ? parsed.data : shape.parse(undefined)]
  })
  return Object.freeze(Object.fromEntries(entries)) as InstanceSettings
})

/** Whether a setting is on, as part of another statement; such settings are off by default. */
export const settingIsOn = (name: 'authorizedFetch'): SQL =>
  sql`coalesce((select value = 'true'::jsonb from settings where name = ${sql.raw(`'${name}'`)}), false)`

/** Whether people of a built-in role must have a second factor, as part of another statement. */
export const isSecuredRole = (role: AnyColumn): SQL =>
  sql`coalesce((select value @> to_jsonb(${role}) from settings where name = 'secondFactorRoles'), false)`
