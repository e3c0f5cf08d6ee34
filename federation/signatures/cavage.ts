/**
 * HTTP signatures by the draft that most of the fediverse uses: made, parsed and verified.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-12
 * @see https://swicg.github.io/activitypub-http-signature/
 */
import { createHash, type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKeys } from './own-keys.ts'
import { parseParameters } from './parameters.ts'

const sign = promisify(signBytes) as (
  algorithm: string,
  data: Buffer,
  key: SigningKeys['rsa']['privateKey'],
) => Promise<Buffer>

/** Headers that sign a request. @param digest Digest header of a POST's body */
export async function signCavage(
  keys: SigningKeys,
  method: 'GET' | 'POST',
  url: URL,
  digest?: string,
): Promise<Record<string, string>> {
  const date = new Date().toUTCString()
  const lines = [
    ['(request-target)', `${method.toLowerCase()} ${url.pathname}${url.search}`],
    ['host', url.host],
    ['date', date],
  ]
  if (digest !== undefined) lines.push(['digest', digest])
  const signature = await sign(
    'RSA-SHA256',
    Buffer.from(lines.map((line) => line.join(': ')).join('\n')),
    keys.rsa.privateKey,
  )
  const covered = lines.map(([name]) => name).join(' ')
  return {
    date,
    ...(digest === undefined ? {} : { digest }),
    signature: `keyId="${keys.rsa.id}",algorithm="rsa-sha256",headers="${covered}",signature="${signature.toString('base64')}"`,
  }
}

/** Number of headers that a signature may cover. Each may have kilobytes. */
const maxCovered = 64

export type CavageSignature = {
  keyId: string
  covered: string[]
  signature: Buffer
  algorithm: string
  created: number | null
  expires: number | null
}

/** Parses a Signature header; null for an invalid one. */
export function parseCavage(header: string): CavageSignature | null {
  const parameters = parseParameters(header)
  const keyId = parameters.get('keyid')
  const signature = parameters.get('signature')
  const covered = (parameters.get('headers') ?? 'date').toLowerCase().split(' ').filter(Boolean)
  if (!keyId || !signature || covered.length > maxCovered) return null
  return {
    keyId,
    covered,
    signature: Buffer.from(signature, 'base64'),
    algorithm: (parameters.get('algorithm') ?? 'hs2019').toLowerCase(),
    created: seconds(parameters.get('created')),
    expires: seconds(parameters.get('expires')),
  }
}

const seconds = (digits: string | undefined): number | null =>
  digits !== undefined && /^\d{1,12}$/.test(digits) ? Number(digits) : null

/**
 * Whether a key made a signature of a request.
 *
 * @param request `host`: our own, whatever the request claims, so that a request signed for another server fails
 */
export function verifyCavage(
  signed: CavageSignature,
  key: KeyObject,
  request: { method: string; url: URL; host: string; headers: Headers },
): boolean {
  const { url } = request
  // Some servers sign the path without the query.
  const targets = url.search ? [url.pathname + url.search, url.pathname] : [url.pathname]
  return targets.some((target) => {
    const lines = signed.covered.map((name) => {
      if (name === '(request-target)') return `${name}: ${request.method.toLowerCase()} ${target}`
      if (name === '(created)') return `${name}: ${signed.created}`
      if (name === '(expires)') return `${name}: ${signed.expires}`
      return `${name}: ${name === 'host' ? request.host : (request.headers.get(name) ?? '')}`
    })
    try {
      return verifyBytes(
        key.asymmetricKeyType === 'ed25519' ? null : 'RSA-SHA256',
        Buffer.from(lines.join('\n')),
        key,
        signed.signature,
      )
    } catch {
      return false
    }
  })
}

/** Whether a Digest header (RFC 3230) fits a body: at least one known algorithm, and all known ones match. */
export function digestFits(header: string, body: Buffer): boolean {
  const digests = header.split(',').flatMap((part) => {
    const [, name, value] = /^\s*(sha-256|sha-512)=([A-Za-z0-9+/=]+)\s*$/i.exec(part) ?? []
    return name && value
      ? [{ algorithm: name.toLowerCase().replace('-', ''), digest: Buffer.from(value, 'base64') }]
      : []
  })
  // Hashes the body once per algorithm, however often the header names it.
  const made = new Map(digests.map(({ algorithm }) => [algorithm, null as Buffer | null]))
  for (const algorithm of made.keys()) made.set(algorithm, createHash(algorithm).update(body).digest())
  return digests.length > 0 && digests.every(({ algorithm, digest }) => made.get(algorithm)?.equals(digest))
}
