/** Shows how long a text is, and marks one that is too long. `data-count-to` is the limit, in characters as readers see them. */
const segmenter = new Intl.Segmenter()

for (const box of document.querySelectorAll<HTMLElement>('[data-count-to]')) {
  const field = box.querySelector<HTMLInputElement | HTMLTextAreaElement>('input, textarea')
  const max = Number(box.dataset['countTo'])
  if (!field) continue
  const counter = document.createElement('span')
  counter.className = 'field-counter'
  // Screen readers have the limit in the field's hint.
  counter.setAttribute('aria-hidden', 'true')
  box.querySelector('label')?.append(counter)
  const count = () => {
    const length = [...segmenter.segment(field.value.trim())].length
    counter.textContent = `${length} / ${max}`
    counter.classList.toggle('is-over', length > max)
    if (length > max) field.setAttribute('aria-invalid', 'true')
    else field.removeAttribute('aria-invalid')
  }
  field.addEventListener('input', count)
  count()
}
