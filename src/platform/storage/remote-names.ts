/** How files of other servers are called here. The name says all, and is signed: nobody has us fetch what they please. */
import type { Secrets } from '../secrets.ts'
import { webUrl } from '../web-url.ts'

/** In which form a file is shown. Some forms are made together: see `remoteKinds`. */
export const remoteKinds = {
  image: { kind: 'image', isSmall: false },
  small: { kind: 'image', isSmall: true },
  avatar: { kind: 'avatar', isSmall: false },
  header: { kind: 'header', isSmall: false },
  emoji: { kind: 'emoji', isSmall: false },
  /** Its first picture, where it moves. */
  still: { kind: 'emoji', isSmall: true },
  recording: { kind: 'recording', isSmall: false },
} as const

export type RemoteVariant = keyof typeof remoteKinds
export type RemoteKind = (typeof remoteKinds)[RemoteVariant]['kind']

const signedText = (url: string, variant: string): string => `remote ${variant} ${url}`

export const remoteName = (secrets: Pick<Secrets, 'sign'>, url: string, variant: RemoteVariant): string =>
  `${secrets.sign('links', signedText(url, variant))}/${variant}/${Buffer.from(url).toString('base64url')}`

/** What a name of `remoteName` means; null for what we did not sign. */
export function remoteNamed(
  secrets: Pick<Secrets, 'verify'>,
  name: { signature: string; variant: string; url: string },
): { url: string; variant: RemoteVariant } | null {
  const url = Buffer.from(name.url, 'base64url').toString()
  const isOurs =
    Object.hasOwn(remoteKinds, name.variant) && secrets.verify('links', signedText(url, name.variant), name.signature)
  return isOurs && webUrl(url) !== null ? { url, variant: name.variant as RemoteVariant } : null
}
