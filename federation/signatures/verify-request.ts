/** Verifies the signature of a request, and finds its signer. */
import type { KeyObject } from 'node:crypto'
import { hourMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'
import { isSameOrigin } from '../documents/json.ts'
import { type Budget, newBudget } from '../fetching/fetch-document.ts'
import { digestFits, parseCavage, verifyCavage } from './cavage.ts'
import { type KeyUse, type NoKey, type PeerKey, peerKey, renewedKey } from './peer-keys.ts'
import {
  contentDigestFits,
  fitsMessage,
  missingComponent,
  parseMessageSignatures,
  type Target,
} from './verify-rfc9421.ts'

/** Why a signature is rejected: a text for the log and for the developers of the other server. */
type Rejection = {
  status: 400 | 401 | 503
  problem: string
  /** The key that its server says is gone. */
  goneKeyId?: string
}
/** The signer of a request, or why its signature is rejected. */
export type Verification = { actor: string; keyId: string } | Rejection

/** A signature that covers all required parts; its key has to be checked. */
type Candidate = { keyId: string; fits: (key: KeyObject) => boolean | Promise<boolean> }

const toleranceMs = hourMs
const algorithms = new Set(['rsa-sha256', 'hs2019'])
const unauthorized = (problem: string): Rejection => ({ status: 401, problem })

/**
 * Verifies a request's signature, of either kind: that it covers all required parts, was made for this server and within the last hour,
 * by a key that belongs to an actor. Makes a request when the key is unknown.
 *
 * @param body of a POST; null for a GET
 */
export async function verifySignature(core: Core, request: Request, body: Buffer | null): Promise<Verification> {
  const { pathname, search } = new URL(request.url)
  // With our own origin, whatever the request's Host header is.
  const target: Target = {
    method: request.method,
    url: new URL(core.uris.origin + pathname + search),
    headers: request.headers,
  }
  const candidates = request.headers.has('Signature-Input')
    ? messageCandidates(target, body)
    : cavageCandidates(target, body)
  if (!Array.isArray(candidates)) return candidates
  const budget = newBudget(6, 10_000)
  const verifications: Verification[] = []
  for (const candidate of candidates) {
    const verification = await check(core, candidate, budget)
    if ('problem' in verification) return verification
    verifications.push(verification)
  }
  const [first = unauthorized('The request is not signed'), ...more] = verifications
  const isOneSigner = more.every((other) => 'actor' in other && 'actor' in first && other.actor === first.actor)
  return isOneSigner ? first : unauthorized('The signatures are by several actors')
}

/** Ids of the keys that a request claims to be signed by. Not verified. */
export function claimedKeys({ headers }: Request): string[] {
  const signature = headers.get('Signature') ?? ''
  const input = headers.get('Signature-Input')
  const claims = input === null ? [parseCavage(signature)] : (parseMessageSignatures(input, signature) ?? [])
  return claims.flatMap((claim) => claim?.keyId ?? [])
}

function cavageCandidates({ method, url, headers }: Target, body: Buffer | null): Candidate[] | Rejection {
  const header = headers.get('Signature')
  const signed = header === null ? null : parseCavage(header)
  if (!signed) return unauthorized('The request is not signed')
  const { covered } = signed
  const needed = [
    '(request-target)',
    'host',
    ...(covered.includes('(created)') ? [] : ['date']),
    ...(body ? ['digest'] : []),
  ]
  const missing = needed.find((name) => !covered.includes(name))
  if (missing) return unauthorized(`The signature does not cover ${missing}`)
  if (!algorithms.has(signed.algorithm)) return unauthorized('The signature has an unknown algorithm')
  const date = headers.get('Date')
  const madeAt =
    covered.includes('date') && date !== null
      ? Date.parse(date)
      : signed.created === null
        ? Number.NaN
        : signed.created * 1_000
  const wrong = wrongTime(madeAt, signed.expires === null ? null : signed.expires * 1_000)
  if (wrong) return wrong
  if (body && !digestFits(headers.get('Digest') ?? '', body)) return unauthorized('The digest is not that of the body')
  return [{ keyId: signed.keyId, fits: (key) => verifyCavage(signed, key, { method, url, host: url.host, headers }) }]
}

/** A message may have several signatures. Each of them has to be valid: otherwise one that covers little could stand in for another. */
function messageCandidates(target: Target, body: Buffer | null): Candidate[] | Rejection {
  const { headers } = target
  const signatures = parseMessageSignatures(headers.get('Signature-Input') ?? '', headers.get('Signature') ?? '')
  if (!signatures) return { status: 400, problem: 'The signature can’t be read' }
  for (const { covered, created, expires } of signatures) {
    if (!covered) return unauthorized('The signature covers a component twice, or one that can’t be checked')
    const missing = missingComponent(covered, target, body !== null)
    if (missing) return unauthorized(`The signature does not cover ${missing}`)
    const wrong = wrongTime(created * 1_000, expires === undefined ? null : expires * 1_000)
    if (wrong) return wrong
  }
  if (signatures.some(({ keyId }) => !isSameOrigin(keyId, signatures[0]?.keyId ?? '')))
    return unauthorized('The signatures are by keys of several servers')
  if (body && !contentDigestFits(headers.get('Content-Digest') ?? '', body))
    return unauthorized('The digest is not that of the body')
  return signatures.map((signed) => ({
    keyId: signed.keyId,
    fits: (key: KeyObject) => fitsMessage(signed, key, target, body),
  }))
}

/** @param expiresAt milliseconds since 1970, as `madeAt`; null for never */
function wrongTime(madeAt: number, expiresAt: number | null): Rejection | null {
  if (Number.isNaN(madeAt)) return { status: 400, problem: 'The date can’t be read' }
  if (Math.abs(Date.now() - madeAt) > toleranceMs) return unauthorized('The date is more than an hour off')
  return expiresAt !== null && expiresAt < Date.now() - toleranceMs ? unauthorized('The signature has expired') : null
}

/** Tries the stored key, and then the owner's current key. */
async function check(core: Core, { keyId, fits }: Candidate, budget: Budget): Promise<Verification> {
  const key = await peerKey(core, keyId, 'signature', budget)
  if (typeof key !== 'object') return rejectionOf(key, keyId)
  if (await fits(key.key)) return { actor: key.owner, keyId }
  const renewed = await renewedKey(core, key, budget)
  if (renewed === 'unavailable') return rejectionOf(renewed, keyId)
  return typeof renewed === 'object' && (await fits(renewed.key))
    ? { actor: renewed.owner, keyId }
    : unauthorized('The signature is wrong')
}

function rejectionOf(why: NoKey, keyId: string): Rejection {
  // Servers retry after 503.
  if (why === 'unavailable') return { status: 503, problem: 'The server of the key can’t be asked at the moment' }
  return {
    ...unauthorized('The key can’t be fetched, or its owner does not confirm it'),
    ...(why === 'gone' ? { goneKeyId: keyId } : {}),
  }
}

/** Whether a key of an owner fits a signature; tries the current key, too. Null when the key can't be fetched at the moment. */
export async function isBy(
  core: Core,
  { keyId, use, owner }: { keyId: string; use: KeyUse; owner: string },
  budget: Budget,
  fits: (key: PeerKey) => boolean | Promise<boolean>,
): Promise<boolean | null> {
  const key = await peerKey(core, keyId, use, budget)
  if (typeof key !== 'object') return key === 'unavailable' ? null : false
  if (key.owner !== owner) return false
  if (await fits(key)) return true
  const renewed = await renewedKey(core, key, budget)
  if (typeof renewed !== 'object') return renewed === 'unavailable' ? null : false
  return renewed.owner === owner && fits(renewed)
}
