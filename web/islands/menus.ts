/**
 * Closes a menu by Escape, by a click outside of it, and when the focus leaves it, as when another menu opens. Keeps an
 * open menu inside the screen.
 */

const menus = () => document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return
  for (const menu of menus()) {
    const held = menu.contains(document.activeElement)
    menu.open = false
    if (held) menu.querySelector('summary')?.focus()
  }
})

for (const type of ['click', 'focusin'] as const) {
  document.addEventListener(type, ({ target }) => {
    for (const menu of menus()) if (!(target instanceof Node && menu.contains(target))) menu.open = false
  })
}

/** Opens a menu upwards if it does not fit below its button, and scrolls to one that fits nowhere. `toggle` does not bubble. */
document.addEventListener(
  'toggle',
  ({ target: menu }) => {
    if (!(menu instanceof HTMLDetailsElement) || !menu.matches('.menu')) return
    menu.classList.remove('is-up')
    const items = menu.open && menu.querySelector('.menu-items')
    if (!items) return
    // The padding keeps the bars at the edges of the screen free.
    const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement)
    const { height, bottom } = items.getBoundingClientRect()
    const isCut = bottom > innerHeight - Number.parseFloat(scrollPaddingBottom)
    const room = menu.getBoundingClientRect().top - Number.parseFloat(scrollPaddingTop)
    if (isCut && room > height) menu.classList.add('is-up')
    else if (isCut) items.scrollIntoView({ block: 'nearest' })
  },
  { capture: true },
)
