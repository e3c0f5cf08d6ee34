/** The store of files said no, or nothing. */
export class StorageError extends Error {}

export const isStorageAway = (error: unknown): boolean => error instanceof StorageError

/** Whether there is no room for a file. */
export const isDiskFull = (error: unknown): boolean => error instanceof Error && ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '')
