import type { FC } from 'hono/jsx'
import type { ProviderName } from '#src/accounts/providers/configured.ts'
import { useMessages } from './page-context.ts'

type Props = {
  providers: readonly ProviderName[]
  returnTo: string
  /** `prove`: a logged-in person shows again that the account is theirs. */
  purpose?: 'prove'
}

/** Links that lead to the log-ins of providers. */
export const ProviderButtons: FC<Props> = ({ providers, returnTo, purpose }) => {
  const { t } = useMessages()
  return (
    <div class="buttons">
      {providers.map(({ name, label }) => (
        <a href={providerPath(name, returnTo, purpose)} class="button button-quiet" rel="nofollow">
          {t('providers.logInBy', { provider: label })}
        </a>
      ))}
    </div>
  )
}

/** The same beside a form for a password; nothing where there are no providers. */
export const OtherWays: FC<Props> = ({ providers, returnTo }) => {
  const { t } = useMessages()
  if (providers.length === 0) return null
  return (
    <section class="sheet" aria-label={t('providers.logInOther')}>
      <ProviderButtons providers={providers} returnTo={returnTo} />
    </section>
  )
}

function providerPath(name: string, returnTo: string, purpose?: 'prove'): string {
  const query = new URLSearchParams({
    ...(purpose && { purpose }),
    ...(returnTo === '/' ? {} : { return_to: returnTo }),
  })
  return query.size === 0 ? `/login/${name}` : `/login/${name}?${query}`
}
