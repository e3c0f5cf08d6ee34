import { eq, sql } from 'drizzle-orm'
import { processAvatar, processHeader } from '../../media/images.ts'
import { type PendingFiles, pendingFiles } from '../../media/pending-files.ts'
import { emit } from '../../outbox/emit.ts'
import type { App } from '../../platform/app.ts'
import type { Reader } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { statement } from '../../platform/db/statement.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { limits } from '../../rules/limits.ts'
import { cleanName, plainText } from '../../text/clean.ts'
import { mentionsIn } from '../../text/extract.ts'
import { refuse } from '../../text/refusals.ts'
import { renderProfileNote } from '../../text/render.ts'
import { resolveMentions } from '../resolve-mentions.ts'
import { bounded } from './bounded.ts'
import { type FieldInput, hasUnverifiedLinks, keepVerified, toFields } from './fields.ts'
import type { Preferences } from './preferences.ts'

/** A change of a profile. An undefined member leaves its part unchanged. */
export type ProfileInput = {
  displayName?: string
  note?: string
  fields?: FieldInput[]
  isLocked?: boolean
  isBot?: boolean
  isDiscoverable?: boolean
  isIndexable?: boolean
  hidesCollections?: boolean
  showsMedia?: boolean
  showsMediaReplies?: boolean
  showsFeatured?: boolean
  /** Hosts, or URLs on them, whose pages may name this account as their author. */
  attributionDomains?: string[]
  avatarDescription?: string
  headerDescription?: string
  /** The bytes of an image, or null to remove it. */
  avatar?: Buffer | null
  header?: Buffer | null
}

type ProfileChange = Partial<typeof accounts.$inferInsert>

/**
 * Changes a profile. Images are shrunk, stripped of metadata and stored before the transaction. A job removes the files that
 * they replace.
 *
 * @throws Refusal `invalid` when something is too long, or not an image
 */
export async function updateProfile(app: App, accountId: AccountId, input: ProfileInput): Promise<void> {
  await using stored = pendingFiles(app.storage)
  const change = await prepareProfile(app, stored, input)
  await app.db.transaction(async (tx) => {
    const [before] = await tx
      .select({
        avatarFile: accounts.avatarFile,
        headerFile: accounts.headerFile,
        fields: accounts.fields,
        isLocked: accounts.isLocked,
      })
      .from(accounts)
      .where(eq(accounts.id, accountId))
      .for('update')
    const fields = change.fields && keepVerified(change.fields, before?.fields ?? [])
    await tx
      .update(accounts)
      .set({ ...change, ...(fields ? { fields } : {}), updatedAt: sql`now()` })
      .where(eq(accounts.id, accountId))
    const replaced = [
      change.avatarFile !== undefined && before?.avatarFile,
      change.headerFile !== undefined && before?.headerFile,
    ].filter((file) => typeof file === 'string')
    if (replaced.length > 0) await emit(tx, { type: 'files.orphaned', files: replaced })
    await emit(tx, { type: 'account.updated', accountId })
    if (before?.isLocked && change.isLocked === false) await emit(tx, { type: 'account.opened', accountId })
    if (fields && hasUnverifiedLinks(fields)) await emit(tx, { type: 'links.unverified', accountId, isLocal: true })
  })
  stored.keep()
}

async function prepareProfile(app: App, stored: PendingFiles, input: ProfileInput): Promise<ProfileChange> {
  const change: ProfileChange = {}
  if (input.displayName !== undefined)
    change.displayName = bounded(
      'displayName',
      cleanName(input.displayName, 1_000),
      limits.account.maxDisplayNameLength,
    )
  if (input.note !== undefined) {
    const note = bounded('biography', plainText(input.note).trim(), limits.account.maxNoteLength)
    change.noteSource = note
    change.note = renderProfileNote(note, {
      mentions: (await resolveMentions(app, mentionsIn(note))).links,
      tagUrl: app.uris.tag,
    })
  }
  if (input.fields !== undefined) change.fields = toFields(app.uris, input.fields)
  if (input.isLocked !== undefined) change.isLocked = input.isLocked
  if (input.isBot !== undefined) change.actorType = input.isBot ? 'Service' : 'Person'
  if (input.isDiscoverable !== undefined) change.isDiscoverable = input.isDiscoverable
  if (input.isIndexable !== undefined) change.isIndexable = input.isIndexable
  if (input.hidesCollections !== undefined) change.hidesCollections = input.hidesCollections
  if (input.showsMedia !== undefined) change.showsMedia = input.showsMedia
  if (input.showsMediaReplies !== undefined) change.showsMediaReplies = input.showsMediaReplies
  if (input.showsFeatured !== undefined) change.showsFeatured = input.showsFeatured
  if (input.attributionDomains !== undefined) change.attributionDomains = toDomains(input.attributionDomains)
  // The old description does not fit a new image, nor none.
  if (input.avatar !== undefined || input.avatarDescription !== undefined) {
    change.avatarDescription =
      input.avatar === null ? '' : imageDescription('avatarDescription', input.avatarDescription ?? '')
  }
  if (input.header !== undefined || input.headerDescription !== undefined) {
    change.headerDescription =
      input.header === null ? '' : imageDescription('headerDescription', input.headerDescription ?? '')
  }
  if (input.avatar !== undefined)
    change.avatarFile = input.avatar && (await stored.put('webp', await imageOf('avatar', processAvatar(input.avatar))))
  if (input.header !== undefined)
    change.headerFile = input.header && (await stored.put('webp', await imageOf('header', processHeader(input.header))))
  return change
}

/** A processed image. Its refusal names the field of the image in its values. */
async function imageOf<Image>(field: 'avatar' | 'header', processed: Promise<Image>): Promise<Image> {
  try {
    return await processed
  } catch (error) {
    if (!(error instanceof Refusal) || !error.text) throw error
    const { code, message, problems, text } = error
    throw new Refusal(code, message, problems, { ...text, values: { ...text.values, field } })
  }
}

const imageDescription = (field: string, text: string): string =>
  bounded(field, plainText(text).trim(), limits.account.maxImageDescriptionLength)

/** Normalizes hosts for comparison: lower case, A-labels, no scheme, path or leading `*.`. */
function toDomains(input: string[]): string[] {
  const written = input
    .map(
      (domain) =>
        domain
          .trim()
          .replace(/^https?:\/\//i, '')
          .split(/[/?#]/, 1)[0]
          ?.replace(/^(?:\*\.)+/, '') ?? '',
    )
    .filter((domain) => domain !== '')
  if (written.length > limits.account.maxAttributionDomains) {
    throw refuse('invalid', 'tooManyAttributionDomains', { max: limits.account.maxAttributionDomains })
  }
  const hosts = written.map((domain) => {
    const host = URL.parse(`https://${domain}`)?.hostname
    if (!host?.includes('.') || /[@\s:]/.test(domain))
      throw refuse('invalid', 'attributionDomainInvalid', { domain: domain.slice(0, 100) })
    return host
  })
  return [...new Set(hosts)]
}

/** The parts of a profile that only its owner sees. `followRequests` counts up to 100. */
export type OwnProfile = Preferences & { noteSource: string; email: string; followRequests: number }

const findOwnProfile = statement<{ id: AccountId }, OwnProfile>(
  'own_profile',
  ({ id }) => sql`
    select ${accounts.noteSource} as "noteSource", ${users.email} as email, ${users.defaultVisibility} as "defaultVisibility", ${users.defaultSensitive} as "defaultSensitive",
      ${users.defaultLanguage} as "defaultLanguage", ${users.defaultQuotePolicy} as "defaultQuotePolicy", ${users.defaultFormat} as "defaultFormat", ${users.defaultInteractionPolicies} as "defaultInteractionPolicies", ${users.undoSeconds} as "undoSeconds",
      ${users.descriptionRule} as "descriptionRule", ${users.mediaDisplay} as "mediaDisplay", ${users.expandsWarnings} as "expandsWarnings", ${users.appearance} as appearance,
      ${users.textSize} as "textSize", ${users.locale} as locale, ${users.timeZone} as "timeZone", ${users.groupsBoosts} as "groupsBoosts", ${users.autoplaysLoops} as "autoplaysLoops",
      ${users.usesSingleKeys} as "usesSingleKeys", ${users.mailsMentions} as "mailsMentions",
      (select count(*)::int from (select from follow_requests r where r.target_id = ${users.accountId} limit 100) requests) as "followRequests"
    from users join accounts on ${accounts.id} = ${users.accountId}
    where ${users.accountId} = ${id}::bigint`,
)

/** The profile as its owner typed it, and the preferences: for forms and for `source`. */
export async function loadOwnProfile(db: Reader, accountId: AccountId): Promise<OwnProfile | null> {
  return (await findOwnProfile(db, { id: accountId }))[0] ?? null
}
