/** Signs a request by either kind of signature. */
import type { SignatureKind } from '#src/outgoing/signature.ts'
import { signCavage } from './cavage.ts'
import type { SigningKeys } from './own-keys.ts'
import { signMessage } from './sign-rfc9421.ts'

/**
 * Headers that sign a request.
 *
 * @param digest SHA-256 of the body of a POST, in base64
 */
export function signRequest(
  kind: SignatureKind,
  keys: SigningKeys,
  method: 'GET' | 'POST',
  url: URL,
  digest?: string,
): Promise<Record<string, string>> {
  if (kind === 'rfc9421') return signMessage(keys, method, url, digest)
  const target = new URL(url)
  if (kind === 'cavage-path') target.search = ''
  return signCavage(keys, method, target, digest === undefined ? undefined : `SHA-256=${digest}`)
}

export const otherKind = (kind: SignatureKind): SignatureKind => (kind === 'rfc9421' ? 'cavage' : 'rfc9421')

/** Further kinds to try, in this order, after a GET of a URL was refused. */
export const otherKinds = (kind: SignatureKind, url: string): SignatureKind[] => {
  const hasQuery = URL.parse(url)?.search !== ''
  const all: SignatureKind[] = hasQuery ? ['cavage', 'rfc9421', 'cavage-path'] : ['cavage', 'rfc9421']
  return all.filter((other) => other !== (hasQuery || kind === 'rfc9421' ? kind : 'cavage'))
}

/** Whether an answer to a POST may mean that the server wants the other kind of signature. */
export const refusesSignature = (status: number): boolean => status === 400 || status === 401 || status === 403
