import { randomBytes } from 'node:crypto'

/** The formats of stored files, each with the media type that it is served with, whatever its uploader claimed. */
const types = {
  webp: 'image/webp',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  weba: 'audio/webm',
  ogg: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  aac: 'audio/aac',
} as const

export type Extension = keyof typeof types

/** A name for a new file: random, so that it can't be guessed, with the extension of its format. */
export const newFileName = (extension: Extension): string => `${randomBytes(16).toString('hex')}.${extension}`

/** Whether a name has the form of `newFileName`. */
export const isFileName = (name: string): boolean => /^[a-z0-9]{32}\.[a-z0-9]{1,5}$/.test(name)

/** The media type that a stored file is served with, by its name. */
export function mediaTypeOf(name: string): string {
  const extension = name.split('.').at(-1) ?? ''
  return extension in types ? types[extension as Extension] : 'application/octet-stream'
}
