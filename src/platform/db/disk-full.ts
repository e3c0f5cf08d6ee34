import { getLogger } from '../log.ts'
/** Disks without room: what is written fails until there is some again, and what is only read goes on. */
import { sqlState } from './index.ts'

const log = getLogger('disk')

/** What apps and people are told. */
export const diskFullText =
  'This server has no room left to store anything. What was there is safe; please try again later'

/** Whether an error says that there is no room, on a disk of ours or on that of the database. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = sqlState(error)
  if (state !== undefined)
    return state === '53100' || (state === '58030' && /No space left|Disk quota exceeded/.test(messageOf(error)))
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '') || isDiskFull(error.cause)
}

const messageOf = (error: Error): string =>
  `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`

/** Does what a reader can do without, such as counting the visit; null where there is no room for it, and it is left undone. */
export async function whereThereIsRoom<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isDiskFull(error)) throw error
    log.warn('The disk is full: {error}', { error })
    return null
  }
}
