import { createHash, randomBytes } from 'node:crypto'

/** A new secret for a cookie, a link or an app: 256 random bits. Only its hash is stored. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** The stored form of a secret: its SHA-256. The secrets are random, so a slower hash is not needed. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()
