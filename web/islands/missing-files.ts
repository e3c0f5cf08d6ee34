/** Shows a line with a link to the original where a remote file can't be loaded. */

function replace(target: EventTarget | null): void {
  if (!(target instanceof HTMLImageElement || target instanceof HTMLMediaElement)) return
  const box = target.closest('.media-box')
  const line = box?.querySelector<HTMLElement>('.media-missing')
  // A cover is not the file, and the last of many leads to the others.
  if (!box || !line || target.matches('.media-cover') || box.querySelector('.media-more')) return
  box.classList.add('is-missing')
  line.hidden = false
}

// Errors of files do not bubble.
document.addEventListener('error', ({ target }) => replace(target), { capture: true })

// Those that failed before this script was there.
for (const image of document.querySelectorAll<HTMLImageElement>('.media-box img'))
  if (image.complete && image.naturalWidth === 0 && image.currentSrc) replace(image)
