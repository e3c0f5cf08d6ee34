/** Settings that admins change while the instance runs. */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { isOneOf } from '../platform/db/arrays.ts'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import { settings } from '../platform/db/schema/instance.ts'

export const registrationModes = ['open', 'approval', 'closed'] as const
export type RegistrationMode = (typeof registrationModes)[number]

/** The form of each setting, and its default. */
export const settingShapes = {
  title: z.string().min(1).max(100).default('Pipit'),
  /** A sentence or two about this instance, plain text. */
  description: z.string().max(500).default('A small place to talk, part of the fediverse.'),
  /** Who may sign up: anybody, whom a moderator lets in, or nobody, until the owner says otherwise. */
  registrations: z.enum(registrationModes).default('closed'),
  contactEmail: z.union([z.email(), z.literal('')]).default(''),
  /** Whether trends are shown only after a moderator has looked at them. */
  trendsNeedReview: z.boolean().default(false),
  /** Whether there are only those other servers that are allowed; `limitFederation` changes it. */
  limitedFederation: z.boolean().default(false),
  /** Who may see which servers are limited or suspended, and why. */
  showsDomainRules: z.enum(['nobody', 'users', 'all']).default('nobody'),
  showsDomainReasons: z.enum(['nobody', 'users', 'all']).default('nobody'),
  /** Whether other servers have to sign what they fetch. */
  authorizedFetch: z.boolean().default(false),
  /** Handles of accounts that newcomers are told of first. */
  suggestedAccounts: z.array(z.string().min(1).max(400)).max(50).default([]),
}
export type InstanceSettings = { [Name in keyof typeof settingShapes]: z.infer<(typeof settingShapes)[Name]> }

/** All settings, from memory while they stay as they are; what no admin set yet has its default. */
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

/** Whether a setting is on, within a statement about something else; such settings are off unless an admin set them. */
export const settingIsOn = (name: 'authorizedFetch'): SQL =>
  sql`coalesce((select value = 'true'::jsonb from settings where name = ${sql.raw(`'${name}'`)}), false)`
