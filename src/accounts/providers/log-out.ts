import { and, eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import { identities, sessions } from '../../platform/db/schema/accounts.ts'
import { within } from '../../platform/time.ts'
import { hashSecret } from '../sessions/tokens.ts'
import { metadataOf } from './metadata.ts'
import { endpointOf } from './protocol.ts'

/** Nobody waits long to log out. */
const patienceMs = 2_000
/** Longer addresses are cut or refused on the way. */
const maxUrlLength = 6_000

/** The end of a session at its provider. `url`: the address to lead the browser to; `label`: the provider's name for people. */
export type ProviderLogOut = { url: string; label: string }

/**
 * The provider's log-out for a session that came by it (OpenID Connect RP-Initiated Logout 1.0). To be asked before the session is
 * closed. Null if it did not come by a provider, or if the provider has no such address or does not answer in time.
 */
export async function providerLogOut(app: App, sessionToken: string): Promise<ProviderLogOut | null> {
  if (app.config.providers.length === 0) return null
  const [session] = await app.db
    .select({ provider: identities.provider, idToken: sessions.idToken })
    .from(sessions)
    .innerJoin(identities, and(eq(identities.id, sessions.identityId), eq(identities.accountId, sessions.accountId)))
    .where(eq(sessions.tokenHash, hashSecret(sessionToken)))
  const provider = app.config.providers.find(({ name }) => name === session?.provider)
  if (!session || !provider) return null
  const endpoint = metadataOf(app, provider).then((metadata) => endpointOf(provider, metadata, 'end_session_endpoint'))
  const url = await within(
    patienceMs,
    endpoint.catch(() => null),
    null,
  )
  if (!url) return null
  const idToken = session.idToken && app.secrets.unseal(session.idToken)
  url.searchParams.set('client_id', provider.clientId)
  url.searchParams.set('post_logout_redirect_uri', app.config.origin)
  if (idToken) url.searchParams.set('id_token_hint', idToken)
  return url.href.length > maxUrlLength ? null : { url: url.href, label: provider.label }
}
