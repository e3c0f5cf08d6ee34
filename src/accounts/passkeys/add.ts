/** Adding a passkey to an account: an authenticator makes a pair of keys, and the account keeps the public one. */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { count, eq } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import { type AccountId, newId, type PasskeyId } from '../../platform/ids.ts'
import { loadSettings } from '../../rules/settings.ts'
import { refuse } from '../../text/refusals.ts'
import { changeFactors } from '../factors/since.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endState, startState } from '../security/states.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { Viewer } from '../sessions/sessions.ts'
import { newSecret } from '../sessions/tokens.ts'
import { maxCredentialBytes, type NewPasskey, readNewPasskey } from './answers.ts'
import { withoutAttestation } from './attestation.ts'
import { passkeyName } from './manage.ts'
import { algorithms, ceremonyMs, relyingPartyOf, userHandleOf } from './relying-party.ts'
import { credentialsOf, logWrong, type PasskeyAnswer } from './use.ts'

const maxPasskeys = 25
/** The longest of the accepted kinds, RSA with 4096 bits, takes 550. */
const maxPublicKeyBytes = 1_100

/**
 * Starts to add a passkey.
 *
 * @param browser the secret of the browser's cookie
 * @returns the state of the step, and the arguments of `navigator.credentials.create`
 * @throws Refusal `unprocessable` if the account has 25 passkeys, `too_many`
 */
export async function startPasskey(
  app: App,
  { accountId, username }: Viewer,
  browser: string,
): Promise<{ state: string; options: PublicKeyCredentialCreationOptionsJSON }> {
  await countAttempt(app, `new passkeys of ${accountId}`, { count: 60, minutes: 60 })
  await assertRoom(app.db, accountId)
  const [{ title }, known] = await Promise.all([loadSettings(app.db), credentialsOf(app.db, accountId)])
  const challenge = newSecret()
  const state = await startState(app, 'new-passkey', browser, { challenge }, accountId)
  return {
    state,
    options: {
      challenge,
      rp: { id: relyingPartyOf(app).id, name: title },
      user: { id: userHandleOf(accountId), name: username, displayName: username },
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: known,
      authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'preferred' },
      attestation: 'none',
      timeout: ceremonyMs,
    },
  }
}

/**
 * Adds the passkey that an authenticator made. Right or wrong, the challenge is used up. If it is the account's first second factor,
 * a password alone no longer logs in.
 *
 * @param name the person's name for it; if that is empty, `otherName`
 * @returns recovery codes to show once, if it is the first second factor; else null
 * @throws Refusal `unprocessable` if the challenge is not of this browser and account or is too old, if the answer is wrong, if the
 *   passkey is known already, or if the account has 25; `too_many`
 */
export async function addPasskey(
  app: App,
  { accountId }: Viewer,
  client: Client,
  browser: string,
  { state, response }: PasskeyAnswer,
  { name, otherName }: { name: string; otherName: string },
): Promise<string[] | null> {
  await countAttempt(app, `added passkeys of ${accountId}`, { count: 30, minutes: 60 })
  const answer = readNewPasskey(response)
  const step = await app.db.transaction((tx) => endState(tx, app, 'new-passkey', state, browser))
  if (step?.accountId !== accountId) throw refuse('unprocessable', 'passkeyLate')
  const made = await verify(app, answer, step.data.challenge)
  if (!made) throw refuse('unprocessable', 'passkeyRefused')
  const chosen = passkeyName(name) || passkeyName(otherName)
  return app.db.transaction((tx) =>
    changeFactors(tx, accountId, async () => {
      await assertRoom(tx, accountId)
      const added = await tx
        .insert(passkeys)
        .values({ id: newId<PasskeyId>(), accountId, name: chosen, transports: answer.response.transports, ...made })
        .onConflictDoNothing({ target: passkeys.credentialId })
        .returning({ id: passkeys.id })
      if (added.length === 0) throw refuse('unprocessable', 'passkeyKnown')
      await logSecurity(tx, accountId, 'passkeyAdded', { client, details: { passkey: chosen } })
    }),
  )
}

async function assertRoom(db: Reader | Tx, accountId: AccountId): Promise<void> {
  const [row] = await db.select({ count: count() }).from(passkeys).where(eq(passkeys.accountId, accountId))
  if ((row?.count ?? 0) >= maxPasskeys) throw refuse('unprocessable', 'passkeysTooMany', { max: maxPasskeys })
}

/** The credential that the answer proves, or null. */
async function verify(app: App, { id, rawId, type, response }: NewPasskey, expectedChallenge: string) {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const { id: expectedRPID, origin } = relyingPartyOf(app)
  const { clientDataJSON } = response
  try {
    const attestationObject = await withoutAttestation(response.attestationObject)
    const { registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId, type, response: { clientDataJSON, attestationObject }, clientExtensionResults: {} },
      expectedChallenge,
      expectedOrigin: origin,
      expectedRPID,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    })
    if (!registrationInfo) return null
    const { credential, credentialBackedUp } = registrationInfo
    const credentialId = Buffer.from(credential.id, 'base64url')
    const publicKey = Buffer.from(credential.publicKey)
    if (credential.id !== id || credentialId.length > maxCredentialBytes || publicKey.length > maxPublicKeyBytes)
      return null
    return { credentialId, publicKey, counter: credential.counter, isBackedUp: credentialBackedUp }
  } catch (error) {
    logWrong('A new passkey was refused: {reason}', error)
    return null
  }
}
