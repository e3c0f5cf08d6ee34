/**
 * Saves the form as a draft while somebody types, and when the page is left. Edits have no drafts: there the browser asks
 * before it leaves.
 */
import { changed, composer, onComposer, withoutFiles } from './form.ts'

const pauseMs = 2_500

let timer = 0
/** Whether something was typed that is not saved. */
let isDirty = false
let isSaving = false

const line = () => composer()?.querySelector<HTMLElement>('.composer-saved') ?? null
const isEdit = () => line()?.dataset['leave'] !== undefined

function bodyOf(form: HTMLFormElement): FormData | null {
  const body = new FormData(form)
  withoutFiles(body)
  body.set('do', 'draft')
  const isBlank = [...form.querySelectorAll<HTMLTextAreaElement>('.composer-part > textarea')].every(
    ({ value }) => value.trim() === '',
  )
  return isBlank && !body.has('draft') ? null : body
}

onComposer('input', () => {
  isDirty = true
  window.clearTimeout(timer)
  if (!isEdit()) timer = window.setTimeout(() => void save(), pauseMs)
})

async function save(): Promise<void> {
  const form = composer()
  const body = form && bodyOf(form)
  if (!form || !body || isSaving) return
  isSaving = true
  isDirty = false
  try {
    const answer = await fetch('/compose', { method: 'POST', body, headers: { Accept: 'application/json' } })
    const { draft } = answer.ok ? ((await answer.json()) as { draft?: string }) : {}
    if (!draft) isDirty = true
    else {
      keepId(form, draft)
      const place = line()
      if (place) place.textContent = place.dataset['saved'] ?? ''
    }
  } catch {
    isDirty = true
  } finally {
    isSaving = false
    afterwards?.()
  }
}

/** The id of the saved draft. An answer to a form that was sent before it was known does not have it. */
let known = ''
document.addEventListener(changed, () => {
  const form = composer()
  if (form && known) keepId(form, known)
})

/** The next time, the same draft is changed. */
function keepId(form: HTMLFormElement, draft: string): void {
  known = draft
  const field = form.querySelector<HTMLInputElement>('input[name=draft]') ?? document.createElement('input')
  Object.assign(field, { type: 'hidden', name: 'draft', value: draft })
  if (!field.isConnected) form.prepend(field)
}

let isSent = false
let afterwards: (() => void) | undefined
onComposer('submit', (event, form) => {
  if (event.defaultPrevented) return
  if (isSaving) {
    // The post takes the place of the draft, so its id has to be known first.
    event.preventDefault()
    afterwards = () => {
      afterwards = undefined
      form.requestSubmit(event.submitter)
    }
    return
  }
  isSent = true
  window.clearTimeout(timer)
})

window.addEventListener('pagehide', () => {
  const form = composer()
  const body = form && isDirty && !isSent && !isEdit() ? bodyOf(form) : null
  if (body) navigator.sendBeacon('/compose', body)
})

window.addEventListener('beforeunload', (event) => {
  if (isEdit() && isDirty && !isSent) event.preventDefault()
})
