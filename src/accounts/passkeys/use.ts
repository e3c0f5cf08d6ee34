/** Checks that somebody has a passkey: an authenticator signs a random challenge with the passkey's private key. */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { eq, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { accounts, users } from '../../platform/db/schema/accounts.ts'
import { passkeys } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { getLogger } from '../../platform/log.ts'
import { refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endState, startState } from '../security/states.ts'
import { type StoredViewer, viewerColumns } from '../sessions/sessions.ts'
import { newSecret } from '../sessions/tokens.ts'
import { knownTransports, readUsedPasskey, type UsedPasskey } from './answers.ts'
import { ceremonyMs, relyingPartyOf, userHandleOf } from './relying-party.ts'

const log = getLogger('passkeys')

/** What a page needs to ask the browser for a passkey: the state of the step, and the arguments of `navigator.credentials.get`. */
export type PasskeyQuestion = { state: string; options: PublicKeyCredentialRequestOptionsJSON }

/** What a page sends back: the state of the step, and the browser's answer as JSON. */
export type PasskeyAnswer = { state: string; response: string }

/**
 * Starts to ask for a passkey.
 *
 * @param browser the secret of the browser's cookie
 * @param accountId whose passkeys are asked for; null: any that the authenticator has for this instance
 * @param isAlone whether nothing else proves who the person is, so that the authenticator must know them, by a PIN or a finger
 */
export async function askForPasskey(
  app: App,
  browser: string,
  accountId: AccountId | null,
  { isAlone, returnTo = '/' }: { isAlone: boolean; returnTo?: string },
): Promise<PasskeyQuestion> {
  const challenge = newSecret()
  const known = accountId === null ? [] : await credentialsOf(app.db, accountId)
  const state = await startState(app, 'passkey', browser, { challenge, returnTo }, accountId)
  // Written by hand, as the package takes 27 MB of memory, and each look at the log-in page comes here.
  return {
    state,
    options: {
      challenge,
      rpId: relyingPartyOf(app).id,
      allowCredentials: known,
      userVerification: isAlone ? 'required' : 'preferred',
      timeout: ceremonyMs,
    },
  }
}

/** An account's passkeys, as browsers want them named. */
export async function credentialsOf(db: Reader, accountId: AccountId) {
  const rows = await db
    .select({ id: passkeys.credentialId, transports: passkeys.transports })
    .from(passkeys)
    .where(eq(passkeys.accountId, accountId))
    .orderBy(passkeys.id)
  return rows.map(({ id, transports }) => ({
    id: id.toString('base64url'),
    type: 'public-key' as const,
    transports: knownTransports(transports),
  }))
}

/**
 * Checks the answer to `askForPasskey`, and records the use of the passkey. Right or wrong, the challenge is used up.
 *
 * @param accountId whose passkey it must be; null: anybody's
 * @returns the passkey's account, which may be disabled, and the path to lead to
 * @throws Refusal `unprocessable` if the challenge is not of this browser or is too old, or if the answer is wrong
 */
export async function usePasskey(...input: Parameters<typeof tryPasskey>): Promise<PasskeyUse> {
  const used = await tryPasskey(...input)
  if (used === 'wrong') throw refuse('unprocessable', 'passkeyWrong')
  return used
}

export type PasskeyUse = { viewer: StoredViewer; returnTo: string }

/** Like `usePasskey`, but returns `wrong` for a wrong answer. */
export async function tryPasskey(
  app: App,
  client: Client,
  browser: string,
  { state, response }: PasskeyAnswer,
  accountId: AccountId | null,
  { isAlone }: { isAlone: boolean },
): Promise<PasskeyUse | 'wrong'> {
  const answer = readUsedPasskey(response)
  const check = await signatureCheck(app, answer, isAlone)
  const used = await app.db.transaction(async (tx) => {
    const step = await endState(tx, app, 'passkey', state, browser)
    if (!step || step.accountId !== accountId) return 'late'
    const passkey = await lockPasskey(tx, answer.id)
    if (!passkey || !isOwnerRight(answer, passkey.viewer.accountId, accountId)) return 'wrong'
    const seen = await check(step.data.challenge, passkey.publicKey)
    if (!seen) return 'wrong'
    // An authenticator that counts has counted on: a lower number is that of a copy, or of the authenticator after a copy was used.
    if (Math.max(seen.counter, passkey.counter) > 0 && seen.counter <= passkey.counter) {
      log.warn('The counter of a passkey of account {accountId} went back', { accountId: passkey.viewer.accountId })
      await logSecurity(tx, passkey.viewer.accountId, 'passkeyCopied', { client, details: { passkey: passkey.name } })
      return 'wrong'
    }
    await tx
      .update(passkeys)
      .set({ counter: seen.counter, isBackedUp: seen.isBackedUp, lastUsedAt: sql`now()` })
      .where(eq(passkeys.id, passkey.id))
    return { viewer: passkey.viewer, returnTo: step.data.returnTo }
  })
  if (used === 'late') throw refuse('unprocessable', 'passkeyLate')
  return used
}

/** Two uses of a passkey come one after the other, so that its counter is compared with the last one. */
async function lockPasskey(tx: Tx, credentialId: string) {
  const [row] = await tx
    .select({
      id: passkeys.id,
      name: passkeys.name,
      credentialId: passkeys.credentialId,
      publicKey: passkeys.publicKey,
      counter: passkeys.counter,
      viewer: viewerColumns,
    })
    .from(passkeys)
    .innerJoin(users, eq(users.accountId, passkeys.accountId))
    .innerJoin(accounts, eq(accounts.id, passkeys.accountId))
    .where(eq(passkeys.credentialId, Buffer.from(credentialId, 'base64url')))
    .for('update', { of: passkeys })
  return row
}

/** Whether the passkey is one of the account that is asked for, and the authenticator means its owner, whom it names if it is asked for anybody. */
function isOwnerRight({ response }: UsedPasskey, owner: AccountId, asked: AccountId | null): boolean {
  if (asked !== null && asked !== owner) return false
  return response.userHandle === undefined ? asked !== null : response.userHandle === userHandleOf(owner)
}

/** Loads the package, late and outside of the transaction. The check gives null for a wrong answer. */
async function signatureCheck(app: App, { id, rawId, type, response }: UsedPasskey, isAlone: boolean) {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { id: expectedRPID, origin } = relyingPartyOf(app)
  const { clientDataJSON, authenticatorData, signature } = response
  return async (expectedChallenge: string, publicKey: Buffer) => {
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: {
          id,
          rawId,
          type,
          response: { clientDataJSON, authenticatorData, signature },
          clientExtensionResults: {},
        },
        expectedChallenge,
        expectedOrigin: origin,
        expectedRPID,
        requireUserVerification: isAlone,
        // The package compares counters before it checks the signature. Here, only the counter of a right signature counts.
        credential: { id, publicKey: new Uint8Array(publicKey), counter: 0 },
      })
      if (!verified) return null
      return { counter: authenticationInfo.newCounter, isBackedUp: authenticationInfo.credentialBackedUp }
    } catch (error) {
      logWrong('A passkey was refused: {reason}', error)
      return null
    }
  }
}

/** Says to the admin why, as the origin may be set wrong. */
export const logWrong = (message: string, error: unknown): void =>
  log.info(message, { reason: error instanceof Error ? error.message.slice(0, 300) : 'no error' })
