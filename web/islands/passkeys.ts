/** Asks the browser for passkeys, and to make them. Each form gets a challenge from its path, and is sent with the browser's answer. */
import {
  browserSupportsWebAuthn,
  browserSupportsWebAuthnAutofill,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from '@simplewebauthn/browser'
import { say } from './say.ts'

type Question = {
  state: string
  options: PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON
}

if (browserSupportsWebAuthn()) {
  for (const fallback of document.querySelectorAll<HTMLElement>('[data-without-passkeys]')) fallback.hidden = true
  for (const box of document.querySelectorAll<HTMLElement>('[data-passkey]')) void prepare(box)
}

/** Whether the person pressed a button: a quiet question that comes late would end theirs. */
let hasChosen = false

async function prepare(box: HTMLElement): Promise<void> {
  const form = box.querySelector('form')
  if (!form) return
  box.hidden = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    hasChosen = true
    void ask(box, form, say)
  })
  // Quietly, as the person may want to log in otherwise.
  if ('autofill' in box.dataset && (await browserSupportsWebAuthnAutofill())) await ask(box, form, () => {}, true)
}

async function ask(box: HTMLElement, form: HTMLFormElement, tell: (words: string) => void, isAutofill = false) {
  const { passkey = '', offline = '' } = box.dataset
  const answer = await fetch(passkey, {
    method: 'POST',
    body: new FormData(form),
    headers: { Accept: 'text/vnd.pipit.part' },
  }).catch(() => null)
  if (!answer) return tell(offline)
  // The session has ended, or a proof is needed again.
  if (answer.redirected) return location.assign(answer.url)
  if (!answer.ok) return tell(await answer.text())
  const { state, options } = (await answer.json()) as Question
  if (isAutofill && hasChosen) return undefined
  try {
    const response =
      'user' in options
        ? await startRegistration({ optionsJSON: options })
        : await startAuthentication({ optionsJSON: options, useBrowserAutofill: isAutofill })
    fill(form, 'passkey_state', state)
    fill(form, 'passkey_response', JSON.stringify(response))
    form.submit()
  } catch (error) {
    const words = wordsFor(error instanceof Error ? error.name : '', box.dataset)
    if (words) tell(words)
  }
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const input = form.elements.namedItem(name)
  if (input instanceof HTMLInputElement) input.value = value
}

/** The names are those that WebAuthn gives to its errors. */
function wordsFor(name: string, { cancelled, known, failed }: DOMStringMap): string | undefined {
  // Another question to the browser took its place.
  if (name === 'AbortError') return undefined
  if (name === 'NotAllowedError') return cancelled
  if (name === 'InvalidStateError') return known
  return failed
}
