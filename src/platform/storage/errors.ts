/** The store of files said no, or nothing. */
export class StorageError extends Error {}

export const isStorageAway = (error: unknown): boolean => error instanceof StorageError
