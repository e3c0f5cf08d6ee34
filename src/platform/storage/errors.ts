/** The storage of files refused a request, or did not answer. */
export class StorageError extends Error {}

export const isStorageAway = (error: unknown): boolean => error instanceof StorageError
