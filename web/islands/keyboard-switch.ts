/** Switches single keys off and on, for this browser: screen readers and speech control use them, too (WCAG 2.1.4). */

const name = 'pipit-single-keys'

/** Whether single keys do something. Browsers that keep nothing for websites have them on. */
export function areOn(): boolean {
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
  }
  show()
  button.hidden = false
  button.addEventListener('click', () => {
    try {
      localStorage.setItem(name, areOn() ? 'off' : 'on')
    } catch {
      // Without storage there is nothing to switch.
    }
    show()
  })
}
