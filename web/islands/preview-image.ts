/**
 * Shows a chosen picture before it is sent, cut as it will be shown: `data-preview` is the width for a height of 1. It
 * is drawn on a canvas, since the content security policy allows only pictures of this server.
 */
for (const box of document.querySelectorAll<HTMLElement>('[data-preview]')) {
  const input = box.parentElement?.querySelector<HTMLInputElement>('input[type=file]')
  const before = [...box.childNodes]
  input?.addEventListener('change', async () => {
    const file = input.files?.[0]
    const picture = file && (await createImageBitmap(file).catch(() => null))
    // Another file may have been chosen meanwhile.
    if (file !== input.files?.[0]) return
    box.replaceChildren(...(picture ? [drawn(picture, Number(box.dataset['preview']))] : before))
  })
}

const height = 300

function drawn(picture: ImageBitmap, ratio: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.height = height
  canvas.width = height * ratio
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height)
  const [width, tall] = [picture.width * scale, picture.height * scale]
  canvas.getContext('2d')?.drawImage(picture, (canvas.width - width) / 2, (canvas.height - tall) / 2, width, tall)
  picture.close()
  return canvas
}
