/**
 * Switches single keys off and on: screen readers and speech control use them, too (WCAG 2.1.4). For people who are logged in it is
 * a preference of the account, whose form works without this script; for visitors this browser keeps it.
 */
import { say } from './say.ts'

const name = 'pipit-single-keys'

/** The preference of the account, as the page brought it or the switch set it: `on` or `off`. */
const account = document.documentElement.dataset

/** Whether single keys do something. Browsers that keep nothing for websites have them on. */
export function areOn(): boolean {
  if (account['singleKeys']) return account['singleKeys'] === 'on'
  try {
    return localStorage.getItem(name) !== 'off'
  } catch {
    return true
  }
}

/** Shows the button of the page or dialog, and lets it switch. */
export function setUpSwitch(root: ParentNode): void {
  const button = root.querySelector<HTMLButtonElement>('[data-key-switch]')
  if (!button) return
  const show = () => {
    button.textContent = (areOn() ? button.dataset['off'] : button.dataset['on']) ?? ''
    if (button.form) button.value = areOn() ? 'off' : 'on'
  }
  show()
  button.hidden = false
  if (button.form) {
    button.form.addEventListener('submit', (event) => {
      event.preventDefault()
      void send(button.form!, button).then(show)
    })
    return
  }
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(name, areOn() ? 'off' : 'on')
    } catch {
      // Without storage there is nothing to switch.
    }
    show()
  })
}

/** Sends the form of the account's switch, which stays where it is. */
async function send(form: HTMLFormElement, button: HTMLButtonElement): Promise<void> {
  const wanted = button.value
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new FormData(form, button) })
    if (!answer.ok || !answer.url.startsWith(form.action)) return location.assign(form.action)
    account['singleKeys'] = wanted
  } catch {
    say(document.getElementById('act')?.dataset['offline'] ?? '')
  }
}
