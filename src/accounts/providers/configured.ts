/** The providers of the settings, and the rule that people log in by them only. */
import type { App } from '../../platform/app.ts'
import { notFound } from '../../platform/errors.ts'
import type { ProviderSettings } from '../../platform/provider-config.ts'
import type { Role } from '../sessions/roles.ts'

/** A provider as pages show it. */
export type ProviderName = Pick<ProviderSettings, 'name' | 'label'>

/**
 * A provider by its name in addresses.
 *
 * @throws Refusal `not_found`
 */
export function providerNamed(app: Pick<App, 'config'>, name: string): ProviderSettings {
  const provider = app.config.providers.find((one) => one.name === name)
  if (!provider) throw notFound()
  return provider
}

/** Whether people of a role may log in here, rather than by a provider. The owner always may, as a way back. */
export const mayLogInHere = (app: Pick<App, 'config'>, role: Role): boolean =>
  !app.config.providersOnly || role === 'owner'
