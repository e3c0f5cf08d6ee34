/**
 * Plays silent loops: by themselves where the person wants that and as long as they are seen, else while the mouse is on them.
 * The browser's controls start and stop them, too. Nothing moves unasked where the device asks for less motion.
 */
const wantsLess = matchMedia('(prefers-reduced-motion: reduce)')

/** Loops that the person stopped. They don't start again by themselves. */
const stopped = new WeakSet<HTMLVideoElement>()
/** Loops that this script is about to stop. */
const stopping = new WeakSet<HTMLVideoElement>()
/** Loops that play because the mouse is on them. */
const hovered = new WeakSet<HTMLVideoElement>()

function play(loop: HTMLVideoElement): void {
  // It fails where a browser forbids it. Its controls remain.
  if (!wantsLess.matches && loop.paused) loop.play().catch(() => {})
}

function stop(loop: HTMLVideoElement): void {
  if (loop.paused) return
  stopping.add(loop)
  loop.pause()
}

const loopOf = (target: EventTarget | null): HTMLVideoElement | null =>
  target instanceof HTMLVideoElement && target.dataset['loop'] ? target : null

// Events of players do not bubble.
document.addEventListener(
  'pause',
  ({ target }) => {
    const loop = loopOf(target)
    if (!loop) return
    hovered.delete(loop)
    // A dialog over the page stops everything below it.
    const isBelow = document.querySelector('dialog[open]')?.contains(loop) === false
    if (!stopping.delete(loop) && !isBelow) stopped.add(loop)
  },
  { capture: true },
)
document.addEventListener(
  'play',
  ({ target }) => {
    const loop = loopOf(target)
    if (loop) stopped.delete(loop)
  },
  { capture: true },
)

const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      const loop = target as HTMLVideoElement
      if (!isIntersecting) stop(loop)
      else if (!stopped.has(loop)) play(loop)
    }
  },
  { threshold: 0.5 },
)

function watch(root: ParentNode): void {
  for (const loop of root.querySelectorAll('video[data-loop=auto]')) seen.observe(loop)
}

// New posts are put into the page, and files into the viewer.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node instanceof HTMLElement) watch(node.parentElement ?? node)
}).observe(document.body, { childList: true, subtree: true })
watch(document)

wantsLess.addEventListener('change', () => {
  for (const loop of document.querySelectorAll<HTMLVideoElement>('video[data-loop]')) if (wantsLess.matches) stop(loop)
})

/** The loop below the mouse, with the signs that lie on it. */
const loopAt = (target: EventTarget | null): HTMLVideoElement | null =>
  target instanceof Element ? (target.closest('.media-box')?.querySelector('video[data-loop=hover]') ?? null) : null

document.addEventListener('pointerover', ({ target, relatedTarget, pointerType }) => {
  const loop = loopAt(target)
  if (!loop || pointerType !== 'mouse' || !loop.paused || loopAt(relatedTarget) === loop || wantsLess.matches) return
  hovered.add(loop)
  play(loop)
})

document.addEventListener('pointerout', ({ target, relatedTarget }) => {
  const loop = loopAt(target)
  if (loop && hovered.has(loop) && loopAt(relatedTarget) !== loop) stop(loop)
})
