/**
 * Verifies an actor's own proof in an activity, which stays valid when third parties pass the activity on.
 *
 * @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8b32/fep-8b32.md
 * @see https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022
 */
import { createHash, type KeyObject, verify } from 'node:crypto'
import { dayMs, hourMs } from '#src/platform/time.ts'
import type { Core } from '../core.ts'
import { asList, dateOf, isObject, type JsonObject, text } from '../documents/json.ts'
import type { Budget } from '../fetching/fetch-document.ts'
import { fromBase58 } from '../parse/multikey.ts'
import { canonical } from './sign-proof.ts'
import { isBy } from './verify-request.ts'

const maxProofs = 3
/**
 * An older proof is invalid: the record that an activity took effect is deleted after 30 days, and a third party could replay the
 * activity.
 */
const maxAgeMs = 28 * dayMs
const skewMs = hourMs

export const hasProof = ({ proof }: JsonObject): boolean => asList(proof).some(isObject)

/** @returns null when a key can't be fetched at the moment */
export async function isProven(
  core: Core,
  document: JsonObject,
  actor: string,
  budget: Budget,
): Promise<boolean | null> {
  let isKnown = true
  for (const proof of asList(document['proof']).filter(isObject).slice(0, maxProofs)) {
    const keyId = text(proof['verificationMethod'])
    if (keyId === null || !isCurrent(proof)) continue
    const isValid = await isBy(core, { keyId, use: 'proof', owner: actor }, budget, ({ key }) =>
      fitsProof(document, proof, key),
    )
    if (isValid) return true
    if (isValid === null) isKnown = false
  }
  return isKnown ? false : null
}

function isCurrent(proof: JsonObject): boolean {
  if (
    proof['type'] !== 'DataIntegrityProof' ||
    proof['cryptosuite'] !== 'eddsa-jcs-2022' ||
    proof['proofPurpose'] !== 'assertionMethod'
  )
    return false
  const [created, expires] = [dateOf(proof['created']), dateOf(proof['expires'])]
  if (!created || created.getTime() > Date.now() + skewMs || created.getTime() < Date.now() - maxAgeMs) return false
  return proof['expires'] === undefined || (expires !== null && expires.getTime() > Date.now())
}

/** Whether a key made a proof of a document. */
export function fitsProof(document: JsonObject, proof: JsonObject, key: KeyObject): boolean {
  const signature = fromBase58(text(proof['proofValue']) ?? '', 64)
  if (!signature || key.asymmetricKeyType !== 'ed25519') return false
  const { proof: _, ...rest } = document
  const { proofValue: __, ...config } = proof
  // Without a context, a proof is read as it is (FEP-8b32's own example), or with the context of its document.
  const configs = '@context' in config ? [config] : [config, { '@context': document['@context'], ...config }]
  const content = sha256(canonical(rest))
  return configs.some((each) => verify(null, Buffer.concat([sha256(canonical(each)), content]), key, signature))
}

const sha256 = (written: string): Buffer => createHash('sha256').update(written).digest()
