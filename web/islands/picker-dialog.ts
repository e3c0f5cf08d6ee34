/** The emoji picker: a dialog with a search field and a grid that arrow keys walk through. */
import { type Emoji, type EmojiGroup, faceOf, findEmojis, loadEmojis } from './composer/emoji-data.ts'

const maxFound = 60

type Picking = {
  /** The name of the dialog, and the texts in it. */
  label: string
  search: string
  nothing: string
  /** Gets the text of the chosen emoji: itself, or `:name:`. */
  onPick: (emoji: string) => void
  onClose: () => void
}

/** Lets the person choose an emoji. */
export async function pickEmoji({ label, search, nothing, onPick, onClose }: Picking): Promise<void> {
  const grid = make('div', { className: 'picker-grid' })
  const input = make('input', { type: 'search', placeholder: search, ariaLabel: search, autocomplete: 'off' })
  const dialog = make('dialog', { className: 'picker', ariaLabel: label }, input, grid)
  // Outside of any form, which would send the search with the Enter key.
  document.body.append(dialog)
  dialog.addEventListener('close', () => {
    dialog.remove()
    onClose()
  })
  dialog.addEventListener('click', ({ target: clicked }) => {
    if (clicked === dialog) return dialog.close()
    const chosen = clicked instanceof Element ? clicked.closest('button') : null
    if (!chosen) return
    dialog.close()
    onPick(chosen.value)
  })
  dialog.addEventListener('keydown', (event) => walk(event, input, grid))
  dialog.showModal()
  input.focus()
  const groups = await loadEmojis()
  const show = () => {
    const wanted = input.value.trim()
    const found: EmojiGroup[] = wanted ? [{ name: '', emojis: findEmojis(groups, wanted, maxFound) }] : groups
    grid.replaceChildren(...found.map(groupOf))
    if (wanted && found[0]?.emojis.length === 0) grid.replaceChildren(make('p', { className: 'hint' }, nothing))
  }
  input.addEventListener('input', show)
  show()
}

const make = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] => {
  const element = Object.assign(document.createElement(name), properties)
  element.append(...children)
  return element
}

function groupOf({ name, emojis }: EmojiGroup): HTMLElement {
  const section = make('section', {}, ...(name ? [make('h2', {}, name)] : []))
  const row = make('div', { className: 'picker-row' }, ...emojis.map(buttonOf))
  section.append(row)
  return section
}

const buttonOf = (emoji: Emoji): HTMLButtonElement =>
  make('button', { type: 'button', value: emoji[0], title: emoji[1], ariaLabel: emoji[1], tabIndex: -1 }, faceOf(emoji))

function walk(event: KeyboardEvent, input: HTMLInputElement, grid: HTMLElement): void {
  const buttons = [...grid.querySelectorAll('button')]
  const place = buttons.indexOf(document.activeElement as HTMLButtonElement)
  if (event.key === 'Enter' && document.activeElement === input) {
    event.preventDefault()
    buttons[0]?.click()
    return
  }
  const perRow = buttons.findIndex((button) => button.offsetTop !== buttons[0]?.offsetTop)
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: perRow, ArrowUp: -perRow }[event.key]
  // In the field, the arrows to the sides move the cursor.
  if (by === undefined || (place === -1 && event.key !== 'ArrowDown')) return
  event.preventDefault()
  const next = place === -1 ? 0 : place + by
  if (next < 0) input.focus()
  else (buttons[next] ?? buttons.at(-1))?.focus()
}
