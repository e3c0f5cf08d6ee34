/** Rules about other servers. A change takes effect at the doors at once; what it means for what is here, a job works off. */
import { asc, eq, ne, sql } from 'drizzle-orm'
import { emit } from '../outbox/emit.ts'
import type { Reader, Tx } from '../platform/db/index.ts'
import { domainAllows, domainRules, type Severity } from '../platform/db/schema/moderation.ts'
import { notFound, Refusal } from '../platform/errors.ts'
import { normalizeDomain } from '../platform/handle.ts'
import type { Uris } from '../platform/uris.ts'
import { changingRules } from '../rules/servers/current.ts'
import { loadSettings, saveSettings } from '../rules/settings.ts'
import { plainText } from '../text/clean.ts'

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
/** More than the longest lists that are shared have, and little enough to be kept in memory. */
const maxRules = 50_000

/**
 * Sets the rule about a server and all below it, in place of the one that there was.
 *
 * @param domain a host, in any spelling
 * @returns the host as it is kept
 * @throws Refusal `unprocessable` for what is no host, or ours, and for comments that are too long
 */
export async function setDomainRule(tx: Tx, uris: Uris, domain: string, input: RuleInput): Promise<string> {
  const host = otherHost(uris, domain)
  await changingRules(tx)
  await store(tx, host, input)
  await emit(tx, { type: 'domain.ruled', domain: host })
  return host
}

/**
 * Sets many rules, as another server's list has them.
 *
 * @param options `replaces`: also those that there is a rule for already
 * @returns the hosts whose rules were set
 */
export async function importDomainRules(
  tx: Tx,
  uris: Uris,
  rules: readonly (RuleInput & { domain: string })[],
  { replaces = false } = {},
): Promise<string[]> {
  await changingRules(tx)
  const [known] = await tx.select({ count: sql<number>`count(*)::int` }).from(domainRules)
  if ((known?.count ?? 0) + rules.length > maxRules)
    throw new Refusal('unprocessable', `There can be at most ${maxRules} rules`)
  const set: string[] = []
  for (const { domain, ...input } of rules) {
    const host = otherHost(uris, domain)
    if (await store(tx, host, input, replaces)) set.push(host)
  }
  if (set.length > 0) await emit(tx, { type: 'domain.ruled', domain: null })
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

/** Lifts the rule about a server. @throws Refusal `not_found` where there is none */
export async function removeDomainRule(tx: Tx, domain: string): Promise<string> {
  await changingRules(tx)
  const [removed] = await tx
    .delete(domainRules)
    .where(eq(domainRules.domain, normalizeDomain(domain) ?? domain))
    .returning({ domain: domainRules.domain })
  if (!removed) throw notFound()
  await emit(tx, { type: 'domain.ruled', domain: removed.domain })
  return removed.domain
}

/** All rules, by name. */
export async function listDomainRules(db: Reader): Promise<StoredRule[]> {
  return db.select().from(domainRules).orderBy(asc(domainRules.domain)).limit(maxRules)
}

/** Rules that people notice, the hardest first: what the public list has. */
export async function noticeableRules(db: Reader): Promise<StoredRule[]> {
  return db
    .select()
    .from(domainRules)
    .where(ne(domainRules.severity, 'noop'))
    .orderBy(sql`${domainRules.severity} = 'suspend' desc`, asc(domainRules.domain))
    .limit(maxRules)
}

/**
 * Lets a server be one of those that there are while federation is limited: this very host, nothing below it.
 *
 * @throws Refusal `unprocessable` for what is no host, or ours
 */
export async function allowDomain(tx: Tx, uris: Uris, domain: string): Promise<string> {
  const host = otherHost(uris, domain)
  await changingRules(tx)
  await tx.insert(domainAllows).values({ domain: host }).onConflictDoNothing()
  await emit(tx, { type: 'domain.ruled', domain: host })
  return host
}

/** @throws Refusal `not_found` where it is not among the allowed */
export async function disallowDomain(tx: Tx, domain: string): Promise<string> {
  await changingRules(tx)
  const [removed] = await tx
    .delete(domainAllows)
    .where(eq(domainAllows.domain, normalizeDomain(domain) ?? domain))
    .returning()
  if (!removed) throw notFound()
  await emit(tx, { type: 'domain.ruled', domain: removed.domain })
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

/** Lets this server have to do with those only that it allows, or with all. */
export async function limitFederation(tx: Tx, isLimited: boolean): Promise<void> {
  await changingRules(tx)
  if ((await loadSettings(tx)).limitedFederation === isLimited) return
  await saveSettings(tx, { limitedFederation: isLimited })
  await emit(tx, { type: 'domain.ruled', domain: null })
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
