import type { Focus } from '#src/media/details.ts'
import { text } from './params.ts'

/** The focal point of a picture, `x,y`; a malformed one counts as not given. */
export const focus = () =>
  text().transform((value): Focus | undefined => {
    const [x, y] = value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    return x !== undefined && y !== undefined && Number.isFinite(x) && Number.isFinite(y) ? { x, y } : undefined
  })
