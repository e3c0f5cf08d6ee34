import type { FC } from 'hono/jsx'
import { Form } from './form.tsx'
import { usePage } from './page-context.ts'

/** Tells a logged-in person why their account is not active, and the next step. */
export const AccountStatusBanner: FC = () => {
  const { accountStatus, here, messages } = usePage()
  if (accountStatus === null || accountStatus === 'active' || accountStatus === 'disabled') return null
  return (
    <div class="notice notice-step" role="status">
      <p>
        {messages.rich(`accountStatus.${accountStatus}`, {
          strong: (children) => <strong>{children}</strong>,
          a: (children) => (
            <a href={accountStatus === 'moved' ? '/settings/moving' : '/settings/passkeys'}>{children}</a>
          ),
        })}
      </p>
      {accountStatus === 'unsecured' && !/^\/settings\/(two-factor|passkeys)/.test(here) && (
        <a class="button" href={`/settings/two-factor/app?${new URLSearchParams({ next: here })}`}>
          {messages.t('twoFactor.setUp')}
        </a>
      )}
      {accountStatus === 'unconfirmed' && (
        <Form action="/confirm/again">
          <button type="submit" class="button button-quiet">
            {messages.t('accountStatus.sendAgain')}
          </button>
        </Form>
      )}
    </div>
  )
}
