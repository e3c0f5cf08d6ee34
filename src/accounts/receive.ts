/** Stores remote profiles, which `federation/parse` turned into plain data. */
import { and, eq, ne, sql } from 'drizzle-orm'
import { receiveEmojis, type RemoteEmoji } from '../media/emojis/receive.ts'
import { emit } from '../outbox/emit.ts'
import type { Tx } from '../platform/db/index.ts'
import { accounts, accountStats, type ProfileField } from '../platform/db/schema/accounts.ts'
import { Refusal } from '../platform/errors.ts'
import { type AccountId, idAt } from '../platform/ids.ts'
import { rulesAbout } from '../rules/servers/current.ts'
import { ruleHost, takesFile, effectiveRule, strictest } from '../rules/servers/rulebook.ts'
import { cleanName } from '../text/clean.ts'
import { sanitizeHtml } from '../text/html/sanitize.ts'
import { handleMatches } from './find.ts'
import { isFollowedHere } from './followed-here.ts'
import { hasUnverifiedLinks, keepVerified } from './profile/fields.ts'

/** A remote profile. The account's server has confirmed its handle. */
export type RemoteAccount = {
  uri: string
  url: string
  username: string
  domain: string
  actorType: 'Person' | 'Service' | 'Application' | 'Group' | 'Organization'
  displayName: string
  /** HTML, not sanitized yet. */
  note: string
  /** `value` is HTML, not sanitized yet. */
  fields: { name: string; value: string }[]
  /** Custom emojis that its texts use. */
  emojis?: RemoteEmoji[]
  avatarUrl: string | null
  headerUrl: string | null
  /** Alternative texts of avatar and header. */
  avatarDescription?: string
  headerDescription?: string
  /** Hosts whose pages may name it as their author. */
  attributionDomains?: string[]
  /** ActivityPub ids of accounts that it declares to belong to the same person. */
  alsoKnownAs?: string[]
  /** ActivityPub id of the account that it moved to. */
  movedToUri?: string | null
  isLocked: boolean
  isDiscoverable: boolean
  isIndexable: boolean
  /** Whether the account is kept in memory of a person who died. */
  isMemorial?: boolean
  inboxUrl: string
  sharedInboxUrl: string | null
  outboxUrl: string | null
  followersUrl: string | null
  followingUrl: string | null
  featuredUrl: string | null
  featuredTagsUrl?: string | null
  featuredCollectionsUrl?: string | null
  /** Who may ask to put it into a collection: `public`, `followers`, `following` or URIs. */
  canFeature?: string[] | null
  publishedAt: Date | null
  /** Whether its own server suspended it. */
  isSuspended?: boolean
}

/**
 * Stores a remote profile, or updates the stored one.
 *
 * @throws Refusal `not_permitted` when the account is suspended or deleted here, or its server is suspended
 */
export async function receiveRemoteAccount(tx: Tx, data: RemoteAccount): Promise<AccountId> {
  const emojis = data.emojis ?? []
  const files = [data.avatarUrl, data.headerUrl, ...emojis.map(({ url }) => url)].filter((url) => url !== null)
  const book = await rulesAbout(tx, [data.domain, ...[data.uri, ...files].map(ruleHost)])
  const rule = strictest([effectiveRule(book, data.domain), effectiveRule(book, ruleHost(data.uri))])
  if (rule.severity === 'suspend') throw new Refusal('not_permitted', 'The server of this account is suspended here')
  const shown = (url: string | null) => (url !== null && !rule.rejectsMedia && takesFile(book, url) ? url : null)
  // Locked, as a job may be verifying its links at the same time.
  const [before] = await tx
    .select({ fields: accounts.fields })
    .from(accounts)
    .where(eq(accounts.uri, data.uri))
    .for('update')
  const received = data.fields
    .slice(0, 20)
    .map(({ name, value }): ProfileField => ({ name: cleanName(name, 255), value: sanitizeHtml(value) }))
  const fields = keepVerified(received, before?.fields ?? [])
  const profile = {
    url: data.url,
    username: data.username,
    domain: data.domain,
    actorType: data.actorType,
    displayName: cleanName(data.displayName, 100),
    note: sanitizeHtml(data.note),
    fields,
    avatarRemoteUrl: shown(data.avatarUrl),
    headerRemoteUrl: shown(data.headerUrl),
    avatarDescription: cleanName(data.avatarDescription ?? '', 1_500),
    headerDescription: cleanName(data.headerDescription ?? '', 1_500),
    attributionDomains: (data.attributionDomains ?? []).slice(0, 100),
    alsoKnownAs: [...new Set(data.alsoKnownAs)].slice(0, 100),
    // Only to an account that names this one as its alias.
    movedToId: data.movedToUri
      ? sql<AccountId>`(select target.id from accounts target where target.uri = ${data.movedToUri} and target.uri <> ${data.uri} and ${data.uri} = any(target.also_known_as))`
      : null,
    isLocked: data.isLocked,
    isDiscoverable: data.isDiscoverable,
    isIndexable: data.isIndexable,
    isMemorial: data.isMemorial ?? false,
    inboxUrl: data.inboxUrl,
    sharedInboxUrl: data.sharedInboxUrl,
    inboxMissingAt: null,
    inboxGoneAt: null,
    outboxUrl: data.outboxUrl,
    followersUrl: data.followersUrl,
    followingUrl: data.followingUrl,
    featuredUrl: data.featuredUrl,
    featuredTagsUrl: data.featuredTagsUrl ?? null,
    featuredCollectionsUrl: data.featuredCollectionsUrl ?? null,
    canFeature: data.canFeature ?? null,
    fetchedAt: sql`now()`,
    missingSince: null,
    updatedAt: sql`now()`,
    // Set and lifted as its own server says; the condition below keeps other suspensions.
    suspendedAt: data.isSuspended ? sql<Date>`now()` : null,
    suspendedBy: data.isSuspended ? ('origin' as const) : null,
  }
  const whenNew = rule.severity === 'silence' ? { silencedAt: sql<Date>`now()`, silencedBy: 'domain' as const } : {}
  // Two requests that find the same account at the same moment would both insert it, and one fail at the index of handles.
  if (!before) await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`account ${data.uri}`}, 0))`)
  await releaseHandle(tx, data)
  const publishedAt = new Date(Math.min(data.publishedAt?.getTime() ?? Date.now(), Date.now()))
  const [stored] = await tx
    .insert(accounts)
    .values({ ...profile, ...whenNew, id: idAt<AccountId>(publishedAt), uri: data.uri, createdAt: publishedAt })
    .onConflictDoUpdate({
      target: accounts.uri,
      set: profile,
      setWhere: sql`${accounts.domain} is not null and (${accounts.suspendedAt} is null or ${accounts.suspendedBy} = 'origin') and ${accounts.deletedAt} is null`,
    })
    .returning({ id: accounts.id })
  if (!stored) throw new Refusal('not_permitted', 'This account may not be stored')
  await tx.insert(accountStats).values({ accountId: stored.id }).onConflictDoNothing()
  await receiveEmojis(
    tx,
    data.domain,
    emojis.filter(({ url }) => shown(url)),
  )
  if (changed(received, before?.fields) && hasUnverifiedLinks(fields))
    await emit(tx, { type: 'links.unverified', accountId: stored.id, isLocal: false })
  if (
    (data.featuredUrl || data.featuredTagsUrl || data.featuredCollectionsUrl) &&
    (await isFollowedHere(tx, stored.id))
  )
    await emit(tx, { type: 'profile.read', accountId: stored.id })
  return stored.id
}

const changed = (now: readonly ProfileField[], before: readonly ProfileField[] = []): boolean =>
  now.length !== before.length ||
  now.some(({ name, value }, i) => name !== before[i]?.name || value !== before[i].value)

/** Renames the account that used to have the handle, when its server has given the handle to another account. */
async function releaseHandle(tx: Tx, data: RemoteAccount): Promise<void> {
  await tx
    .update(accounts)
    .set({ username: sql`'was.' || ${accounts.id}` })
    .where(and(handleMatches([{ username: data.username, domain: data.domain }]), ne(accounts.uri, data.uri)))
}
