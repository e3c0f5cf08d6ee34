/**
 * Names of our copies of remote files. A name holds URL and variant, and is signed, so that a request can't make this
 * server fetch other URLs.
 */
import type { Secrets } from '../secrets.ts'
import { webUrl } from '../web-url.ts'

/** The variants of a remote file. Variants of the same kind are made together. */
export const remoteKinds = {
  image: { kind: 'image', isSmall: false },
  small: { kind: 'image', isSmall: true },
  avatar: { kind: 'avatar', isSmall: false },
  header: { kind: 'header', isSmall: false },
  emoji: { kind: 'emoji', isSmall: false },
  /** The first frame of an animation. */
  still: { kind: 'emoji', isSmall: true },
  recording: { kind: 'recording', isSmall: false },
} as const

export type RemoteVariant = keyof typeof remoteKinds
export type RemoteKind = (typeof remoteKinds)[RemoteVariant]['kind']

const signedText = (url: string, variant: string): string => `remote ${variant} ${url}`

export const remoteName = (secrets: Pick<Secrets, 'sign'>, url: string, variant: RemoteVariant): string =>
  `${secrets.sign('links', signedText(url, variant))}/${variant}/${Buffer.from(url).toString('base64url')}`

/** URL and variant of a name of `remoteName`; null for a name that we did not sign. */
export function remoteNamed(
  secrets: Pick<Secrets, 'verify'>,
  name: { signature: string; variant: string; url: string },
): { url: string; variant: RemoteVariant } | null {
  const url = Buffer.from(name.url, 'base64url').toString()
  const isOurs =
    Object.hasOwn(remoteKinds, name.variant) && secrets.verify('links', signedText(url, name.variant), name.signature)
  return isOurs && webUrl(url) !== null ? { url, variant: name.variant as RemoteVariant } : null
}
