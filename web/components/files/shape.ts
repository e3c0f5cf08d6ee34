/** The shape of a file's box, and the point that stays visible where a picture is cropped. */
import type { MediaView } from '#src/statuses/views/views.ts'

/** Bounds of width ÷ height of a picture that stands alone. Beyond them only a part of it is shown. */
const tallest = 0.42
const widest = 3
/** Largest height of a box, and the width of the column, in pixels at the usual size of text. */
const maxHeight = 512
export const columnWidth = 544
/** Smaller pictures than this are not enlarged to the size of their box. */
const smallest = { width: 128, height: 80 }

export type Shape = {
  /** Size of the box in pixels. Narrow screens scale it down. */
  width: number
  height: number
  /** Which part of the picture the box leaves out. */
  cut: 'sides' | 'ends' | null
  isSmall: boolean
}

/** The shape of the box of a file that stands alone. */
export function shapeOf({ width, height }: Pick<MediaView, 'width' | 'height'>): Shape {
  if (!width || !height) return { width: (maxHeight * 4) / 3, height: maxHeight, cut: null, isSmall: true }
  const ratio = Math.min(widest, Math.max(tallest, width / height))
  const cut = width / height > widest ? 'sides' : width / height < tallest ? 'ends' : null
  const shown = Math.max(1, Math.min(width, maxHeight * ratio))
  return {
    width: Math.round(shown),
    height: Math.max(1, Math.round(shown / ratio)),
    cut,
    isSmall: width < smallest.width || height < smallest.height,
  }
}

/**
 * Classes that move the visible part to the focal point. The content security policy allows no style attributes, so the point
 * is rounded to a grid of 11 × 11.
 */
export function focusClass({ focusX, focusY }: Pick<MediaView, 'focusX' | 'focusY'>): string {
  const step = (part: number) => Math.round(Math.min(1, Math.max(0, part)) * 10)
  const [x, y] = [step((focusX + 1) / 2), step((1 - focusY) / 2)]
  return [x === 5 ? '' : `focus-x-${x}`, y === 5 ? '' : `focus-y-${y}`].filter(Boolean).join(' ')
}
