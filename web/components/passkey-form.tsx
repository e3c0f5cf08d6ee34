import type { Child, FC } from 'hono/jsx'
import { scriptUrls } from '../assets.ts'
import type { Form as SentForm } from '../env.ts'
import { Form } from './form.tsx'
import { useMessages } from './page-context.ts'

type Props = {
  action: string
  /** The path that answers a POST of this form with state and options, as JSON. */
  options: string
  label: string
  /** Whether the browser offers passkeys in the page's field for the name, too, whose `autocomplete` ends in `webauthn`. */
  autofills?: boolean
  isQuiet?: boolean
  children?: Child
}

/**
 * A form whose script asks the browser for a passkey, or to make one, and then sends the answer: see `passkeyAnswer`. It is hidden
 * until the script shows it. Elements with `data-without-passkeys` are shown instead.
 */
export const PasskeyForm: FC<Props> = ({ action, options, label, autofills, isQuiet, children }) => {
  const { t } = useMessages()
  return (
    <div
      hidden
      data-passkey={options}
      data-autofill={autofills}
      data-cancelled={t('passkeys.cancelled')}
      data-known={t('passkeys.known')}
      data-failed={t('passkeys.failed')}
      data-offline={t('common.offline')}
    >
      <Form action={action} class="sheet" label={label}>
        {children}
        <input type="hidden" name="passkey_state" />
        <input type="hidden" name="passkey_response" />
        <div class="buttons">
          <button type="submit" class={isQuiet ? 'button button-quiet' : 'button'}>
            {label}
          </button>
        </div>
      </Form>
      <script type="module" src={scriptUrls.passkeys} />
    </div>
  )
}

/** The log-in with a passkey alone, beside that with a password. */
export const PasskeyLogIn: FC<{ returnTo: string }> = ({ returnTo }) => (
  <PasskeyForm
    action="/login/passkey"
    options="/login/passkey/options"
    label={useMessages().t('passkeys.logIn')}
    autofills
    isQuiet
  >
    <input type="hidden" name="return_to" value={returnTo} />
  </PasskeyForm>
)

/** What the form's script sent. */
export const passkeyAnswer = (form: SentForm): { state: string; response: string } => ({
  state: form.text('passkey_state'),
  response: form.text('passkey_response'),
})
