/** The embedded PostgreSQL can't be used. The message is one line that says why, for the admin who starts Pipit. */
export class EmbeddedError extends Error {}
