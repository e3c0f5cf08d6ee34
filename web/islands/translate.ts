/** Shows the translation of a post in the place of its text. Without scripts, the link leads to a page with both. */
import { say } from './say.ts'
import { adoptSymbols } from './symbols.ts'

document.addEventListener('click', (event) => {
  const pressed =
    event.target instanceof Element ? event.target.closest('.post-translate a, .post-translate button') : null
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return
  event.preventDefault()
  const translated = pressed.closest<HTMLElement>('.translated')
  if (translated) showOriginal(translated)
  else if (pressed instanceof HTMLAnchorElement) void translate(pressed)
})

async function translate(link: HTMLAnchorElement): Promise<void> {
  const line = link.closest<HTMLElement>('.post-translate')
  if (!line || link.getAttribute('aria-busy') === 'true') return
  const known = line.nextElementSibling
  if (known instanceof HTMLElement && known.matches('.translated')) return show(line, known)
  link.setAttribute('aria-busy', 'true')
  try {
    const answer = await fetch(link.href, { headers: { Accept: 'text/vnd.pipit.part' } })
    if (answer.redirected) return location.assign(answer.url)
    const text = await answer.text()
    if (!answer.ok) return say(text)
    const page = new DOMParser().parseFromString(text, 'text/html')
    adoptSymbols(page)
    const translated = page.querySelector<HTMLElement>('.translated')
    if (!translated) return
    line.after(translated)
    show(line, translated)
  } catch {
    say(document.getElementById('act')?.dataset['offline'] ?? '')
  } finally {
    link.removeAttribute('aria-busy')
  }
}

/** The original text stands before its line with the link, and the translation after it. */
function show(line: HTMLElement, translated: HTMLElement): void {
  swap(line, translated, true)
  translated.querySelector<HTMLElement>('[tabindex]')?.focus({ preventScroll: true })
}

function showOriginal(translated: HTMLElement): void {
  const line = translated.previousElementSibling
  if (!(line instanceof HTMLElement)) return
  swap(line, translated, false)
  line.querySelector('a')?.focus({ preventScroll: true })
}

function swap(line: HTMLElement, translated: HTMLElement, isTranslated: boolean): void {
  const text = line.previousElementSibling
  if (text instanceof HTMLElement) text.hidden = isTranslated
  line.hidden = isTranslated
  translated.hidden = !isTranslated
}
