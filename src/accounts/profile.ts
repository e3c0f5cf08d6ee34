import { eq, sql } from 'drizzle-orm'
import type { App } from '../app.ts'
import type { Reader, Tx } from '../db/index.ts'
import { accounts, type ProfileField, users } from '../db/schema/accounts.ts'
import { Refusal } from '../errors.ts'
import type { AccountId } from '../ids.ts'
import { limits } from '../instance/limits.ts'
import { processAvatar, processHeader } from '../media/images.ts'
import { newFileName } from '../media/names.ts'
import { emit } from '../outbox.ts'
import { resolveMentions } from '../statuses/prepare.ts'
import { cleanName, plainText } from '../text/clean.ts'
import { countCharacters } from '../text/count.ts'
import { mentionsIn } from '../text/extract.ts'
import { renderFieldValue, renderProfileNote } from '../text/render.ts'

/** What a person may change of its profile. What is undefined stays as it is. */
export type ProfileInput = {
  displayName?: string
  note?: string
  fields?: { name: string; value: string }[]
  isLocked?: boolean
  isBot?: boolean
  isDiscoverable?: boolean
  isIndexable?: boolean
  hidesCollections?: boolean
  /** The bytes of an image, or null to take it away. */
  avatar?: Buffer | null
  header?: Buffer | null
}

/** What a person chose for new statuses and mails; the API calls part of it `source`. */
export type Preferences = Pick<typeof users.$inferSelect, 'defaultVisibility' | 'defaultSensitive' | 'defaultLanguage' | 'mailsMentions'>

type ProfileChange = Partial<typeof accounts.$inferInsert>

/**
 * Changes a profile. Images are made small and free of metadata, and stored, before the transaction; the files that they
 * replace are removed by a job.
 *
 * @throws Refusal `unprocessable` when something is too long, or not an image
 */
export async function updateProfile(app: App, accountId: AccountId, input: ProfileInput): Promise<void> {
  const change = await prepareProfile(app, input)
  const stored = [change.avatarFile, change.headerFile].filter((file) => typeof file === 'string')
  const storing = app.db.transaction(async (tx) => {
    const [before] = await tx.select({ avatarFile: accounts.avatarFile, headerFile: accounts.headerFile }).from(accounts).where(eq(accounts.id, accountId)).for('update')
    await tx.update(accounts).set({ ...change, updatedAt: sql`now()` }).where(eq(accounts.id, accountId))
    const replaced = [change.avatarFile !== undefined && before?.avatarFile, change.headerFile !== undefined && before?.headerFile].filter((file) => typeof file === 'string')
    if (replaced.length > 0) await emit(tx, { type: 'files.orphaned', files: replaced })
    await emit(tx, { type: 'account.updated', accountId })
  })
  await storing.catch(async (error: unknown) => {
    await Promise.all(stored.map((file) => app.storage.remove(file)))
    throw error
  })
}

async function prepareProfile(app: App, input: ProfileInput): Promise<ProfileChange> {
  const change: ProfileChange = {}
  if (input.displayName !== undefined) change.displayName = bounded('Display name', cleanName(input.displayName, 1_000), limits.account.maxDisplayNameLength)
  if (input.note !== undefined) {
    const note = bounded('Biography', plainText(input.note).trim(), limits.account.maxNoteLength)
    change.noteSource = note
    change.note = renderProfileNote(note, { mentions: (await resolveMentions(app, mentionsIn(note))).links, tagUrl: app.uris.tag })
  }
  if (input.fields !== undefined) change.fields = toFields(app, input.fields)
  if (input.isLocked !== undefined) change.isLocked = input.isLocked
  if (input.isBot !== undefined) change.actorType = input.isBot ? 'Service' : 'Person'
  if (input.isDiscoverable !== undefined) change.isDiscoverable = input.isDiscoverable
  if (input.isIndexable !== undefined) change.isIndexable = input.isIndexable
  if (input.hidesCollections !== undefined) change.hidesCollections = input.hidesCollections
  if (input.avatar !== undefined) change.avatarFile = input.avatar && (await store(app, await processAvatar(input.avatar)))
  if (input.header !== undefined) change.headerFile = input.header && (await store(app, await processHeader(input.header)))
  return change
}

function toFields(app: App, given: { name: string; value: string }[]): ProfileField[] {
  const filled = given.map(({ name, value }) => ({ name: cleanName(name, 1_000), value: plainText(value).trim() })).filter(({ name, value }) => name !== '' || value !== '')
  if (filled.length > limits.account.maxFields) throw new Refusal('unprocessable', `Validation failed: At most ${limits.account.maxFields} fields`)
  return filled.map(({ name, value }) => ({
    name: bounded('Field name', name, limits.account.maxFieldNameLength),
    value: renderFieldValue(bounded('Field value', value, limits.account.maxFieldValueLength), { mentions: new Map(), tagUrl: app.uris.tag }),
    source: value,
    verifiedAt: null,
  }))
}

async function store(app: App, image: Buffer): Promise<string> {
  const name = newFileName('webp')
  await app.storage.put(name, image)
  return name
}

function bounded(what: string, text: string, max: number): string {
  if (countCharacters(text) > max) throw new Refusal('unprocessable', `Validation failed: ${what} is too long: at most ${max} characters`)
  return text
}

/** What a person typed into its profile, and its preferences, for forms and for `source`. */
export async function loadOwnProfile(db: Reader, accountId: AccountId): Promise<(Preferences & { noteSource: string; email: string }) | null> {
  const [found] = await db
    .select({
      noteSource: accounts.noteSource,
      email: users.email,
      defaultVisibility: users.defaultVisibility,
      defaultSensitive: users.defaultSensitive,
      defaultLanguage: users.defaultLanguage,
      mailsMentions: users.mailsMentions,
    })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, users.accountId))
    .where(eq(users.accountId, accountId))
  return found ?? null
}

export async function savePreferences(tx: Tx, accountId: AccountId, changes: Partial<Preferences>): Promise<void> {
  if (Object.keys(changes).length > 0) await tx.update(users).set(changes).where(eq(users.accountId, accountId))
}
