/**
 * The effective rule about another server. Pure: `current.ts` loads the rules.
 *
 * A rule holds for its host and its subdomains, on every port; a rule with a port holds only for that port. Of several rules
 * the most specific counts, so that a subdomain may be treated better or worse than the rest. While federation is limited, a
 * host that isn't allowed by its exact name is as good as suspended; rules hold for allowed hosts, too.
 */
import { isIP } from 'node:net'
import type { Severity } from '../../platform/db/schema/moderation.ts'
import { normalizeDomain } from '../../platform/handle.ts'

export type DomainRule = { domain: string; severity: Severity; rejectsMedia: boolean; rejectsReports: boolean }

export type Rulebook = { rules: ReadonlyMap<string, DomainRule>; allowed: ReadonlySet<string>; isLimited: boolean }

export type EffectiveRule = {
  severity: Severity
  rejectsMedia: boolean
  rejectsReports: boolean
  /** The domain of the rule; null where none applies, as for a host that merely isn't allowed. */
  rule: string | null
}

const fine: EffectiveRule = { severity: 'noop', rejectsMedia: false, rejectsReports: false, rule: null }
const notAllowed: EffectiveRule = { severity: 'suspend', rejectsMedia: true, rejectsReports: true, rule: null }

/** @param host as normalized by `normalizeDomain`; null for a host without such a form, which can't be allowed */
export function effectiveRule(book: Rulebook, host: string | null): EffectiveRule {
  for (const domain of host === null ? [] : coveringDomains(host)) {
    const rule = book.rules.get(domain)
    if (rule && (rule.severity === 'suspend' || !isExcluded(book, host))) return toEffective(rule)
  }
  return isExcluded(book, host) ? notAllowed : fine
}

const isExcluded = ({ isLimited, allowed }: Rulebook, host: string | null): boolean =>
  isLimited && (host === null || !allowed.has(host))

/** Nothing is accepted from a suspended server, whatever else its rule says. */
function toEffective({ domain, severity, rejectsMedia, rejectsReports }: DomainRule): EffectiveRule {
  const isSuspended = severity === 'suspend'
  return {
    severity,
    rejectsMedia: rejectsMedia || isSuspended,
    rejectsReports: rejectsReports || isSuspended,
    rule: domain,
  }
}

const rank: Record<Severity, number> = { noop: 0, silence: 1, suspend: 2 }

/** The strictest combination of several rules, for an account whose handle and id have different hosts. */
export function strictest(rules: readonly EffectiveRule[]): EffectiveRule {
  return rules.reduce(
    (one, other) => ({
      ...(rank[other.severity] > rank[one.severity] ? other : one),
      rejectsMedia: one.rejectsMedia || other.rejectsMedia,
      rejectsReports: one.rejectsReports || other.rejectsReports,
    }),
    fine,
  )
}

/** Whether the rules allow to show files of a URL's host. Limited federation does not apply to files. */
export const takesFile = (book: Rulebook, url: string): boolean =>
  !effectiveRule({ ...book, isLimited: false }, ruleHost(url)).rejectsMedia

/** Whether a rule of a domain, or one above or below it, rejects files; null: whether any does. */
export function rejectsFilesNear({ rules }: Rulebook, domain: string | null): boolean {
  const isNear = (other: string) =>
    domain === null || coversHost(nameOf(domain), nameOf(other)) || coversHost(nameOf(other), nameOf(domain))
  return [...rules.values()].some((rule) => toEffective(rule).rejectsMedia && isNear(rule.domain))
}

const nameOf = (host: string): string => host.split(':')[0] ?? host

/** The domains whose rules hold for a host, the most specific first. */
export function coveringDomains(host: string): string[] {
  const [name = '', port] = host.split(':')
  const labels = name.split('.')
  const names = isIP(name) ? [name] : labels.map((_, i) => labels.slice(i).join('.'))
  return names.flatMap((each) => (port === undefined ? [each] : [`${each}:${port}`, each]))
}

/** Whether a rule of a domain would hold for a host. */
export const coversHost = (domain: string, host: string): boolean => coveringDomains(host).includes(domain)

/** The host of a URL as rules name it; null for a URL without a host, or with one that no rule can name. */
export function ruleHost(url: string | URL): string | null {
  const parsed = typeof url === 'string' ? URL.parse(url) : url
  if (!parsed) return null
  // URLs leave out the default ports of both http and https.
  return normalizeDomain(parsed.host)
}
