/** Ctrl+Enter or ⌘+Enter posts. */
import { onComposer } from './form.ts'

onComposer('keydown', (event, form) => {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.isComposing) return
  event.preventDefault()
  form.requestSubmit(form.querySelector<HTMLButtonElement>('.composer-post'))
})
