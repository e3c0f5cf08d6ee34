/** Shows how many characters are left, by the server's own rules. */
import { countCharacters } from '../../../src/rules/count.ts'
import { changed, composer, onComposer } from './form.ts'

/** From this number on, screen readers announce how many characters are left. */
const spokenBelow = 20

function count(): void {
  const form = composer()
  for (const counter of form?.querySelectorAll<HTMLElement>('.composer-count') ?? []) {
    const { countOf = '', max = '', left: words, over } = counter.dataset
    const text = form?.querySelector<HTMLTextAreaElement>(`#${countOf}`)?.value ?? ''
    const warning = form?.querySelector<HTMLInputElement>('[name=spoiler_text]')?.value ?? ''
    const left = Number(max) - countCharacters(text.trim(), warning.trim())
    const number = counter.querySelector('.composer-count-number')
    const status = counter.querySelector('.composer-count-status')
    if (number) number.textContent = String(left)
    counter.classList.toggle('is-over', left < 0)
    if (status) status.textContent = left < spokenBelow ? `${Math.abs(left)} ${left < 0 ? over : words}` : ''
  }
}

onComposer('input', count)
document.addEventListener(changed, count)
count()
