/** The mail servers of a domain, by DNS. */
import { Resolver } from 'node:dns/promises'
import type { Config } from './config.ts'
import { normalizeDomain } from './handle.ts'

/** Somebody waits for the answer, in front of a form. */
const timeoutMs = 3_000
/** The names that are taken of an answer, which may have hundreds. */
const maxServers = 10

/**
 * The hosts that take the mail of a domain, the preferred first; at most 10. None where the DNS doesn't answer in time: a sign-up is
 * not refused for that.
 */
export async function mailServersOf({ dnsServers }: Pick<Config, 'dnsServers'>, domain: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
  if (dnsServers.length > 0) resolver.setServers(dnsServers)
  // The resolver asks each of its servers for that long.
  const timer = setTimeout(() => resolver.cancel(), timeoutMs)
  try {
    const found = await resolver.resolveMx(domain)
    const hosts = found
      .toSorted((a, b) => a.priority - b.priority)
      .flatMap(({ exchange }) => normalizeDomain(exchange) ?? [])
    return [...new Set(hosts)].slice(0, maxServers)
  } catch {
    return []
  } finally {
    clearTimeout(timer)
  }
}
