import { z } from 'zod'
import { text } from './params.ts'

/** Nothing lasts longer than a hundred years. */
const maxSeconds = 3_155_760_000

/** Seconds from now, as the moment that they lead to. Empty: never, which is null; undefined when it isn't given at all. */
export const expiry = () =>
  text()
    .transform((value, context): Date | null => {
      if (value.trim() === '') return null
      if (/^\d{1,15}$/.test(value.trim())) return new Date(Date.now() + Math.min(Number(value), maxSeconds) * 1_000)
      context.addIssue('is not a number of seconds')
      return z.NEVER
    })
    .optional()
