import { Refusal } from '../platform/errors.ts'

/** Refuses work on a file while too much of it waits already. */
export const tooManyFiles = (): Refusal =>
  new Refusal('unavailable', 'Too many files are being worked on at the moment')
