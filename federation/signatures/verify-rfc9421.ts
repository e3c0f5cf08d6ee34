/**
 * Verifies HTTP message signatures of other servers.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 * @see https://www.rfc-editor.org/rfc/rfc9530 on the digest of the body
 */
import { constants, createHash, type KeyObject, verify } from 'node:crypto'
import { type Item, parseDictionary, writeItem, writeParams } from './structured-fields.ts'

/** One of a message's signatures, with its parameters. */
export type MessageSignature = {
  keyId: string
  covered: Item[]
  signature: Buffer
  /** Undefined: given by the key. */
  algorithm: string | undefined
  /** Seconds since 1970. */
  created: number | undefined
  expires: number | undefined
  /** The parameters as in the last line of the signature base. */
  parameters: string
}

/** A message, with our own origin in its URL. */
export type Target = { method: string; url: URL; headers: Headers }

/** Signatures of one message that are read. */
const maxSignatures = 4

/** The signatures of a message that name their key; null when its headers can't be read. */
export function parseMessageSignatures(input: string, signature: string): MessageSignature[] | null {
  const inputs = parseDictionary(input)
  const signatures = parseDictionary(signature)
  if (!inputs || !signatures) return null
  return [...inputs].slice(0, maxSignatures).flatMap(([label, member]) => {
    const made = signatures.get(label)
    const bytes = made && 'value' in made && Buffer.isBuffer(made.value) ? made.value : null
    if (!member.items || !bytes) return []
    const { items, params } = member
    const [keyId, algorithm, created, expires] = ['keyid', 'alg', 'created', 'expires'].map((name) => params.get(name))
    if (typeof keyId !== 'string' || (algorithm !== undefined && typeof algorithm !== 'string')) return []
    if ([created, expires].some((time) => time !== undefined && typeof time !== 'number')) return []
    const parameters = `(${items.map(writeItem).join(' ')})${writeParams(params)}`
    return [
      {
        keyId,
        covered: items,
        signature: bytes,
        algorithm,
        created: created as number | undefined,
        expires: expires as number | undefined,
        parameters,
      },
    ]
  })
}

/** A required component that a signature does not cover; undefined when none is missing. */
export function missingComponent(covered: Item[], { url }: Target, hasBody: boolean): string | undefined {
  const has = (name: string) => covered.some(({ value, params }) => value === name && params.size === 0)
  if (!has('@method')) return '@method'
  const isWhole =
    has('@target-uri') ||
    (has('@authority') && (has('@request-target') || (has('@path') && (url.search === '' || has('@query')))))
  if (!isWhole) return '@target-uri'
  return hasBody && !has('content-digest') ? 'content-digest' : undefined
}

/** Whether a key made a signature. Also false when it covers a component that we can't derive. */
export function fitsMessage(signed: MessageSignature, key: KeyObject, target: Target): boolean {
  const lines = new Map<string, string>()
  for (const item of signed.covered) {
    const value = componentOf(item, target)
    const name = writeItem(item)
    // A component that is listed twice would be ambiguous.
    if (value === null || lines.has(name)) return false
    lines.set(name, `${name}: ${value}`)
  }
  return isSignature(
    signed,
    key,
    Buffer.from([...lines.values(), `"@signature-params": ${signed.parameters}`].join('\n')),
  )
}

function componentOf({ value: name, params }: Item, { method, url, headers }: Target): string | null {
  // Parameters refer to parts of fields, or to other messages.
  if (typeof name !== 'string' || params.size > 0) return null
  switch (name) {
    case '@method':
      return method.toUpperCase()
    case '@target-uri':
      return url.href
    case '@authority':
      return url.host
    case '@scheme':
      return url.protocol.slice(0, -1)
    case '@request-target':
      return url.pathname + url.search
    case '@path':
      return url.pathname
    case '@query':
      return url.search === '' ? '?' : url.search
    case 'host':
      return url.host
    default:
      return /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) ? (headers.get(name)?.trim() ?? null) : null
  }
}

function isSignature({ algorithm, signature }: MessageSignature, key: KeyObject, bytes: Buffer): boolean {
  const kind = key.asymmetricKeyType
  try {
    if (kind === 'ed25519')
      return (algorithm === undefined || algorithm === 'ed25519') && verify(null, bytes, key, signature)
    if (kind !== 'rsa') return false
    if (algorithm === undefined || algorithm === 'rsa-v1_5-sha256') return verify('RSA-SHA256', bytes, key, signature)
    return (
      algorithm === 'rsa-pss-sha512' &&
      verify('RSA-SHA512', bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature)
    )
  } catch {
    return false
  }
}

/** Whether a Content-Digest header fits a body: at least one known algorithm, and all known ones match. */
export function contentDigestFits(header: string, body: Buffer): boolean {
  const checks = [...(parseDictionary(header) ?? [])].flatMap(([name, member]) => {
    if ((name !== 'sha-256' && name !== 'sha-512') || !('value' in member) || !Buffer.isBuffer(member.value)) return []
    return [createHash(name.replace('-', '')).update(body).digest().equals(member.value)]
  })
  return checks.length > 0 && checks.every(Boolean)
}
