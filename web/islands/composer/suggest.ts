/**
 * Offers handles, hashtags and emojis while they are typed. The keyboard stays in the text; the arrow keys choose, as in a
 * combobox (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).
 */
import { findEmojis, loadEmojis } from './emoji-data.ts'
import { insert, onComposer } from './form.ts'

type Option = { text: string; name: string; picture?: string }

const pauseMs = 150
const maxShown = 6

const begun = /(?:^|[\s(])([@#:][\p{L}\p{M}\p{N}_.@-]+)$/u

const list = document.createElement('ul')
list.id = 'suggestions'
list.className = 'suggestions'
list.hidden = true
list.setAttribute('role', 'listbox')
const voice = document.createElement('p')
voice.className = 'unseen'
voice.setAttribute('role', 'status')

let area: HTMLTextAreaElement | null = null
let options: Option[] = []
let chosen = 0
let from = 0
let timer = 0

onComposer('input', ({ target }) => {
  window.clearTimeout(timer)
  if (!(target instanceof HTMLTextAreaElement) || !target.closest('.composer-part')) return
  const word = wordAt(target)
  if (!word) return close()
  timer = window.setTimeout(() => void look(target, word), pauseMs)
})

function wordAt(field: HTMLTextAreaElement): string | null {
  const before = field.value.slice(0, field.selectionStart)
  const word = begun.exec(before.slice(-100))?.[1] ?? null
  from = before.length - (word?.length ?? 0)
  return word
}

async function look(field: HTMLTextAreaElement, word: string): Promise<void> {
  const found = word.startsWith(':') ? await emojis(word.slice(1)) : await ask(word)
  // Something else was typed meanwhile.
  if (wordAt(field) !== word || document.activeElement !== field) return
  show(field, found)
}

async function emojis(word: string): Promise<Option[]> {
  if (word.length < 2) return []
  return findEmojis(await loadEmojis(), word, maxShown).map(([text, name, , picture]) => ({
    text,
    name,
    ...(picture ? { picture } : {}),
  }))
}

async function ask(word: string): Promise<Option[]> {
  const answer = await fetch(`/compose/suggest?q=${encodeURIComponent(word)}`).catch(() => null)
  return answer?.ok ? ((await answer.json()) as Option[]) : []
}

function show(field: HTMLTextAreaElement, found: Option[]): void {
  if (found.length === 0) return close()
  area = field
  options = found
  chosen = 0
  const words = field.form?.querySelector<HTMLElement>('.composer-foot')?.dataset ?? {}
  list.setAttribute('aria-label', words['suggestions'] ?? '')
  list.replaceChildren(...found.map(entryOf))
  list.hidden = false
  field.after(list, voice)
  field.setAttribute('aria-autocomplete', 'list')
  field.setAttribute('aria-controls', list.id)
  voice.textContent = `${found.length} ${words['suggestionCount'] ?? ''}`
  mark()
}

function entryOf({ text, name, picture }: Option, i: number): HTMLElement {
  const entry = document.createElement('li')
  entry.id = `suggestion-${i}`
  entry.setAttribute('role', 'option')
  if (picture)
    entry.append(Object.assign(document.createElement('img'), { src: picture, alt: '', width: 28, height: 28 }))
  else if (text.startsWith('@')) {
    const initial = Object.assign(document.createElement('span'), { className: 'suggestion-initial' })
    initial.textContent = [...name][0] ?? ''
    initial.setAttribute('aria-hidden', 'true')
    entry.append(initial)
  }
  const shown = document.createElement('bdi')
  shown.textContent = text
  entry.append(shown)
  if (name) entry.append(Object.assign(document.createElement('bdi'), { className: 'hint', textContent: name }))
  // Pressed, not clicked: a click would take the focus from the text first.
  entry.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    choose(i)
  })
  return entry
}

function mark(): void {
  for (const [i, entry] of [...list.children].entries()) entry.setAttribute('aria-selected', String(i === chosen))
  area?.setAttribute('aria-activedescendant', `suggestion-${chosen}`)
}

function choose(i: number): void {
  const option = options[i]
  const field = area
  const start = from
  close()
  if (option && field) insert(field, `${option.text} `, start)
}

function close(): void {
  list.hidden = true
  list.remove()
  voice.textContent = ''
  area?.removeAttribute('aria-activedescendant')
  area?.removeAttribute('aria-controls')
  area = null
}

onComposer(
  'keydown',
  (event) => {
    if (!area || event.target !== area || event.isComposing) return
    const { key } = event
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      chosen = (chosen + (key === 'ArrowDown' ? 1 : -1) + options.length) % options.length
      mark()
    } else if ((key === 'Enter' || key === 'Tab') && !event.ctrlKey && !event.metaKey && !event.shiftKey) choose(chosen)
    else if (key === 'Escape') close()
    else return
    event.preventDefault()
    event.stopPropagation()
  },
  { capture: true },
)

// The elements below the list move up when it closes. This waits while a button there is pressed, or the click would miss it.
let isPressed = false
document.addEventListener('pointerdown', () => (isPressed = true), { capture: true })
for (const type of ['pointerup', 'pointercancel'] as const)
  document.addEventListener(type, () => {
    isPressed = false
    window.setTimeout(() => area && area !== document.activeElement && close())
  })
onComposer('focusout', ({ target }) => {
  if (target === area && !isPressed) close()
})
