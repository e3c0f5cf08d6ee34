import type { SigningKeys } from '../keys.ts'

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const added = ['signature', 'signature-input', 'content-digest', 'date']

/**
 * Headers that sign a POST by the standard that follows the draft, for servers that ask for it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 */
export async function signMessage(keys: SigningKeys, url: URL, body: string): Promise<Record<string, string>> {
  const { signRequest } = await import('@fedify/fedify/sig')
  const request = new Request(url, { method: 'POST', body, headers: { 'content-type': 'application/activity+json' } })
  const key = keys.rsa.privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey
  const signed = await signRequest(request, key, new URL(keys.rsa.id), { spec: 'rfc9421' })
  return Object.fromEntries(added.flatMap((name) => (signed.headers.has(name) ? [[name, signed.headers.get(name) ?? '']] : [])))
}
