import type { App } from '../../platform/app.ts'
import type { AccountId } from '../../platform/ids.ts'
import type { ProviderName } from './configured.ts'
import { listIdentities } from './identities.ts'

/**
 * The providers by which a person can prove who they are, for a page that asks for it: it links to
 * `/login/<name>?purpose=prove&return_to=…`, which leads back when the session has its proof.
 */
export async function provingProviders(app: App, accountId: AccountId): Promise<ProviderName[]> {
  if (app.config.providers.length === 0) return []
  const linked = new Set((await listIdentities(app.db, accountId)).map(({ provider }) => provider))
  return app.config.providers.filter(({ name }) => linked.has(name))
}
