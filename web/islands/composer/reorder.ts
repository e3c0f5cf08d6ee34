/** Files change places by dragging: the order of the entries is the order in the form. */
import { onComposer } from './form.ts'
import { step } from './steps.ts'

let dragged: HTMLElement | null = null

const entryOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('.composer-file') : null

// Only the picture is a handle, as text in the fields is selected by dragging.
onComposer('pointerdown', (event) => {
  const entry = entryOf(event.target)
  if (entry) entry.draggable = event.target instanceof Element && event.target.closest('.composer-thumbnail') !== null
})
onComposer('dragstart', (event) => {
  dragged = entryOf(event.target)
  event.dataTransfer?.setData('text/plain', '')
})
onComposer('dragover', (event) => {
  const entry = entryOf(event.target)
  if (!dragged || !entry || entry.parentElement !== dragged.parentElement) return
  event.preventDefault()
  if (entry === dragged) return
  const isBefore = entry.compareDocumentPosition(dragged) & Node.DOCUMENT_POSITION_FOLLOWING
  if (isBefore) entry.before(dragged)
  else entry.after(dragged)
})
onComposer('dragend', (_, form) => {
  if (dragged) void step(form, 'keep')
  dragged = null
})
