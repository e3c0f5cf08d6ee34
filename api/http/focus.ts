import { text } from './params.ts'

/** The point of an image that must be seen, `x,y` from -1 to 1. What isn't one counts as not given; what is beyond is brought in. */
export const focus = () =>
  text().transform((value): { x: number; y: number } | undefined => {
    const [x, y] = value.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
    return x === undefined || y === undefined || Number.isNaN(x) || Number.isNaN(y) ? undefined : { x: within(x), y: within(y) }
  })

const within = (value: number): number => Math.min(Math.max(value, -1), 1)
