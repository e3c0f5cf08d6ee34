/** Changes the rules about other servers. New requests follow a change at once; a job applies it to stored data. */
import { asc, eq, ne, sql } from 'drizzle-orm'
import { audit } from '../accounts/roles/audit.ts'
import { requirePermission, type Staff } from '../accounts/roles/staff.ts'
import { emit } from '../outbox/emit.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { type Page, settle, slice } from '../platform/db/page.ts'
import { domainAllows, domainRules, type Severity } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { Id } from '../platform/ids.ts'
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
export type StoredAllow = typeof domainAllows.$inferSelect
type RuleId = Id<'domain-rule'>
type AllowId = Id<'domain-allow'>

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
  await wasRuled(tx, staff, host, input)
  return host
}

/**
 * Sets the rule about a server that has none yet.
 *
 * @returns the rule, and whether it is new; one that exists already stays as it is
 * @throws Refusal as `setDomainRule`
 */
export async function addDomainRule(
  tx: Tx,
  staff: Staff,
  uris: Uris,
  domain: string,
  input: RuleInput,
): Promise<{ rule: StoredRule; isNew: boolean }> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  const isNew = await store(tx, host, input, false)
  if (isNew) await wasRuled(tx, staff, host, input)
  const [rule] = await tx.select().from(domainRules).where(eq(domainRules.domain, host))
  return { rule: rule!, isNew }
}

/**
 * Changes the rule with an id. Undefined members stay as they are.
 *
 * @throws Refusal `not_found`, `unprocessable` for comments that are too long
 */
export async function changeDomainRule(
  tx: Tx,
  staff: Staff,
  id: RuleId,
  change: Partial<RuleInput>,
): Promise<StoredRule> {
  requirePermission(staff, 'manage_federation')
  await changingRules(tx)
  const before = await domainRule(tx, id)
  const input = { ...before, ...change }
  await store(tx, before.domain, input)
  await wasRuled(tx, staff, before.domain, input)
  return domainRule(tx, id)
}

async function wasRuled(
  tx: Tx,
  staff: Staff,
  host: string,
  { severity, rejectsMedia = false, rejectsReports = false }: RuleInput,
): Promise<void> {
  await emit(tx, { type: 'domain.ruled', domain: host })
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

/** The rule with an id. @throws Refusal `not_found` */
export async function domainRule(db: Reader, id: RuleId): Promise<StoredRule> {
  const [rule] = await db.select().from(domainRules).where(eq(domainRules.id, id))
  if (!rule) throw notFound()
  return rule
}

/** A page of rules, those that were made last first. */
export async function pageOfDomainRules(db: Reader, page: Page): Promise<StoredRule[]> {
  const { where, orderBy, limit } = slice(domainRules.id, page)
  return settle(page, await db.select().from(domainRules).where(where).orderBy(orderBy).limit(limit))
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
 * Allows a server while federation is limited: this host only, without subdomains. A second time nothing happens.
 *
 * @throws Refusal `unprocessable` for a malformed host, and this server itself
 */
export async function allowDomain(tx: Tx, staff: Staff, uris: Uris, domain: string): Promise<StoredAllow> {
  requirePermission(staff, 'manage_federation')
  const host = otherHost(uris, domain)
  await changingRules(tx)
  const [existing] = await tx.select().from(domainAllows).where(eq(domainAllows.domain, host))
  if (existing) return existing
  const [added] = await tx.insert(domainAllows).values({ domain: host }).returning()
  await emit(tx, { type: 'domain.ruled', domain: host })
  await audit(tx, staff, 'domain', 'allow', { id: host, name: host })
  return added!
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

/** The allowed server with an id. @throws Refusal `not_found` */
export async function allowedDomain(db: Reader, id: AllowId): Promise<StoredAllow> {
  const [allow] = await db.select().from(domainAllows).where(eq(domainAllows.id, id))
  if (!allow) throw notFound()
  return allow
}

/** A page of allowed servers, those that were allowed last first. */
export async function pageOfAllowedDomains(db: Reader, page: Page): Promise<StoredAllow[]> {
  const { where, orderBy, limit } = slice(domainAllows.id, page)
  return settle(page, await db.select().from(domainAllows).where(where).orderBy(orderBy).limit(limit))
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
