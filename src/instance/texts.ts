import { eq, sql } from 'drizzle-orm'
/** Longer texts about an instance, each with a page of its own: Markdown, as an admin wrote them. */
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import type { App } from '../platform/app.ts'
import { isOneOf } from '../platform/db/arrays.ts'
import { cachedUntilChanged } from '../platform/db/cache.ts'
import { changed } from '../platform/db/changes.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { settings } from '../platform/db/schema/instance.ts'
import { Refusal } from '../platform/errors.ts'
import { loadSettings } from '../rules/settings.ts'
import { countGraphemes, plainText } from '../text/clean.ts'
import { problemWith } from '../text/refusals.ts'
import { render } from '../text/render.ts'
import { defaultPrivacyPolicy, defaultWrittenAt } from './privacy-policy.ts'

/** Their names as rows of the settings. */
const rows = {
  extendedDescription: 'extended_description',
  privacyPolicy: 'privacy_policy',
  termsOfService: 'terms_of_service',
} as const
export type TextName = keyof typeof rows

/** A text with the moment of its last change. */
export type InstanceText = { source: string; updatedAt: Date }

const maxLength = 50_000

/** A text as an admin wrote it, cached until it changes; null when there is none. */
export const loadText = async (db: Reader, name: TextName): Promise<InstanceText | null> =>
  (await loadTexts(db)).get(rows[name]) ?? null

const loadTexts = cachedUntilChanged('settings', async (db): Promise<ReadonlyMap<string, InstanceText>> => {
  const stored = await db
    .select()
    .from(settings)
    .where(isOneOf(settings.name, Object.values(rows)))
  return new Map(stored.flatMap(({ name, value }) => toText(name, value as Stored)))
})

type Stored = { source?: unknown; updatedAt?: unknown } | null

const toText = (name: string, value: Stored): [string, InstanceText][] =>
  typeof value?.source === 'string' && value.source !== '' && typeof value.updatedAt === 'string'
    ? [[name, { source: value.source, updatedAt: new Date(value.updatedAt) }]]
    : []

/** The privacy policy: an admin's text, or else the default, which is true for every Pipit. */
export async function loadPrivacyPolicy(app: App): Promise<InstanceText> {
  const own = await loadText(app.db, 'privacyPolicy')
  if (own) return own
  const { addressesKeptDays } = await loadSettings(app.db)
  return { source: defaultPrivacyPolicy(app.config.handleHost, addressesKeptDays), updatedAt: defaultWrittenAt }
}

/**
 * Stores a text; an empty one deletes it. An unchanged text keeps its date.
 *
 * @throws Refusal `invalid` for a text that is too long
 */
export async function saveText(tx: Tx, staff: Staff, name: TextName, text: string): Promise<void> {
  requirePermission(staff, 'manage_settings')
  const source = plainText(text).trim()
  if (countGraphemes(source) > maxLength) {
    const problem = problemWith(rows[name], 'ERR_TOO_LONG', 'tooManyCharacters', { max: maxLength })
    throw new Refusal('invalid', `Text ${problem.message}`, [problem])
  }
  if (((await loadText(tx, name))?.source ?? '') === source) return
  const value = JSON.stringify({ source, updatedAt: new Date().toISOString() })
  if (source === '') await tx.delete(settings).where(eq(settings.name, rows[name]))
  else
    await tx
      .insert(settings)
      .values({ name: rows[name], value: sql`${value}::jsonb` })
      .onConflictDoUpdate({ target: settings.name, set: { value: sql`excluded.value` } })
  await audit(tx, staff, 'text', 'change', { id: name, name })
  await changed(tx, 'settings')
}

/** A text as safe HTML, without mentions. */
export const textHtml = (app: App, source: string): string =>
  render(source, 'markdown', { mentions: new Map(), tagUrl: app.uris.tag })
