/**
 * Sends the forms of actions in the background: the button shows its new state at once, and the server's answer replaces
 * the changed parts of the page. If it fails, the button returns to its state, and the page says why.
 */
import { say } from './say.ts'
import { adoptSymbols } from './symbols.ts'

const paths =
  /^\/(statuses\/\d+\/(vote|(un)?(favourite|reblog|bookmark|pin|mute)|(un)?react\?emoji=[^&#]+)|accounts\/\d+\/((un)?(follow|block)|unmute))$/

document.addEventListener('submit', (event) => {
  const { target: form, submitter: button } = event
  if (!(form instanceof HTMLFormElement) || !(button instanceof HTMLButtonElement)) return
  const path = button.getAttribute('formaction') ?? form.getAttribute('action') ?? ''
  if (!paths.test(path)) return
  event.preventDefault()
  if (button.getAttribute('aria-busy') !== 'true') void act(form, button, path)
})

async function act(form: HTMLFormElement, button: HTMLButtonElement, path: string): Promise<void> {
  const body = new FormData(form, button)
  const undo = press(button)
  button.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(path, { method: 'POST', body, headers: { Accept: 'text/vnd.pipit.part' } })
    // The session has ended: the server leads to the log-in.
    if (answer.redirected) return location.assign(answer.url)
    const text = await answer.text()
    if (answer.ok) return update(text)
    undo()
    say(text)
  } catch {
    undo()
    say(document.getElementById('act')?.dataset['offline'] ?? '')
  } finally {
    button.removeAttribute('aria-busy')
  }
}

/** Shows a button as pressed, or as not pressed, with its count. Returns a function that undoes this. */
function press(button: HTMLButtonElement): () => void {
  const pressed = button.getAttribute('aria-pressed')
  if (!pressed) return () => {}
  const before = [...button.childNodes].map((node) => node.cloneNode(true))
  const isPressed = pressed !== 'true'
  button.setAttribute('aria-pressed', String(isPressed))
  const count = button.querySelector('.count')
  const number = Number(count?.textContent)
  // Large numbers are rounded.
  if (count && number < 999) count.textContent = String(number + (isPressed ? 1 : -1) || '')
  return () => {
    button.setAttribute('aria-pressed', pressed)
    button.replaceChildren(...before)
  }
}

/** Replaces the parts of the page that the answer contains. */
function update(html: string): void {
  const fresh = new DOMParser().parseFromString(html, 'text/html')
  adoptSymbols(fresh)
  for (const part of fresh.querySelectorAll<HTMLElement>('[data-part]')) {
    const name = part.dataset['part'] ?? ''
    const shown = document.querySelectorAll(`[data-part="${name}"]`)
    for (const old of shown) replace(old, part.cloneNode(true) as HTMLElement)
    if (shown.length === 0) putIn(name, part)
  }
}

/** Puts the first reactions of a post above its buttons. */
function putIn(name: string, part: HTMLElement): void {
  if (!name.startsWith('r')) return
  for (const buttons of document.querySelectorAll(`[data-part="s${name.slice(1)}"]`))
    buttons.before(part.cloneNode(true))
}

const controls = 'a, button, summary'

/** Keeps the focus in its place: on the control that stands where the old one stood, or on the whole part. */
function replace(old: Element, fresh: HTMLElement): void {
  const { activeElement } = document
  const place = activeElement ? [...old.querySelectorAll(controls)].indexOf(activeElement) : -1
  const isInside = old.contains(activeElement)
  old.replaceWith(fresh)
  if (!isInside) return
  const found = fresh.querySelectorAll<HTMLElement>(controls)[place]
  const next = found?.checkVisibility() ? found : fresh.querySelector<HTMLElement>('summary')
  if (!next) fresh.tabIndex = -1
  ;(next ?? fresh).focus()
}
