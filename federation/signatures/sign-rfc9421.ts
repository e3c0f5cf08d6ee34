/**
 * Makes HTTP message signatures: the standard that follows the draft, for servers that refuse the draft's.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 * @see https://swicg.github.io/activitypub-http-signature/
 */
import { createHash, sign as signBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKeys } from './own-keys.ts'

const sign = promisify(signBytes) as (
  algorithm: string,
  data: Buffer,
  key: SigningKeys['rsa']['privateKey'],
) => Promise<Buffer>

/**
 * Headers that sign a request.
 *
 * @param digest SHA-256 of a POST's body in base64
 */
export async function signMessage(
  keys: SigningKeys,
  method: 'GET' | 'POST',
  url: URL,
  digest?: string,
): Promise<Record<string, string>> {
  const contentDigest = `sha-256=:${digest}:`
  const components = [
    ['@method', method],
    ['@target-uri', url.href],
    ...(digest === undefined ? [] : [['content-digest', contentDigest]]),
  ]
  const covered = components.map(([name]) => `"${name}"`).join(' ')
  const parameters = `(${covered});created=${Math.floor(Date.now() / 1_000)};keyid="${keys.rsa.id}";alg="rsa-v1_5-sha256"`
  const base = [...components.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${parameters}`].join(
    '\n',
  )
  const signature = await sign('RSA-SHA256', Buffer.from(base), keys.rsa.privateKey)
  return {
    ...(digest === undefined ? {} : { 'content-digest': contentDigest }),
    'signature-input': `sig1=${parameters}`,
    signature: `sig1=:${signature.toString('base64')}:`,
  }
}

/** SHA-256 of a body in base64, as both kinds of signatures write it. */
export const digest256 = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64')
