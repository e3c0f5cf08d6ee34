/** Shows a short message at the lower edge for some seconds. Screen readers say it at once. */

const shownMs = 8_000

const box = document.createElement('p')
box.className = 'toast'
box.setAttribute('role', 'alert')
document.body.append(box)

let timer = 0

export function say(words: string): void {
  box.textContent = words
  window.clearTimeout(timer)
  timer = window.setTimeout(() => box.replaceChildren(), shownMs)
}
