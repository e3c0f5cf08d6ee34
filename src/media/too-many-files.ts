import type { Refusal } from '../platform/errors.ts'
import { refuse } from '../text/refusals.ts'

/** The refusal to process a file while too many wait already. */
export const tooManyFiles = (): Refusal => refuse('unavailable', 'mediaBusy')
