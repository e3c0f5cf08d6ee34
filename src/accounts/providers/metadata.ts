/** The metadata of providers: their endpoints (OpenID Connect Discovery 1.0). */
import type { AuthorizationServer } from 'oauth4webapi'
import type { App } from '../../platform/app.ts'
import { perDatabase } from '../../platform/db/per-database.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import { hourMs, minuteMs } from '../../platform/time.ts'
import { providerFetch } from './http.ts'

/** Metadata are read again after this time … */
const freshMs = 10 * minuteMs
/** … and used for this time while the provider doesn't tell them. */
const usableMs = 24 * hourMs

type Known = { metadata: AuthorizationServer; readAt: number }
type Entry = { known: Known | null; reading: Promise<Known> | null }

const entries = perDatabase(() => new Map<string, Entry>())

/**
 * A provider's metadata. Simultaneous calls share one request.
 *
 * @throws when the provider does not answer, or not as the issuer of the settings
 */
export async function metadataOf(app: App, provider: ProviderSettings): Promise<AuthorizationServer> {
  const all = entries(app)
  const entry = all.get(provider.issuer) ?? { known: null, reading: null }
  all.set(provider.issuer, entry)
  const age = entry.known ? Date.now() - entry.known.readAt : Infinity
  if (entry.known && age < freshMs) return entry.known.metadata
  entry.reading ??= read(app, provider)
    .then((known) => (entry.known = known))
    .finally(() => (entry.reading = null))
  try {
    return (await entry.reading).metadata
  } catch (error) {
    if (entry.known && age < usableMs) return entry.known.metadata
    throw error
  }
}

async function read(app: App, provider: ProviderSettings): Promise<Known> {
  const oauth = await import('oauth4webapi')
  const issuer = new URL(provider.issuer)
  const response = await oauth.discoveryRequest(issuer, {
    [oauth.customFetch]: providerFetch(app),
    [oauth.allowInsecureRequests]: isInsecure(provider),
  })
  return { metadata: await oauth.processDiscoveryResponse(issuer, response), readAt: Date.now() }
}

/** Whether a provider is asked without TLS: the settings allow it for this machine only. */
export const isInsecure = ({ issuer }: Pick<ProviderSettings, 'issuer'>): boolean => issuer.startsWith('http:')
