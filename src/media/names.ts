import { randomBytes } from 'node:crypto'

/** A name for a new file: random, so that nobody guesses it, and the extension of what we made of it. */
export const newFileName = (extension: 'webp' | 'jpg' | 'png' | 'gif'): string => `${randomBytes(16).toString('hex')}.${extension}`

/** The media type that a stored file is served with; never what somebody claimed. */
export function mediaTypeOf(name: string): string {
  const types: Record<string, string> = { webp: 'image/webp', jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif' }
  return types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
}
