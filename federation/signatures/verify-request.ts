/** Who signed a request. */
import type { KeyObject } from 'node:crypto'
import { hourMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'
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

/** Why a request isn't believed: in words for the log and for whoever debugs the other server. */
type Doubt = {
  status: 400 | 401 | 503
  problem: string
  /** The key that its server says is gone. */
  goneKeyId?: string
}
/** The actor behind a request, or why it isn't believed. */
export type Verification = { actor: string; keyId: string } | Doubt

/** A signature that covers all that matters, and whose key decides the rest. */
type Candidate = { keyId: string; fits: (key: KeyObject) => boolean }

const toleranceMs = hourMs
const algorithms = new Set(['rsa-sha256', 'hs2019'])
const no = (problem: string): Doubt => ({ status: 401, problem })

/**
 * Checks a request's signature, of either kind: that it covers all that matters, was made for us and lately, and by a key
 * that belongs to an actor. Reaches the network when the key is not known yet.
 *
 * @param body what was posted, or null for a GET
 */
export async function verifySignature(core: Core, request: Request, body: Buffer | null): Promise<Verification> {
  const { pathname, search } = new URL(request.url)
  // As it was meant for us, whatever the request says of its host.
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
  let verdict: Verification = no('The request is not signed')
  for (const candidate of candidates) {
    verdict = await check(core, candidate, budget)
    if ('actor' in verdict) break
  }
  return verdict
}

/** The keys that a request claims to be signed by, which is nothing to rely on. */
export function claimedKeys({ headers }: Request): string[] {
  const signature = headers.get('Signature') ?? ''
  const input = headers.get('Signature-Input')
  const claims = input === null ? [parseCavage(signature)] : (parseMessageSignatures(input, signature) ?? [])
  return claims.flatMap((claim) => claim?.keyId ?? [])
}

function cavageCandidates({ method, url, headers }: Target, body: Buffer | null): Candidate[] | Doubt {
  const header = headers.get('Signature')
  const signed = header === null ? null : parseCavage(header)
  if (!signed) return no('The request is not signed')
  const { covered } = signed
  const needed = [
    '(request-target)',
    'host',
    ...(covered.includes('(created)') ? [] : ['date']),
    ...(body ? ['digest'] : []),
  ]
  const missing = needed.find((name) => !covered.includes(name))
  if (missing) return no(`The signature does not cover ${missing}`)
  if (!algorithms.has(signed.algorithm)) return no('The signature has an unknown algorithm')
  const date = headers.get('Date')
  const madeAt =
    covered.includes('date') && date !== null
      ? Date.parse(date)
      : signed.created === null
        ? Number.NaN
        : signed.created * 1_000
  const wrong = wrongTime(madeAt, signed.expires === null ? null : signed.expires * 1_000)
  if (wrong) return wrong
  if (body && !digestFits(headers.get('Digest') ?? '', body)) return no('The digest is not that of the body')
  return [{ keyId: signed.keyId, fits: (key) => verifyCavage(signed, key, { method, url, host: url.host, headers }) }]
}

/** A message may have several signatures, not all of them for us to check: one that counts is enough. */
function messageCandidates(target: Target, body: Buffer | null): Candidate[] | Doubt {
  const { headers } = target
  const signatures = parseMessageSignatures(headers.get('Signature-Input') ?? '', headers.get('Signature') ?? '')
  if (!signatures) return { status: 400, problem: 'The signature can’t be read' }
  let problem = no('The request is not signed')
  const candidates = signatures.flatMap((signed): Candidate[] => {
    const missing = missingComponent(signed.covered, target, body !== null)
    const wrong = missing
      ? no(`The signature does not cover ${missing}`)
      : wrongTime((signed.created ?? Number.NaN) * 1_000, signed.expires === undefined ? null : signed.expires * 1_000)
    if (wrong) problem = wrong
    return wrong ? [] : [{ keyId: signed.keyId, fits: (key) => fitsMessage(signed, key, target) }]
  })
  if (candidates.length === 0) return problem
  return body && !contentDigestFits(headers.get('Content-Digest') ?? '', body)
    ? no('The digest is not that of the body')
    : candidates
}

/** @param expiresAt null: never, in milliseconds since 1970 as `madeAt` */
function wrongTime(madeAt: number, expiresAt: number | null): Doubt | null {
  if (Number.isNaN(madeAt)) return { status: 400, problem: 'The date can’t be read' }
  if (Math.abs(Date.now() - madeAt) > toleranceMs) return no('The date is more than an hour off')
  return expiresAt !== null && expiresAt < Date.now() - toleranceMs ? no('The signature has expired') : null
}

/** Tries a key, and where it does not fit, once more the one that its owner has now. */
async function check(core: Core, { keyId, fits }: Candidate, budget: Budget): Promise<Verification> {
  const key = await peerKey(core, keyId, 'signature', budget)
  if (typeof key !== 'object') return doubtOf(key, keyId)
  if (fits(key.key)) return { actor: key.owner, keyId }
  const renewed = await renewedKey(core, key, budget)
  if (renewed === 'unavailable') return doubtOf(renewed, keyId)
  return typeof renewed === 'object' && fits(renewed.key)
    ? { actor: renewed.owner, keyId }
    : no('The signature is wrong')
}

function doubtOf(why: NoKey, keyId: string): Doubt {
  // Servers that are told so try again later.
  if (why === 'unavailable') return { status: 503, problem: 'The server of the key can’t be asked at the moment' }
  return {
    ...no('The key can’t be had, or its owner does not confirm it'),
    ...(why === 'gone' ? { goneKeyId: keyId } : {}),
  }
}

/** Whether a key of a certain owner made something, tried like the keys of requests. Null: that can't be found out at the moment. */
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
