import type { FC } from 'hono/jsx'
import { Form } from './form.tsx'
import { usePage } from './page-context.ts'

/** Tells a logged-in person why their account is not active, and the next step. */
export const AccountStatusBanner: FC = () => {
  const { accountStatus } = usePage()
  if (accountStatus === 'unconfirmed') {
    return (
      <div class="notice notice-step" role="status">
        <p>
          <strong>Confirm your mail address.</strong> We sent you a link. Until you have opened it, you can look around
          like any visitor.
        </p>
        <Form action="/confirm/again">
          <button type="submit" class="button button-quiet">
            Send the link again
          </button>
        </Form>
      </div>
    )
  }
  if (accountStatus === 'waiting') {
    return (
      <div class="notice notice-step" role="status">
        <p>
          <strong>Waiting for approval.</strong> A moderator looks at each sign-up. You get a mail as soon as you are
          in; until then, look around like any visitor.
        </p>
      </div>
    )
  }
  if (accountStatus === 'moved') {
    return (
      <div class="notice notice-step" role="status">
        <p>
          <strong>This account has moved.</strong> You can look around like any visitor, and call the move off in the{' '}
          <a href="/settings/moving">settings</a>.
        </p>
      </div>
    )
  }
  return null
}
