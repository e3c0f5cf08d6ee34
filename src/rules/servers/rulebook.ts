/**
 * What the rules of this server say of another one. Pure: `current.ts` knows which rules there are.
 *
 * A rule holds for its host and for all below it, on every port; one with a port only for that port. Of several the most
 * specific counts, so that a part of a server may be treated better or worse than the rest. While federation is limited, a
 * host that isn't allowed by its exact name is as good as suspended; a rule holds for the allowed, too.
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
  /** The domain of the rule that says so; null where none does, as for a host that merely isn't allowed. */
  rule: string | null
}

const fine: EffectiveRule = { severity: 'noop', rejectsMedia: false, rejectsReports: false, rule: null }
const notAllowed: EffectiveRule = { severity: 'suspend', rejectsMedia: true, rejectsReports: true, rule: null }

/** @param host as `normalizeDomain` makes it; null for one that has no such form, of which nobody can be allowed */
export function effectiveRule(book: Rulebook, host: string | null): EffectiveRule {
  for (const domain of host === null ? [] : coveringDomains(host)) {
    const rule = book.rules.get(domain)
    if (rule && (rule.severity === 'suspend' || !isExcluded(book, host))) return toVerdict(rule)
  }
  return isExcluded(book, host) ? notAllowed : fine
}

const isExcluded = ({ isLimited, allowed }: Rulebook, host: string | null): boolean =>
  isLimited && (host === null || !allowed.has(host))

/** Of a server that is suspended nothing is taken, whatever else its rule says. */
function toVerdict({ domain, severity, rejectsMedia, rejectsReports }: DomainRule): EffectiveRule {
  const isSuspended = severity === 'suspend'
  return {
    severity,
    rejectsMedia: rejectsMedia || isSuspended,
    rejectsReports: rejectsReports || isSuspended,
    rule: domain,
  }
}

const rank: Record<Severity, number> = { noop: 0, silence: 1, suspend: 2 }

/** What holds for somebody whose handle and id have different hosts: the worse of each. */
export function strictest(verdicts: readonly EffectiveRule[]): EffectiveRule {
  return verdicts.reduce(
    (one, other) => ({
      ...(rank[other.severity] > rank[one.severity] ? other : one),
      rejectsMedia: one.rejectsMedia || other.rejectsMedia,
      rejectsReports: one.rejectsReports || other.rejectsReports,
    }),
    fine,
  )
}

/** Whether files of a URL may be shown, as far as its own host is concerned. That only some servers are allowed is not about files. */
export const takesFile = (book: Rulebook, url: string): boolean =>
  !effectiveRule({ ...book, isLimited: false }, ruleHost(url)).rejectsMedia

/** Whether a rule of a domain, or one above or below it, rejects files; null: whether any does. */
export function rejectsFilesNear({ rules }: Rulebook, domain: string | null): boolean {
  const isAround = (other: string) =>
    domain === null || coversHost(nameOf(domain), nameOf(other)) || coversHost(nameOf(other), nameOf(domain))
  return [...rules.values()].some((rule) => toVerdict(rule).rejectsMedia && isAround(rule.domain))
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

/** The host of a URL as rules name it; null for what has none, or one of a kind that no rule can name. */
export function ruleHost(url: string | URL): string | null {
  const parsed = typeof url === 'string' ? URL.parse(url) : url
  if (!parsed) return null
  // The usual port of http is another one than that of https, and both are left out of URLs.
  return normalizeDomain(parsed.host)
}
