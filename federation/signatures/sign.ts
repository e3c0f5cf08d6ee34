/** Signing a request by either kind of signature. */
import type { SignatureKind } from '#src/deliveries/signature.ts'
import type { SigningKeys } from '../keys.ts'
import { signCavage } from './cavage.ts'
import { signMessage } from './message.ts'

/**
 * Headers that sign a request.
 *
 * @param digest SHA-256 of the body of a POST, in base64
 */
export function signRequest(kind: SignatureKind, keys: SigningKeys, method: 'GET' | 'POST', url: URL, digest?: string): Promise<Record<string, string>> {
  return kind === 'rfc9421' ? signMessage(keys, method, url, digest) : signCavage(keys, method, url, digest === undefined ? undefined : `SHA-256=${digest}`)
}

export const otherKind = (kind: SignatureKind): SignatureKind => (kind === 'cavage' ? 'rfc9421' : 'cavage')

/** Answers that may mean that the other kind of signature is wanted. */
export const refusesSignature = (status: number): boolean => status === 400 || status === 401 || status === 403
