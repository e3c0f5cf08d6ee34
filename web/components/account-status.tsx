import type { FC } from 'hono/jsx'
import { Form } from './form.tsx'
import { usePage } from './page-context.ts'

/** Tells a logged-in person why their account is not active, and the next step. */
export const AccountStatusBanner: FC = () => {
  const { accountStatus, messages } = usePage()
  if (accountStatus === null || accountStatus === 'active' || accountStatus === 'disabled') return null
  return (
    <div class="notice notice-step" role="status">
      <p>
        {messages.rich(`accountStatus.${accountStatus}`, {
          strong: (children) => <strong>{children}</strong>,
          a: (children) => <a href="/settings/moving">{children}</a>,
        })}
      </p>
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
