/** Opens the emoji picker for a reaction. The chosen emoji is sent as the button of a reaction sends it: see `actions.ts`. */
import { pickEmoji } from './picker-dialog.ts'

document.addEventListener('click', (event) => {
  // Links in texts are absolute, so they are none of ours.
  const link =
    event.target instanceof Element
      ? event.target.closest<HTMLAnchorElement>('.post a[href^="/statuses/"][href$="/react"]')
      : null
  const form = document.querySelector<HTMLFormElement>('form#act')
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey
  if (!link || !form || !isPlain) return
  event.preventDefault()
  const { emojiSearch = '', emojiNothing = '' } = form.dataset
  const menu = link.closest('details')
  if (menu) menu.open = false
  void pickEmoji({
    label: link.textContent.trim(),
    search: emojiSearch,
    nothing: emojiNothing,
    onPick: (emoji) => react(form, `${link.pathname}?emoji=${encodeURIComponent(emoji)}`),
    onClose: () => (menu?.querySelector('summary') ?? link).focus(),
  })
})

function react(form: HTMLFormElement, path: string): void {
  const button = document.createElement('button')
  button.formAction = path
  button.hidden = true
  form.append(button)
  form.requestSubmit(button)
  button.remove()
}
