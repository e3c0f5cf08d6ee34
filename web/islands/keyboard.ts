import { showKeys } from './keyboard-dialog.ts'
/**
 * Single keys as people know them from Mastodon: from post to post, what is done with one, and where to go. They are off while
 * somebody types, with modifier keys, and where the person switched them off on the page that lists them.
 */
import { setUpSwitch, areOn } from './keyboard-switch.ts'

/** Posts, and notifications without one. A notification with a post is passed over, as its post is the one to act on. */
const entries = () => [
  ...document.querySelectorAll<HTMLElement>(
    'main article.post, main article.note:not(:has(article.post)), main article.person',
  ),
]
const current = (): HTMLElement | null =>
  document.activeElement?.closest<HTMLElement>('article.post, article.note, article.person') ?? null

const places: Record<string, string> = {
  h: '/',
  n: '/notifications',
  e: '/explore',
  l: '/public?from=here',
  t: '/public',
  d: '/conversations',
  f: '/favourites',
  r: '/follow-requests',
  b: '/settings/blocks',
  m: '/settings/mutes',
  c: '/catch-up',
}

/** Moves the focus to the next or previous entry; to the first that is on the screen, if none has it. */
function move(step: 1 | -1): void {
  const all = entries()
  const from = current()
  const at = from ? all.indexOf(from) : -1
  const next = at >= 0 ? all[at + step] : all.find((one) => one.getBoundingClientRect().bottom > 80)
  if (!next) return
  next.tabIndex = -1
  next.focus({ preventScroll: true })
  const { top, bottom } = next.getBoundingClientRect()
  if (top < 60 || bottom > innerHeight - 60) next.scrollIntoView({ block: 'start' })
}

/** Presses something of the entry that has the focus. */
const press = (selector: string) => (): boolean => {
  const found = current()?.querySelector<HTMLElement>(selector)
  found?.click()
  return Boolean(found)
}

function toggleWarnings(): boolean {
  const warnings = [...(current()?.querySelectorAll<HTMLDetailsElement>('details.warning') ?? [])]
  const isOpen = warnings.some(({ open }) => open)
  for (const warning of warnings) warning.open = !isOpen
  return warnings.length > 0
}

/** Puts the cursor into a field of the page if it is there and shown, and goes to its page otherwise. */
const write = (selector: string, path: string) => (): void => {
  const field = [...document.querySelectorAll<HTMLElement>(selector)].find((one) => one.checkVisibility())
  if (field) field.focus()
  else location.assign(path)
}

/** What each key does. False: nothing, so the key keeps its meaning in the browser. */
const keys: Record<string, () => boolean | void> = {
  j: () => move(1),
  k: () => move(-1),
  r: press('a[href^="/compose?reply_to="]'),
  q: press('a[href^="/compose?quote="]'),
  b: press('.act-boost'),
  f: press('.act-favourite'),
  o: press('a.post-time, a.note-status, a.person-link'),
  p: press('a.post-author, a.note-name, a.person-link'),
  e: press('a.media-link, .media-marks a[data-viewer]'),
  x: toggleWarnings,
  n: write('main .composer textarea', '/compose'),
  '/': write('#search-field, #rail-search', '/search'),
  '.': () => document.querySelector<HTMLElement>('[data-load-new]')?.click(),
  '?': () => void showKeys(),
}

/** Whether somebody types or chooses something. */
const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, audio, video, dialog, [role=listbox]') !== null)

/** Whether `g` was pressed, and the next key names a place. It waits as long as somebody needs. */
let isGoing = false

document.addEventListener('keydown', (event) => {
  const { key, target } = event
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
  if (isField(target) || document.querySelector('dialog[open]') || !areOn()) return
  const goes = isGoing
  isGoing = false
  if (goes) {
    const own = document.querySelector<HTMLAnchorElement>('.self a.person-link')
    const place = key === 'u' ? own?.pathname : Object.hasOwn(places, key) ? places[key] : undefined
    if (place === undefined) return
    event.preventDefault()
    location.assign(place)
  } else if (key === 'g') {
    isGoing = true
  } else if (key === 'Enter') {
    // On a link or button, Enter has its own meaning.
    if (target === current() && keys['o']?.()) event.preventDefault()
  } else if (key === 'Escape') {
    if (target === current()) (target as HTMLElement).blur()
  } else if (Object.hasOwn(keys, key) && keys[key]?.() !== false) {
    event.preventDefault()
  }
})

document.addEventListener('pointerdown', () => {
  isGoing = false
})

setUpSwitch(document)
