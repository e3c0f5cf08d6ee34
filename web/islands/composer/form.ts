/** The composer of the page. Its content is replaced while it is used, so everything is looked up when it is needed. */

export const composer = (): HTMLFormElement | null => document.querySelector('form.composer')

/** Calls a listener for events inside of the composer. */
export function onComposer<Name extends keyof DocumentEventMap>(
  name: Name,
  listener: (event: DocumentEventMap[Name], form: HTMLFormElement) => void,
  options?: AddEventListenerOptions,
): void {
  document.addEventListener(
    name,
    (event) => {
      const form = composer()
      if (form && event.target instanceof Node && form.contains(event.target)) listener(event, form)
    },
    options,
  )
}

/** Writes into a text field at the cursor, so that the browser can undo it, and other scripts get its event. */
export function insert(field: HTMLTextAreaElement | HTMLInputElement, text: string, from?: number): void {
  field.focus()
  if (from !== undefined) field.setSelectionRange(from, field.selectionEnd)
  // The old command is the only one that keeps the browser's list of what can be undone.
  if (!document.execCommand('insertText', false, text)) {
    field.setRangeText(text, field.selectionStart ?? 0, field.selectionEnd ?? 0, 'end')
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  }
}

/** The event after the composer's content was replaced. */
export const changed = 'composer:changed'

/** Leaves out the chosen files: they are sent one by one, by `attach.ts`. */
export function withoutFiles(body: FormData): void {
  const names = [...body.keys()].filter((name) => name.startsWith('files-'))
  for (const name of names) body.delete(name)
}
