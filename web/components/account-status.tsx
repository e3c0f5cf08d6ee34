import type { FC } from 'hono/jsx'
import { Form } from './form.tsx'
import { useMessages, usePage } from './page-context.ts'

/** Tells a logged-in person why their account is not active, and the next step. */
export const AccountStatusBanner: FC = () => {
  const { accountStatus } = usePage()
  const { t, rich } = useMessages()
  if (accountStatus === 'unconfirmed') {
    return (
      <div class="notice notice-step" role="status">
        <p>{rich('layout.unconfirmed', { strong: (words) => <strong>{words}</strong> })}</p>
        <Form action="/confirm/again">
          <button class="button button-quiet">{t('layout.confirmAgain')}</button>
        </Form>
      </div>
    )
  }
  if (accountStatus !== 'waiting' && accountStatus !== 'moved') return null
  return (
    <div class="notice notice-step" role="status">
      <p>
        {rich(accountStatus === 'waiting' ? 'layout.waiting' : 'layout.moved', {
          strong: (words) => <strong>{words}</strong>,
          settings: (words) => <a href="/settings/moving">{words}</a>,
        })}
      </p>
    </div>
  )
}
