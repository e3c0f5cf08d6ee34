/** A click on a small picture sets its focal point: it fills the two fields, and moves the ring. */
import { onComposer } from './form.ts'

onComposer('click', (event) => {
  const { target } = event
  const box = target instanceof Element ? target.closest<HTMLElement>('[data-focus]') : null
  if (!box || !(event instanceof MouseEvent)) return
  const id = box.dataset['focus'] ?? ''
  const { left, top, width, height } = box.getBoundingClientRect()
  const percent = [((event.clientX - left) / width) * 100, ((event.clientY - top) / height) * 100]
  for (const [i, axis] of ['x', 'y'].entries()) {
    const value = String(Math.round(Math.max(0, Math.min(100, percent[i] ?? 50))))
    const field = document.getElementById(`focus_${axis}-${id}`)
    if (field instanceof HTMLInputElement) field.value = value
    box.querySelector('circle')?.setAttribute(`c${axis}`, `${value}%`)
  }
})

onComposer('input', ({ target }) => {
  const [, axis = '', id = ''] =
    /^focus_([xy])-(\d+)$/.exec((target instanceof HTMLInputElement && target.id) || '') ?? []
  const circle = id && document.querySelector(`[data-focus="${id}"] circle`)
  if (circle && target instanceof HTMLInputElement) circle.setAttribute(`c${axis}`, `${target.value || 50}%`)
})
