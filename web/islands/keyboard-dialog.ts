/** The list of keys over the page. It is the content of the page `/keyboard`, read when somebody asks for it first. */
import { setUpSwitch } from './keyboard-switch.ts'

let dialog: HTMLDialogElement | null = null

export async function showKeys(): Promise<void> {
  dialog ??= await load()
  if (dialog) dialog.showModal()
  else location.assign('/keyboard')
}

async function load(): Promise<HTMLDialogElement | null> {
  const answer = await fetch('/keyboard').catch(() => null)
  if (!answer?.ok) return null
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const [title, keys] = [page.querySelector('main h1'), page.querySelector<HTMLElement>('#keys')]
  if (!title || !keys) return null
  const made = document.createElement('dialog')
  made.className = 'keys-dialog'
  title.id = 'keys-title'
  made.setAttribute('aria-labelledby', title.id)
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'button button-quiet'
  close.textContent = keys.dataset['close'] ?? ''
  close.autofocus = true
  close.addEventListener('click', () => made.close())
  const head = document.createElement('div')
  head.className = 'head'
  head.append(title, close)
  made.append(head, keys)
  // A click beside the dialog is one on its backdrop.
  made.addEventListener('click', ({ target }) => {
    if (target === made) made.close()
  })
  document.body.append(made)
  setUpSwitch(made)
  return made
}
