/** Changes the rules about other servers. New requests follow a change at once; a job applies it to stored data. */
import { createHash } from 'node:crypto'
import { asc, eq, ne, type SQL, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { emit } from '../outbox/emit.ts'
import { isOneOf } from '../platform/db/arrays.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { domainAllows, domainRules, severities, type Severity } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { Id } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { changingRules } from '../rules/servers/current.ts'
import { coveringDomains } from '../rules/servers/rulebook.ts'
import { loadSettings } from '../rules/settings.ts'
import { plainText } from '../text/clean.ts'
import { refuse } from '../text/refusals.ts'
import { storeSettings } from './save-settings.ts'

export { severities }

export type RuleInput = {
  severity: Severity
  rejectsMedia?: boolean
  rejectsReports?: boolean
  privateComment?: string
  publicComment?: string
  isObfuscated?: boolean
}
export type StoredRule = typeof domainRules.$inferSelect
export type RuleId = Id<'domain-rule'>
export type StoredAllow = typeof domainAllows.$inferSelect
export type AllowId = Id<'domain-allow'>

const maxCommentLength = 2_000
/** More than the longest shared lists have, and few enough to keep in memory. */
const maxRules = 50_000

/**
 * Sets the rule about a server and its subdomains, in place of an earlier one.
 *
 * @param domain a host, in any spelling
 * @returns the host as it is stored
 * @throws Refusal `unprocessable` for a malformed host, this server itself, comments that are too long, and when there are too many rules
 */
export async function setDomainRule(
  tx: Tx,
  staff: Staff,
  uris: Uris,
  domain: string,
  input: RuleInput,
): Promise<string> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  await set(tx, staff, host, input)
  return host
}

/**
 * Makes a rule about a server, unless one exists that is as strict: about this server, or about a domain above it.
 *
 * @returns the new rule, or the one that exists
 * @throws Refusal as `setDomainRule`
 */
export async function addDomainRule(
  tx: Tx,
  staff: Staff,
  uris: Uris,
  domain: string,
  input: RuleInput,
): Promise<{ added: StoredRule } | { existing: StoredRule }> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  const covering = coveringDomains(host)
  const found = await tx.select().from(domainRules).where(isOneOf(domainRules.domain, covering))
  // The most specific one counts.
  const [existing] = found.toSorted((a, b) => covering.indexOf(a.domain) - covering.indexOf(b.domain))
  if (existing && (existing.domain === host || !isStricter(input, existing))) return { existing }
  await set(tx, staff, host, input)
  return { added: await ruleOf(tx, eq(domainRules.domain, host)) }
}

/** Whether a rule about a subdomain is needed beside the one above, as Mastodon decides it. */
function isStricter({ severity, rejectsMedia = false, rejectsReports = false }: RuleInput, other: StoredRule): boolean {
  if (severity === 'suspend') return true
  if (severities.indexOf(severity) < severities.indexOf(other.severity)) return false
  return (rejectsMedia || !other.rejectsMedia) && (rejectsReports || !other.rejectsReports)
}

/** An undefined member leaves the rule as it is. */
export type RuleChange = { [Name in keyof RuleInput]?: RuleInput[Name] | undefined }

/**
 * Changes a rule about a server.
 *
 * @throws Refusal `not_permitted`, `not_found`, `unprocessable` for comments that are too long
 */
export async function changeDomainRule(tx: Tx, staff: Staff, id: RuleId, change: RuleChange): Promise<StoredRule> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  const before = await ruleOf(tx, eq(domainRules.id, id))
  await set(tx, staff, before.domain, {
    severity: change.severity ?? before.severity,
    rejectsMedia: change.rejectsMedia ?? before.rejectsMedia,
    rejectsReports: change.rejectsReports ?? before.rejectsReports,
    privateComment: change.privateComment ?? before.privateComment,
    publicComment: change.publicComment ?? before.publicComment,
    isObfuscated: change.isObfuscated ?? before.isObfuscated,
  })
  return ruleOf(tx, eq(domainRules.id, id))
}

/** @throws Refusal `not_permitted`, `not_found` */
export async function domainRuleById(db: Reader, staff: Staff, id: RuleId): Promise<StoredRule> {
  requirePermission(staff, 'manage_federation')
  return ruleOf(db, eq(domainRules.id, id))
}

/** A page of rules, the newest first. @throws Refusal `not_permitted` */
export async function domainRulesPage(db: Reader, staff: Staff, page: Page): Promise<StoredRule[]> {
  requirePermission(staff, 'manage_federation')
  const { where, orderBy, limit } = slice(domainRules.id, page)
  return settle(page, await db.select().from(domainRules).where(where).orderBy(orderBy).limit(limit))
}

async function ruleOf(db: Reader, where: SQL): Promise<StoredRule> {
  const [rule] = await db.select().from(domainRules).where(where)
  if (!rule) throw notFound()
  return rule
}

async function set(tx: Tx, staff: Staff, host: string, input: RuleInput): Promise<void> {
  await withinLimit(tx, domainRules, () => store(tx, host, input))
  await emit(tx, { type: 'domain.ruled', domain: host })
  const { severity, rejectsMedia = false, rejectsReports = false } = input
  await audit(tx, staff, 'domain', 'block', { id: host, name: host }, { severity, rejectsMedia, rejectsReports })
}

/**
 * Sets many rules, for example from another server's list.
 *
 * @param options `replaces`: whether rules that exist already are replaced
 * @returns the hosts whose rules were set
 */
export async function importDomainRules(
  tx: Tx,
  staff: Staff,
  uris: Uris,
  rules: readonly (RuleInput & { domain: string })[],
  { replaces = false } = {},
): Promise<string[]> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  if (rules.length > maxRules) throw tooMany()
  const set: string[] = []
  await withinLimit(tx, domainRules, async () => {
    for (const { domain, ...input } of rules) {
      const host = otherHost(uris, domain)
      if (await store(tx, host, input, replaces)) set.push(host)
    }
  })
  if (set.length > 0) {
    await emit(tx, { type: 'domain.ruled', domain: null })
    await audit(tx, staff, 'domain', 'import', { id: '', name: '' }, { count: set.length })
  }
  return set
}

async function store(tx: Tx, domain: string, input: RuleInput, replaces = true): Promise<boolean> {
  const { severity, rejectsMedia = false, rejectsReports = false, isObfuscated = false } = input
  const row = {
    severity,
    rejectsMedia,
    rejectsReports,
    isObfuscated,
    privateComment: comment(input.privateComment),
    publicComment: comment(input.publicComment),
  }
  const adding = tx.insert(domainRules).values({ domain, ...row })
  const set = replaces
    ? await adding
        .onConflictDoUpdate({ target: domainRules.domain, set: { ...row, updatedAt: sql`now()` } })
        .returning({ domain: domainRules.domain })
    : await adding.onConflictDoNothing().returning({ domain: domainRules.domain })
  return set.length > 0
}

/** Lifts the rule about a server. @throws Refusal `not_found` when there is none */
export async function removeDomainRule(tx: Tx, staff: Staff, domain: string): Promise<string> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  const [removed] = await tx
    .delete(domainRules)
    .where(eq(domainRules.domain, normalizeDomain(domain) ?? domain))
    .returning({ domain: domainRules.domain })
  if (!removed) throw notFound()
  await emit(tx, { type: 'domain.ruled', domain: removed.domain })
  await audit(tx, staff, 'domain', 'unblock', { id: removed.domain, name: removed.domain })
  return removed.domain
}

/**
 * The rule about this very host, not about one above it; null when there is none.
 *
 * @throws Refusal `not_permitted`
 */
export async function ruleAbout(db: Reader, staff: Staff, host: string): Promise<StoredRule | null> {
  requirePermission(staff, 'manage_federation')
  const [rule] = await db.select().from(domainRules).where(eq(domainRules.domain, host))
  return rule ?? null
}

/** All rules, by name. @throws Refusal `not_permitted` */
export async function listDomainRules(db: Reader, staff: Staff): Promise<StoredRule[]> {
  requirePermission(staff, 'manage_federation')
  return db.select().from(domainRules).orderBy(asc(domainRules.domain)).limit(maxRules)
}

/** The rules of the public list, suspensions first: all but `noop`. */
export async function publicRules(db: Reader, limit = maxRules): Promise<StoredRule[]> {
  return db
    .select()
    .from(domainRules)
    .where(ne(domainRules.severity, 'noop'))
    .orderBy(sql`${domainRules.severity} = 'suspend' desc`, asc(domainRules.domain))
    .limit(limit)
}

/** A rule as the public may see it. A reader who knows the whole name of a server can find it by the digest. */
export const publicRule = ({ domain, severity, publicComment, isObfuscated }: StoredRule) => ({
  domain: isObfuscated ? obfuscated(domain) : domain,
  digest: createHash('sha256').update(domain).digest('hex'),
  severity,
  reason: publicComment,
})

/** Hides a domain's name but its beginning, end and dots. */
function obfuscated(domain: string): string {
  const shown = Math.floor(domain.length / 4)
  return [...domain]
    .map((character, i) => (i > shown && i < domain.length - shown && character !== '.' ? '*' : character))
    .join('')
}

/** Whether a reader may see the rules about servers, and their reasons. */
export async function mayReadRules(db: Reader, isMember: boolean): Promise<{ rules: boolean; reasons: boolean }> {
  const { showsDomainRules, showsDomainReasons } = await loadSettings(db)
  const isShown = (audience: typeof showsDomainRules) => audience === 'all' || (audience === 'users' && isMember)
  return { rules: isShown(showsDomainRules), reasons: isShown(showsDomainReasons) }
}

/**
 * Allows a server while federation is limited: this host only, without subdomains. A second time nothing happens.
 *
 * @throws Refusal `unprocessable` for a malformed host, this server itself, and when too many are allowed
 */
export async function allowDomain(tx: Tx, staff: Staff, uris: Uris, domain: string): Promise<StoredAllow> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  const [added] = await withinLimit(tx, domainAllows, () =>
    tx.insert(domainAllows).values({ domain: host }).onConflictDoNothing().returning(),
  )
  if (!added) return allowOf(tx, eq(domainAllows.domain, host))
  await emit(tx, { type: 'domain.ruled', domain: host })
  await audit(tx, staff, 'domain', 'allow', { id: host, name: host })
  return added
}

/** @throws Refusal `not_found` when the host was not allowed */
export async function disallowDomain(tx: Tx, staff: Staff, domain: string): Promise<string> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  const [removed] = await tx
    .delete(domainAllows)
    .where(eq(domainAllows.domain, normalizeDomain(domain) ?? domain))
    .returning()
  if (!removed) throw notFound()
  await emit(tx, { type: 'domain.ruled', domain: removed.domain })
  await audit(tx, staff, 'domain', 'disallow', { id: removed.domain, name: removed.domain })
  return removed.domain
}

/** @throws Refusal `not_permitted`, `not_found` */
export async function allowById(db: Reader, staff: Staff, id: AllowId): Promise<StoredAllow> {
  requirePermission(staff, 'manage_federation')
  return allowOf(db, eq(domainAllows.id, id))
}

/** A page of the allowed servers, the newest first. @throws Refusal `not_permitted` */
export async function allowsPage(db: Reader, staff: Staff, page: Page): Promise<StoredAllow[]> {
  requirePermission(staff, 'manage_federation')
  const { where, orderBy, limit } = slice(domainAllows.id, page)
  return settle(page, await db.select().from(domainAllows).where(where).orderBy(orderBy).limit(limit))
}

async function allowOf(db: Reader, where: SQL): Promise<StoredAllow> {
  const [allow] = await db.select().from(domainAllows).where(where)
  if (!allow) throw notFound()
  return allow
}

/** The allowed servers, by name. @throws Refusal `not_permitted` */
export async function listAllowedDomains(db: Reader, staff: Staff): Promise<string[]> {
  requirePermission(staff, 'manage_federation')
  const rows = await db
    .select({ domain: domainAllows.domain })
    .from(domainAllows)
    .orderBy(asc(domainAllows.domain))
    .limit(maxRules)
  return rows.map(({ domain }) => domain)
}

/** Limits federation to the allowed servers, or opens it to all. */
export async function limitFederation(tx: Tx, staff: Staff, isLimited: boolean): Promise<void> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  if ((await loadSettings(tx)).limitedFederation === isLimited) return
  await storeSettings(tx, { limitedFederation: isLimited })
  await emit(tx, { type: 'domain.ruled', domain: null })
  await audit(tx, staff, 'domain', isLimited ? 'limit' : 'open', { id: '', name: '' })
}

/** Refuses what adds to a table beyond its limit. The lock of `changingRules` holds, so no two additions pass it together. */
async function withinLimit<T>(
  tx: Tx,
  table: typeof domainRules | typeof domainAllows,
  write: () => Promise<T>,
): Promise<T> {
  const before = await tx.$count(table)
  const result = await write()
  const after = await tx.$count(table)
  if (after > before && after > maxRules) throw tooMany()
  return result
}

const tooMany = () => refuse('unprocessable', 'tooManyDomainRules', { max: maxRules })

function otherHost(uris: Uris, domain: string): string {
  const host = normalizeDomain(domain)
  if (host === null) throw new Refusal('unprocessable', `${domain} is not the name of a server`)
  if (uris.localised({ domain: host }).domain === null)
    throw new Refusal('unprocessable', `${host} is this server itself`)
  return host
}

function comment(text = ''): string {
  const written = plainText(text).trim()
  if ([...written].length > maxCommentLength)
    throw new Refusal('unprocessable', `A comment has at most ${maxCommentLength} characters`)
  return written
}
