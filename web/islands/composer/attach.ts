/** Files by the button, by dropping them and by pasting them: each is sent at once, with its progress and a small picture. */
import { composer, onComposer } from './form.ts'
import { step } from './steps.ts'

const partOf = (target: EventTarget | null): number =>
  Number((target instanceof Element && target.closest<HTMLElement>('.composer-part')?.dataset['index']) || 0)

onComposer('click', (event, form) => {
  const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>('[data-tool=files]') : null
  if (!button) return
  event.preventDefault()
  const part = Number(button.value.split('-')[1])
  const field = form.querySelector<HTMLInputElement>(`#files-${part}`) ?? document.createElement('input')
  if (!field.name) {
    Object.assign(field, { type: 'file', multiple: true })
    field.addEventListener('change', () => void attach(part, [...(field.files ?? [])]))
  }
  field.click()
})

onComposer('change', (event) => {
  const { target } = event
  if (!(target instanceof HTMLInputElement) || target.type !== 'file') return
  const files = [...(target.files ?? [])]
  target.value = ''
  void attach(Number(target.name.split('-')[1]), files)
})

onComposer('paste', (event) => {
  const files = [...(event.clipboardData?.files ?? [])]
  if (files.length === 0) return
  event.preventDefault()
  void attach(partOf(event.target), files)
})

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

onComposer('dragover', (event, form) => {
  if (!hasFiles(event)) return
  event.preventDefault()
  form.classList.add('is-target')
})
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) composer()?.classList.remove('is-target')
})
onComposer('drop', (event, form) => {
  form.classList.remove('is-target')
  if (!hasFiles(event)) return
  event.preventDefault()
  void attach(partOf(event.target), [...(event.dataTransfer?.files ?? [])])
})

/** Sends files one after another, then shows them in the form. */
async function attach(part: number, files: File[]): Promise<void> {
  const form = composer()
  if (!form || files.length === 0) return
  // The compact form has no place for files yet.
  if (!form.querySelector(`#files-of-${part}`)) await step(form, `show files-${part}`)
  const box = form.querySelector<HTMLElement>(`#files-of-${part}`)
  if (!box) return
  box.hidden = false
  const room = Number(box.dataset['max']) - box.querySelectorAll('.composer-file').length
  const shown = files.slice(0, room).map((file) => ({ file, ...progressOf(box, file) }))
  if (files.length > room) note(box, box.dataset['tooMany'] ?? '')
  for (const { file, item, bar } of shown) {
    try {
      const id = await send(form, part, file, (share) => (bar.value = share))
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name: `media-${part}`, value: id })
      item.replaceChildren(field, ...item.childNodes)
    } catch (error) {
      item.remove()
      note(box, `${file.name}: ${(error instanceof Error && error.message) || box.dataset['failed'] || ''}`)
    }
  }
  const notes = [...box.querySelectorAll('.problem')]
  await step(form, 'keep')
  box.append(...notes)
}

/** An entry with a small picture and a progress bar, after those before it, until the file has arrived. */
function progressOf(box: HTMLElement, file: File): { item: HTMLElement; bar: HTMLProgressElement } {
  const item = document.createElement('div')
  item.className = 'composer-sending'
  const bar = document.createElement('progress')
  bar.max = 1
  bar.value = 0
  bar.setAttribute('aria-label', `${box.dataset['sending']} ${file.name}`)
  const name = document.createElement('span')
  name.textContent = file.name
  const picture = document.createElement('canvas')
  picture.width = picture.height = 64
  item.append(picture, name, bar)
  const before = [...box.querySelectorAll(':scope > .composer-file-list, :scope > .composer-sending')].at(-1)
  if (before) before.after(item)
  else box.prepend(item)
  if (file.type.startsWith('image/')) void draw(picture, file)
  return { item, bar }
}

async function draw(canvas: HTMLCanvasElement, file: File): Promise<void> {
  const image = await createImageBitmap(file).catch(() => null)
  if (!image) return
  const side = Math.min(image.width, image.height)
  const [x, y] = [(image.width - side) / 2, (image.height - side) / 2]
  canvas.getContext('2d')?.drawImage(image, x, y, side, side, 0, 0, canvas.width, canvas.height)
}

function note(box: HTMLElement, text: string): void {
  const line = document.createElement('p')
  line.className = 'problem'
  line.setAttribute('role', 'alert')
  line.textContent = text
  box.append(line)
}

/** Fetch can't tell how much was sent. */
function send(form: HTMLFormElement, part: number, file: File, onProgress: (share: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = new FormData()
    body.set('form_token', form.querySelector<HTMLInputElement>('[name=form_token]')?.value ?? '')
    body.set(`files-${part}`, file)
    const request = new XMLHttpRequest()
    request.open('POST', '/compose/files')
    request.responseType = 'json'
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total))
    request.addEventListener('load', () => {
      const answer = request.response as { id?: string; error?: string } | null
      if (answer?.id) resolve(answer.id)
      else reject(new Error(answer?.error ?? ''))
    })
    request.addEventListener('error', () => reject(new Error()))
    request.send(body)
  })
}

// Files that are being prepared: asks now and then, and shows them when they are ready.
const askMs = 2_000
window.setInterval(async () => {
  const form = composer()
  const waiting = form?.querySelector('[data-state=processing]')
  if (!form || !waiting) return
  const answer = await fetch(`/compose/files/${waiting.id.slice('file-'.length)}`).catch(() => null)
  const { state } = answer?.ok ? ((await answer.json()) as { state: string }) : { state: 'processing' }
  if (state !== 'processing') await step(form, 'keep')
}, askMs)
