import { Refusal } from '../platform/errors.ts'

/** The refusal to process a file while too many wait already. */
export const tooManyFiles = (): Refusal =>
  new Refusal('unavailable', 'Too many files are being worked on at the moment')
