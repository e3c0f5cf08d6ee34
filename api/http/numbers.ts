/**
 * Numbers of parameters, each read in this one way: a fraction is cut off, blank means not given, and what is no number is
 * refused. Where that counted as not given, a mute or a filter would last for ever.
 */
import { z } from 'zod'
import { isBlank, scalar } from './params.ts'

/** Nothing lasts longer than a hundred years. */
const maxSeconds = 3_155_760_000

type Reading = { number: number } | { problem: string }

function read(value: unknown): Reading {
  const [, whole] = /^\s*([+-]?\d{1,30})(?:\.\d*)?\s*$/.exec(String(value)) ?? []
  return whole === undefined ? { problem: 'is not a number' } : { number: Number(whole) }
}

/** A part of a second is refused: cut off it would be none, which often means "for ever". */
function readSeconds(value: unknown): Reading {
  const reading = read(value)
  if ('problem' in reading) return reading
  if (/-/.test(String(value))) return { problem: 'must not be negative' }
  if (reading.number === 0 && /[1-9]/.test(String(value))) return { problem: 'must be at least a second' }
  return { number: Math.min(reading.number, maxSeconds) }
}

const number = (reader: (value: unknown) => Reading) =>
  scalar.transform((value, context): number | undefined => {
    if (isBlank(value)) return undefined
    const reading = reader(value)
    if ('number' in reading) return reading.number
    context.addIssue(reading.problem)
    return z.NEVER
  })

/** A whole number. */
export const integer = () => number(read)

/** A number of seconds from now on, at most a hundred years. */
export const seconds = () => number(readSeconds)

/**
 * Seconds from now, as the moment that they lead to. Blank: never, which is null, as it is to Mastodon, and as apps take an end away so;
 * undefined when it isn't given at all.
 */
export const expiry = () =>
  scalar
    .transform((value, context): Date | null | undefined => {
      if (isBlank(value)) return value === 'undefined' ? undefined : null
      const reading = readSeconds(value)
      if ('number' in reading) return new Date(Date.now() + reading.number * 1_000)
      context.addIssue(reading.problem)
      return z.NEVER
    })
    .optional()
