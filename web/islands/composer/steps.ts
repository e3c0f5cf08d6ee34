/**
 * The buttons that change the form: the form is sent in the background, and the answer's form takes the place of the old one.
 * So each change is written once, on the server.
 */
import { changed, composer, onComposer, withoutFiles } from './form.ts'
import { morph, sentValues } from './morph.ts'

onComposer('submit', (event, form) => {
  const button = event.submitter
  if (!(button instanceof HTMLButtonElement) || button.value === 'post' || button.value === 'draft') return
  event.preventDefault()
  // An open preview is closed by its button.
  if (button.value === 'preview' && hasPreview()) return void step(form, 'keep')
  void step(form, button.value)
})

// An open preview follows the typing.
let timer = 0
onComposer('input', (_, form) => {
  window.clearTimeout(timer)
  if (hasPreview()) timer = window.setTimeout(() => void step(form, 'preview'), 700)
})

const hasPreview = (): boolean => document.querySelector('#preview:not([hidden])') !== null

let queue: Promise<unknown> = Promise.resolve()

/** Sends the form with a step, one after another, and shows the answer. Without an answer, the page is sent as usual. */
export function step(form: HTMLFormElement, name: string): Promise<void> {
  const done = queue.then(() => send(form, name))
  queue = done.catch(() => {})
  return done
}

async function send(form: HTMLFormElement, name: string): Promise<void> {
  const body = new FormData(form)
  withoutFiles(body)
  body.set('do', name)
  const sent = sentValues(form)
  const answer = await fetch(form.action, { method: 'POST', body })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const fresh = page.querySelector('form.composer')
  if (!fresh || composer() !== form) return
  for (const symbol of page.querySelectorAll('.sprite symbol'))
    if (!document.getElementById(symbol.id))
      document.querySelector('.sprite')?.append(document.importNode(symbol, true))
  const focused = document.activeElement
  morph(form, fresh, sent)
  place(form, name, focused)
  form.dispatchEvent(new CustomEvent(changed, { bubbles: true }))
}

/** Puts the cursor where the step leads to; where its button is gone, into the text. */
function place(form: HTMLFormElement, name: string, focused: Element | null): void {
  const [verb, part = '0'] = name.split(' ')
  const target =
    verb === 'poll'
      ? form.querySelector<HTMLElement>(`#option-${part}-0`)
      : verb === 'option'
        ? [...form.querySelectorAll<HTMLElement>(`[name="poll_option-${part}"]`)].at(-1)
        : verb === 'part'
          ? [...form.querySelectorAll<HTMLElement>('.composer-part > textarea')].at(-1)
          : verb === 'show'
            ? form.querySelector<HTMLElement>(`#composer-${part} :is(input:not([type=hidden]), select)`)
            : null
  if (target?.checkVisibility()) target.focus()
  else if (focused && !focused.isConnected) form.querySelector<HTMLElement>('.composer-part > textarea')?.focus()
}

// Sections that are in the page already open at once.
onComposer('click', (event, form) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-tool=toggle]') : null
  const section = button && document.getElementById(button.getAttribute('aria-controls') ?? '')
  if (!button || !section) return
  event.preventDefault()
  section.hidden = !section.hidden
  button.setAttribute('aria-expanded', String(!section.hidden))
  const name = button.value.slice('show '.length)
  form.querySelector(`input[name=open][value="${name}"]`)?.remove()
  if (section.hidden) return
  const open = document.createElement('input')
  Object.assign(open, { type: 'hidden', name: 'open', value: name })
  form.prepend(open)
  section.querySelector<HTMLElement>('input:not([type=hidden]), select')?.focus()
})
