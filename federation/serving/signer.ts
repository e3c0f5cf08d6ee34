/** The signer of a request for a document, who is the viewer for the check of visibility. */
import { accountByUri, accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { blocksActor, blocksAnybodyOn } from '#src/relationships/pairs.ts'
import { isAnySuspended } from '#src/rules/servers/current.ts'
import { claimedKeys, verifySignature } from '../signatures/verify-request.ts'
import { missing, nothing } from './negotiation.ts'

/** A remote actor; `accountId` if it is known here. */
type Signer = { actor: string; accountId: AccountId | null }

/**
 * The signer of a request, or the answer to a request whose signature is missing or wrong. A suspended signer, or one of a suspended
 * server, gets 404.
 */
async function signerOf(app: App, request: Request): Promise<Signer | Response> {
  const verification = await verifySignature(app, request, null)
  if (!('actor' in verification)) return nothing(verification.status, verification.problem)
  if (await isAnySuspended(app.db, [verification.actor])) return missing()
  const id = await accountByUri(app.db, verification.actor)
  const account = id && (await accountHead(app.db, id))
  return account?.suspendedAt ? missing() : { actor: verification.actor, accountId: account?.id ?? null }
}

/** The known remote account that signed a request; null for no signer, an unknown one, or a wrong signature. */
export async function signingViewer(app: App, request: Request): Promise<AccountId | null> {
  if (!request.headers.has('signature')) return null
  const signer = await signerOf(app, request)
  return signer instanceof Response ? null : signer.accountId
}

/**
 * The refusal of a request whose required signature is missing, or whose signer the owner blocks. Null lets the request pass.
 *
 * @param owner of the requested document; null if there is none
 */
export async function refusal(
  app: App,
  request: Request,
  needsSignature: boolean,
  owner: AccountId | null,
): Promise<Response | null> {
  if (!needsSignature && !(owner && (await mayBeAvoided(app, request, owner)))) return null
  const signer = await signerOf(app, request)
  if (signer instanceof Response) return needsSignature || signer.status === 404 ? signer : null
  return owner && (await blocksActor(app.db, owner, signer)) ? missing() : null
}

/**
 * Whether a request may be signed by an actor whom an account blocks. For most requests the claimed host answers that, without
 * verifying the signature, whose key might have to be fetched.
 */
async function mayBeAvoided(app: App, request: Request, owner: AccountId): Promise<boolean> {
  if (!request.headers.has('signature')) return false
  const hosts = claimedKeys(request).flatMap((keyId) => URL.parse(keyId)?.host ?? [])
  return blocksAnybodyOn(app.db, owner, hosts)
}

/** The actor that signed a request, known here or not; null for no signer, a wrong signature, or a suspended server. */
export async function signingActor(app: App, request: Request): Promise<string | null> {
  if (!request.headers.has('signature')) return null
  const signer = await signerOf(app, request)
  return signer instanceof Response ? null : signer.actor
}
