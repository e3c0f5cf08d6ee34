/**
 * Verifies HTTP message signatures of other servers. Fedify checks the cryptography; what a signature has to cover is checked here,
 * before, as Fedify requires nothing in particular and ignores the parameters of components.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 * @see https://www.rfc-editor.org/rfc/rfc9530 on the digest of the body
 */
import { createHash, type KeyObject } from 'node:crypto'
import { type Dictionary, decodeDict, encodeDict, type Item } from 'structured-field-values'
import { algorithmOf, webCryptoKey } from './web-crypto-keys.ts'

/** One of a message's signatures. */
export type MessageSignature = {
  keyId: string
  /** Names of the covered components; null when one of them can't be checked. */
  covered: string[] | null
  /** Undefined: given by the key. */
  algorithm: string | undefined
  /** Seconds since 1970. */
  created: number
  expires: number | undefined
  /** The headers of this signature alone, as Fedify gets them. */
  headers: { 'signature-input': string; signature: string }
}

/** A message, with our own origin in its URL. */
export type Target = { method: string; url: URL; headers: Headers }

/** Signatures that a message may have. */
const maxSignatures = 4
const maxCovered = 64
/** Longer headers are refused: a signature by an RSA key of 8,192 bits takes 1,400 characters. */
const maxLength = 8_192
/** Derived components whose values Fedify makes as the RFC says. */
const derived = new Set(['@method', '@target-uri', '@authority', '@scheme', '@path'])
const fieldName = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

/** The signatures of a message; null when one of them can't be read. */
export function parseMessageSignatures(input: string, signature: string): MessageSignature[] | null {
  const [inputs, signatures] = [parse(input), parse(signature)]
  const labels = Object.keys(inputs ?? {})
  if (!inputs || !signatures || labels.length === 0 || labels.length > maxSignatures) return null
  const read = labels.map((label) => readSignature(label, inputs[label], signatures[label]))
  return read.every((one) => one !== null) && Object.keys(signatures).length === labels.length ? read : null
}

function parse(header: string): Record<string, Item> | null {
  if (header.length > maxLength) return null
  try {
    // Without a prototype: a label may be called like a method of objects.
    return Object.assign(Object.create(null), decodeDict(header)) as Record<string, Item>
  } catch {
    return null
  }
}

function readSignature(label: string, input: Item | undefined, made: Item | undefined): MessageSignature | null {
  if (!input || !Array.isArray(input.value) || !(made?.value instanceof Uint8Array)) return null
  const { keyid: keyId, alg: algorithm, created, expires } = (input.params ?? {}) as Record<string, unknown>
  if (typeof keyId !== 'string' || (algorithm !== undefined && typeof algorithm !== 'string')) return null
  if (!isTime(created) || (expires !== undefined && !isTime(expires))) return null
  const headers = {
    'signature-input': encodeDict({ [label]: input } as Dictionary),
    signature: encodeDict({ [label]: made } as Dictionary),
  }
  return { keyId, covered: componentsOf(input.value as Item[]), algorithm, created, expires, headers }
}

/** Null for a component with parameters, which refer to parts of fields or to other messages, and for one that is listed twice. */
function componentsOf(items: Item[]): string[] | null {
  const names = items.flatMap(({ value, params }) =>
    typeof value === 'string' && params === null && (derived.has(value) || fieldName.test(value)) ? [value] : [],
  )
  return names.length === items.length && names.length <= maxCovered && new Set(names).size === names.length
    ? names
    : null
}

const isTime = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0

/** A required component that a signature does not cover; undefined when none is missing. */
export function missingComponent(covered: string[], { url }: Target, hasBody: boolean): string | undefined {
  if (!covered.includes('@method')) return '@method'
  const coversParts = covered.includes('@authority') && covered.includes('@path') && url.search === ''
  if (!coversParts && !covered.includes('@target-uri')) return '@target-uri'
  return hasBody && !covered.includes('content-digest') ? 'content-digest' : undefined
}

/** Whether a key made a signature. @param body of a POST; null for a GET */
export async function fitsMessage(
  { headers, keyId, algorithm }: MessageSignature,
  key: KeyObject,
  target: Target,
  body: Buffer | null,
): Promise<boolean> {
  const known = algorithmOf(key)
  if (!known || (algorithm ?? known) !== known) return false
  const [{ verifyRequestDetailed }, { CryptographicKey }] = await Promise.all([
    import('@fedify/fedify/sig'),
    import('@fedify/vocab'),
  ])
  const request = new Request(target.url, {
    method: target.method,
    headers: target.headers,
    body: body as Buffer<ArrayBuffer> | null,
  })
  for (const [header, value] of Object.entries({ ...headers, host: target.url.host }))
    request.headers.set(header, value)
  const stored = new CryptographicKey({ id: new URL(keyId), publicKey: webCryptoKey(key) })
  const { verified } = await verifyRequestDetailed(request, {
    spec: 'rfc9421',
    // The dates were checked before.
    timeWindow: false,
    keyCache: { get: async () => stored, set: async () => {} },
    // Asked for the key again when the signature is wrong.
    documentLoader: nothing,
    contextLoader: nothing,
  })
  return verified
}

async function nothing(url: string): Promise<never> {
  throw new Error(`Fedify asked for ${url}`)
}

/** Whether a Content-Digest header fits a body: at least one known algorithm, and all known ones match. */
export function contentDigestFits(header: string, body: Buffer): boolean {
  const checks = Object.entries(parse(header) ?? {}).flatMap(([name, { value }]) => {
    if ((name !== 'sha-256' && name !== 'sha-512') || !(value instanceof Uint8Array)) return []
    return [createHash(name.replace('-', '')).update(body).digest().equals(value)]
  })
  return checks.length > 0 && checks.every(Boolean)
}
