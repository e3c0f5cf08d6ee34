/**
 * Shows files over the page: it fetches the main part of a file's page and puts it into a dialog. The address is that of the file's
 * page, so that Back closes the dialog, and a copied address leads to the file. Where anything fails, the file's page opens.
 */

type Inside = { viewer: true }

const dialog = document.createElement('dialog')
dialog.className = 'viewer'
document.body.append(dialog)

/** The thumbnail that gets the focus back. */
let opener: HTMLElement | null = null
/** Whether the person opened the warning of the files already. */
let isUnveiled = false
/** Counts the requests, as a slow answer must not replace a later one. */
let latest = 0

const isInside = (state: unknown): state is Inside => (state as Inside | null)?.viewer === true

/** Whether the page was loaded at an address of the viewer, as by a reload: then the entry before it is another page. */
const beganInside = isInside(history.state)
const beganAt = location.pathname

async function show(href: string): Promise<void> {
  const request = ++latest
  if (!dialog.open) {
    for (const player of document.querySelectorAll<HTMLMediaElement>('video, audio')) player.pause()
    wait()
    dialog.showModal()
  }
  const view = await load(href).catch(() => null)
  if (request !== latest) return
  if (!view) return location.replace(href)
  const rel = document.activeElement?.getAttribute('rel')
  if (isUnveiled) for (const warning of view.querySelectorAll<HTMLDetailsElement>('.warning')) warning.open = true
  view.tabIndex = -1
  dialog.setAttribute('aria-label', view.getAttribute('aria-label') ?? '')
  dialog.replaceChildren(view)
  dialog.scrollTop = 0
  prepareZoom(view)
  // Who goes on by the links keeps the focus on them.
  ;((rel && way(rel)) || view).focus()
  for (const next of ['next', 'prev']) void preload(way(next)?.href)
}

const parts = new Map<string, Promise<Element | null>>()

/** The part of a file's page; loaded once for a page. */
async function load(href: string): Promise<HTMLElement | null> {
  let part = parts.get(href)
  if (!part) {
    part = fetchPart(href)
    parts.set(href, part)
    part.catch(() => parts.delete(href))
  }
  return ((await part)?.cloneNode(true) as HTMLElement | undefined) ?? null
}

async function fetchPart(href: string): Promise<Element | null> {
  const answer = await fetch(href, { headers: { Accept: 'text/vnd.pipit.part' } })
  if (!answer.ok) return null
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
  for (const symbol of fresh.querySelectorAll('symbol'))
    if (!document.getElementById(symbol.id)) document.querySelector('.sprite')?.append(symbol)
  const view = fresh.querySelector('.file-view')
  return view && document.importNode(view, true)
}

/** Fetches a neighbour and its picture ahead. */
async function preload(href: string | undefined): Promise<void> {
  const view = href ? await load(href).catch(() => null) : null
  const isHidden = !isUnveiled && view?.querySelector('.warning')
  const image = isHidden ? null : view?.querySelector<HTMLImageElement>('.file-open img')
  if (image) new Image().src = image.src
}

/** The thumbnail until the file is there. */
function wait(): void {
  const box = document.createElement('div')
  box.className = 'viewer-waiting'
  box.setAttribute('aria-busy', 'true')
  const still = opener?.querySelector('img')
  if (still) box.append(still.cloneNode())
  dialog.replaceChildren(box)
}

const way = (rel: string) => dialog.querySelector<HTMLAnchorElement>(`.file-ways [rel=${rel}]`)

function move(rel: 'next' | 'prev'): void {
  const href = way(rel)?.href
  if (!href) return
  history.replaceState({ viewer: true } satisfies Inside, '', href)
  void show(href)
}

/** Leaves by the history, so that Forward leads back to the file. */
const leave = () => history.back()

// Also where the browser closes it on its own, as for a second Esc.
dialog.addEventListener('close', () => {
  latest++
  dialog.replaceChildren()
  opener?.focus()
  if (isInside(history.state) && location.pathname !== beganAt) leave()
})

const isPlain = (event: MouseEvent) =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)

document.addEventListener('click', (event) => {
  const { target } = event
  if (!(target instanceof Element) || event.defaultPrevented || !isPlain(event)) return
  const zoom = target.closest<HTMLElement>('.file-zoom, .is-zoomable .file-open')
  if (zoom) {
    event.preventDefault()
    return toggleZoom(zoom.closest('.file-stage')!)
  }
  const link = target.closest<HTMLAnchorElement>('a[data-viewer], .viewer .file-ways a')
  if (!link) return
  event.preventDefault()
  if (!link.closest('.viewer')) {
    opener = link
    isUnveiled = !link.hasAttribute('data-veiled')
    history.pushState({ viewer: true } satisfies Inside, '', link.href)
    return void show(link.href)
  }
  if (link.rel === 'up') leave()
  else move(link.rel as 'next' | 'prev')
})

// Esc, which else would close the dialog without its entry in the history.
dialog.addEventListener('cancel', (event) => {
  event.preventDefault()
  leave()
})

addEventListener('popstate', ({ state }) => {
  if (beganInside && location.pathname !== beganAt && !isInside(state)) return location.reload()
  if (isInside(state) && location.pathname !== beganAt) void show(location.href)
  else if (dialog.open) dialog.close()
})

document.addEventListener('keydown', (event) => {
  const { key, target } = event
  const isElsewhere = target instanceof Element && target.closest('video, audio, .is-full')
  if (!dialog.open || isElsewhere || event.altKey || event.ctrlKey || event.metaKey) return
  if (key === 'ArrowRight') move('next')
  else if (key === 'ArrowLeft') move('prev')
})

/** Where a finger touched the file. */
let touch: { x: number; y: number } | null = null
const leastSwipe = 50

dialog.addEventListener('pointerdown', ({ target, pointerType, isPrimary, clientX, clientY }) => {
  const isSwipe = pointerType === 'touch' && isPrimary && (visualViewport?.scale ?? 1) === 1
  const isFree = target instanceof Element && !target.closest('.is-full, audio')
  touch = isSwipe && isFree ? { x: clientX, y: clientY } : null
})

dialog.addEventListener('pointerup', ({ clientX, clientY }) => {
  const [x, y] = touch ? [clientX - touch.x, clientY - touch.y] : [0, 0]
  touch = null
  if (Math.abs(x) > leastSwipe && Math.abs(x) > 2 * Math.abs(y)) move(x < 0 ? 'next' : 'prev')
})

/** Offers the full size of a picture that is larger than it is shown. */
function prepareZoom(view: ParentNode): void {
  for (const stage of view.querySelectorAll<HTMLElement>('.file-stage')) {
    const image = stage.querySelector<HTMLImageElement>('.file-open img')
    const button = stage.querySelector<HTMLElement>('.file-zoom')
    if (!image || !button) continue
    const measure = () => {
      const { width, height } = image.getBoundingClientRect()
      const isLarger = image.naturalWidth > width + 1 || image.naturalHeight > height + 1
      if (stage.classList.contains('is-full') || width === 0) return
      stage.classList.toggle('is-zoomable', isLarger)
      button.hidden = !isLarger
    }
    new ResizeObserver(measure).observe(image)
    image.addEventListener('load', measure)
  }
}

function toggleZoom(stage: HTMLElement): void {
  const isFull = stage.classList.toggle('is-full')
  stage.querySelector('.file-zoom')?.setAttribute('aria-pressed', String(isFull))
  // The keys of a person without a mouse scroll it.
  if (isFull) stage.tabIndex = 0
  else stage.removeAttribute('tabindex')
}

prepareZoom(document)
