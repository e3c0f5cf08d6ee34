/** Closes a menu by Escape, by a click elsewhere, when the focus leaves it, and so when another one opens. */

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
