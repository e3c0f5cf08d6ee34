import { createHash, randomBytes } from 'node:crypto'

/** A new secret for a cookie, a link or an app: 256 random bits. Only its hash is kept. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is kept of a secret: its SHA-256. The secrets are random, so nothing slower is needed. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()
