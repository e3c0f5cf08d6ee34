/** Drawings instead of photographs: shapes and gradients, each with its own colours. */
import { loadSharp } from '../media/sharp.ts'
import type { Random } from './random.ts'
import type { Picture } from './words.ts'

/** A drawing as PNG. */
export async function draw(random: Random, kind: Picture, width: number, height: number): Promise<Buffer> {
  const hue = random.whole(0, 359)
  const color = (shift: number, lightness: number, alpha = 1) =>
    `hsla(${(hue + shift) % 360},${random.whole(45, 75)}%,${lightness}%,${alpha})`
  const body = shapes[kind](random, width, height, color)
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><linearGradient id="g" x1="0" y1="0" x2="0.3" y2="1"><stop offset="0" stop-color="${color(0, 78)}"/><stop offset="1" stop-color="${color(40, 58)}"/></linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#g)"/>${body}</svg>`
  return (await loadSharp())(Buffer.from(svg)).png().toBuffer()
}

type Draw = (
  random: Random,
  width: number,
  height: number,
  color: (shift: number, lightness: number, alpha?: number) => string,
) => string

const shapes: Record<Picture, Draw> = {
  dusk(random, width, height, color) {
    const sun = `<circle cx="${random.whole(width * 0.2, width * 0.8)}" cy="${height * 0.45}" r="${height * 0.12}" fill="${color(330, 88)}"/>`
    const hills = [0.5, 0.62, 0.75, 0.87].map(
      (top, i) => `<path d="${wave(random, width, height, top, 0.07)}" fill="${color(190, 52 - i * 11)}"/>`,
    )
    return sun + hills.join('')
  },
  waves(random, width, height, color) {
    return Array.from(
      { length: 9 },
      (_, i) =>
        `<path d="${wave(random, width, height, 0.1 + i * 0.1, 0.025)}" fill="${color(i * 6, 70 - i * 5, 0.7)}"/>`,
    ).join('')
  },
  tiles(random, width, height, color) {
    const size = width / random.whole(7, 12)
    const tiles: string[] = []
    for (let y = 0; y < height; y += size) {
      for (let x = 0; x < width; x += size)
        tiles.push(
          `<rect x="${x}" y="${y}" width="${size - 4}" height="${size - 4}" rx="4" fill="${color(random.whole(0, 4) * 25, random.whole(40, 82))}"/>`,
        )
    }
    return tiles.join('')
  },
  bubbles(random, width, height, color) {
    return Array.from(
      { length: 40 },
      () =>
        `<circle cx="${random.whole(0, width)}" cy="${random.whole(0, height)}" r="${random.whole(width / 60, width / 8)}" fill="${color(random.whole(0, 90), random.whole(50, 85), 0.5)}"/>`,
    ).join('')
  },
}

/** A wavy line at a share of the height, filled to the bottom. */
function wave(random: Random, width: number, height: number, top: number, swing: number): string {
  const step = width / 4
  const y = () => Math.round(height * (top + (random.next() - 0.5) * 2 * swing))
  const curves = Array.from(
    { length: 4 },
    (_, i) => `Q${Math.round(step * (i + 0.5))} ${y()} ${Math.round(step * (i + 1))} ${y()}`,
  )
  return `M0 ${y()} ${curves.join(' ')} V${height} H0 Z`
}
