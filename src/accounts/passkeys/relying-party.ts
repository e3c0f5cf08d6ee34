/** What browsers and authenticators know of this instance: in WebAuthn's words, the relying party. */
import type { App } from '../../platform/app.ts'
import type { AccountId } from '../../platform/ids.ts'

/** `id`: the host to which passkeys are bound, without a port. `origin`: that of the pages that may use them. */
export const relyingPartyOf = ({ config }: App): { id: string; origin: string } => ({
  id: new URL(config.origin).hostname,
  origin: config.origin,
})

/**
 * The handle by which authenticators tell accounts apart, in base64url. It is the same for all passkeys of an account, so that a new
 * one takes the place of the old one in the same authenticator.
 */
export function userHandleOf(accountId: AccountId): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(accountId))
  return bytes.toString('base64url')
}

/** How long browsers wait for the person, in milliseconds. */
export const ceremonyMs = 300_000

/** COSE numbers of the signatures that are accepted: Ed25519, ECDSA on P-256, RSA. */
export const algorithms = [-8, -7, -257]
