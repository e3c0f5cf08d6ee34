import type { FC } from 'hono/jsx'
import type { ProviderName } from '#src/accounts/providers/configured.ts'
import { useMessages } from './page-context.ts'

type Props = {
  providers: readonly ProviderName[]
  returnTo: string
  /** Whether a person who is logged in proves who they are. */
  proves?: boolean | undefined
}

/** Links that lead to the log-ins of providers. */
export const ProviderButtons: FC<Props> = ({ providers, returnTo, proves = false }) => {
  const { t } = useMessages()
  return (
    <div class="buttons">
      {providers.map(({ name, label }) => (
        <a
          href={providerPath(name, {
            ...(proves && { purpose: 'prove' }),
            ...(returnTo !== '/' && { return_to: returnTo }),
          })}
          class="button button-quiet"
          rel="nofollow"
        >
          {t('providers.logInBy', { provider: label })}
        </a>
      ))}
    </div>
  )
}

/** The same beside a form for a password; nothing where there are no providers. */
export const OtherWays: FC<Props> = ({ providers, returnTo, proves }) => {
  const { t } = useMessages()
  if (providers.length === 0) return null
  return (
    <section class="sheet" aria-label={t('providers.logInOther')}>
      <ProviderButtons providers={providers} returnTo={returnTo} proves={proves} />
    </section>
  )
}

const providerPath = (name: string, query: Record<string, string>): string =>
  `/login/${name}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ''}`
