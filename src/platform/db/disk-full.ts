/** Full disks: writes fail until there is room again, reads go on. */
import { getLogger } from '../log.ts'
import { sqlState } from './index.ts'

const log = getLogger('disk')

/** The message for apps and people. */
export const diskFullText =
  'This server has no room left to store anything. What was there is safe; please try again later'

/** Whether an error says that a disk is full: this server's or the database's. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const state = sqlState(error)
  if (state !== undefined)
    return state === '53100' || (state === '58030' && /No space left|Disk quota exceeded/.test(messageOf(error)))
  return ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '') || isDiskFull(error.cause)
}

const messageOf = (error: Error): string =>
  `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`

/** Does optional work, such as counting a visit. Where the disk is full, the work is skipped and the result is null. */
export async function whereThereIsRoom<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (!isDiskFull(error)) throw error
    log.warn('The disk is full: {error}', { error })
    return null
  }
}
