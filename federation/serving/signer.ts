/** Whom we show something to: who signed a request for it. */
import { accountByUri, accountHead } from '#src/accounts/find.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { shuns, shunsAnybodyOn } from '#src/relationships/pairs.ts'
import { isAnySuspended } from '#src/rules/servers/current.ts'
import { claimedKeys, verifySignature } from '../signatures/verify.ts'
import { missing, nothing } from './negotiation.ts'

/** An actor of another server; `accountId` where it is known here. */
type Signer = { actor: string; accountId: AccountId | null }

/**
 * Who signed a request, or why that isn't known. Whom moderators suspended, or whose server, is shown nothing more.
 *
 * @throws nothing: a wrong signature is an answer, too
 */
async function signerOf(app: App, request: Request): Promise<Signer | Response> {
  const verdict = await verifySignature(app, request, null)
  if (!('actor' in verdict)) return nothing(verdict.status, verdict.problem)
  if (await isAnySuspended(app.db, [verdict.actor])) return missing()
  const id = await accountByUri(app.db, verdict.actor)
  const account = id && (await accountHead(app.db, id))
  return account?.suspendedAt ? missing() : { actor: verdict.actor, accountId: account?.id ?? null }
}

/** The known account of another server that signed a request; null for nobody, a stranger, or a wrong signature. */
export async function signingViewer(app: App, request: Request): Promise<AccountId | null> {
  if (!request.headers.has('signature')) return null
  const signer = await signerOf(app, request)
  return signer instanceof Response ? null : signer.accountId
}

/**
 * The answer to those who had to sign and didn't, and to those whom the owner of what they ask for avoids. Null lets in.
 *
 * @param owner whose it is; null where it is nobody's
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
  return owner && (await shuns(app.db, owner, signer)) ? missing() : null
}

/**
 * Whether a request may be signed by somebody whom an account avoids. Most are not, which is found out without a look at the
 * signature: its key may have to be asked for.
 */
async function mayBeAvoided(app: App, request: Request, owner: AccountId): Promise<boolean> {
  if (!request.headers.has('signature')) return false
  const hosts = claimedKeys(request).flatMap((keyId) => URL.parse(keyId)?.host ?? [])
  return shunsAnybodyOn(app.db, owner, hosts)
}

/**
 * The actor that signed a request, be it known or not, such as the one of another instance itself; null for nobody, a wrong signature, or a
 * server that is shut out.
 */
export async function signingActor(app: App, request: Request): Promise<string | null> {
  if (!request.headers.has('signature')) return null
  const signer = await signerOf(app, request)
  return signer instanceof Response ? null : signer.actor
}
