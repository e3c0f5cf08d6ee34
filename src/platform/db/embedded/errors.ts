/** The embedded PostgreSQL can't be used: one line that says why, fit to be shown to whoever starts Pipit. */
export class EmbeddedError extends Error {}
