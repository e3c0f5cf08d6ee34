/** The emoji picker of the composer: it writes into the field that had the focus last. */
import { pickEmoji } from '../picker-dialog.ts'
import { composer, insert, onComposer } from './form.ts'

let field: HTMLTextAreaElement | HTMLInputElement | null = null
onComposer('focusin', ({ target }) => {
  const isText = target instanceof HTMLTextAreaElement || (target instanceof HTMLInputElement && target.type === 'text')
  if (isText) field = target
})

onComposer('click', (event, form) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-tool=emoji]') : null
  if (!button) return
  event.preventDefault()
  const { emojiSearch = '', emojiNothing = '' } = form.querySelector<HTMLElement>('.composer-foot')?.dataset ?? {}
  const target = field?.isConnected ? field : form.querySelector<HTMLTextAreaElement>('.composer-part > textarea')
  void pickEmoji({
    label: button.ariaLabel ?? '',
    search: emojiSearch,
    nothing: emojiNothing,
    onPick: (emoji) => {
      if (target && composer()) insert(target, `${emoji}${emoji.startsWith(':') ? ' ' : ''}`)
    },
    onClose: () => target?.focus(),
  })
})
