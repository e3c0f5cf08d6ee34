/** Changes the rules about other servers. New requests follow a change at once; a job applies it to stored data. */
import { asc, eq, ne, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { emit } from '../outbox/emit.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { domainAllows, domainRules, type Severity } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { Uris } from '../platform/uris.ts'
import { changingRules } from '../rules/servers/current.ts'
import { loadSettings } from '../rules/settings.ts'
import { plainText } from '../text/clean.ts'
import { storeSettings } from './save-settings.ts'

export type RuleInput = {
  severity: Severity
  rejectsMedia?: boolean
  rejectsReports?: boolean
  privateComment?: string
  publicComment?: string
  isObfuscated?: boolean
}
export type StoredRule = typeof domainRules.$inferSelect

const maxCommentLength = 2_000
/** More than the longest shared lists have, and few enough to keep in memory. */
const maxRules = 50_000

/**
 * Sets the rule about a server and its subdomains, in place of an earlier one.
 *
 * @param domain a host, in any spelling
 * @returns the host as it is stored
 * @throws Refusal `unprocessable` for a malformed host, this server itself, and comments that are too long
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
  await store(tx, host, input)
  await emit(tx, { type: 'domain.ruled', domain: host })
  const { severity, rejectsMedia = false, rejectsReports = false } = input
  await audit(tx, staff, 'domain', 'block', { id: host, name: host }, { severity, rejectsMedia, rejectsReports })
  return host
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
  const [existing] = await tx.select({ count: sql<number>`count(*)::int` }).from(domainRules)
  if ((existing?.count ?? 0) + rules.length > maxRules)
    throw new Refusal('unprocessable', `There can be at most ${maxRules} rules`)
  const set: string[] = []
  for (const { domain, ...input } of rules) {
    const host = otherHost(uris, domain)
    if (await store(tx, host, input, replaces)) set.push(host)
  }
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

/** The rule about this very host, not about one above it; null when there is none. */
export async function ruleAbout(db: Reader, host: string): Promise<StoredRule | null> {
  const [rule] = await db.select().from(domainRules).where(eq(domainRules.domain, host))
  return rule ?? null
}

/** All rules, by name. */
export async function listDomainRules(db: Reader): Promise<StoredRule[]> {
  return db.select().from(domainRules).orderBy(asc(domainRules.domain)).limit(maxRules)
}

/** The rules of the public list, suspensions first: all but `noop`. */
export async function publicRules(db: Reader): Promise<StoredRule[]> {
  return db
    .select()
    .from(domainRules)
    .where(ne(domainRules.severity, 'noop'))
    .orderBy(sql`${domainRules.severity} = 'suspend' desc`, asc(domainRules.domain))
    .limit(maxRules)
}

/**
 * Allows a server while federation is limited: this host only, without subdomains.
 *
 * @throws Refusal `unprocessable` for a malformed host, and this server itself
 */
export async function allowDomain(tx: Tx, staff: Staff, uris: Uris, domain: string): Promise<string> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  await tx.insert(domainAllows).values({ domain: host }).onConflictDoNothing()
  await emit(tx, { type: 'domain.ruled', domain: host })
  await audit(tx, staff, 'domain', 'allow', { id: host, name: host })
  return host
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

export async function listAllowedDomains(db: Reader): Promise<string[]> {
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
