/** The authenticator app of an account: set-up, which a code of the app completes, and removal. */
import { and, eq, isNotNull } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { users } from '../../platform/db/schema/accounts.ts'
import { Refusal } from '../../platform/errors.ts'
import type { AccountId } from '../../platform/ids.ts'
import { minuteMs } from '../../platform/time.ts'
import { loadSettings } from '../../rules/settings.ts'
import { problemWith, refuse } from '../../text/refusals.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { countAttempt } from '../sessions/attempts.ts'
import type { Viewer } from '../sessions/sessions.ts'
import { changeFactors } from './since.ts'
import { newTotpSecret, totpStepOf, totpUri } from './totp.ts'

const validMinutes = 60

/** A secret on its way into an app. It counts only when a code of the app has confirmed it. */
export type AuthenticatorOffer = {
  /** Base32. */
  secret: string
  /** The `otpauth:` address, for the app. */
  uri: string
  /** The secret for the form that confirms it, which only this instance can read, for this account. */
  sealed: string
}

type Sealed = { purpose: 'authenticator'; accountId: AccountId; secret: string; until: number }

/** Makes a secret for an authenticator app. Nothing is stored. */
export async function offerAuthenticator(app: App, viewer: Viewer): Promise<AuthenticatorOffer> {
  const secret = await newTotpSecret()
  const sealed: Sealed = {
    purpose: 'authenticator',
    accountId: viewer.accountId,
    secret,
    until: Date.now() + validMinutes * minuteMs,
  }
  return toOffer(app, viewer, secret, app.secrets.seal(JSON.stringify(sealed)))
}

/** The offer of a form, to be shown again; a new one if it has expired. */
export async function offerAgain(app: App, viewer: Viewer, sealed: string): Promise<AuthenticatorOffer> {
  const secret = secretIn(app, viewer.accountId, sealed)
  return secret === null ? offerAuthenticator(app, viewer) : toOffer(app, viewer, secret, sealed)
}

async function toOffer(app: App, viewer: Viewer, secret: string, sealed: string): Promise<AuthenticatorOffer> {
  const { title } = await loadSettings(app.db)
  return { secret, uri: await totpUri(secret, title, `${viewer.username}@${app.config.handleHost}`), sealed }
}

function secretIn(app: App, accountId: AccountId, sealed: string): string | null {
  const text = app.secrets.unseal(sealed)
  const offer = text === null ? null : (JSON.parse(text) as Partial<Sealed>)
  if (offer?.purpose !== 'authenticator' || offer.accountId !== accountId) return null
  return offer.secret !== undefined && offer.until !== undefined && offer.until > Date.now() ? offer.secret : null
}

/**
 * Completes the set-up of an authenticator app, which replaces an earlier one.
 *
 * @param sealed of the offer
 * @returns recovery codes, to be shown once, if this is the account's first second factor; else null
 * @throws Refusal `unprocessable` when the offer has expired, `invalid` with the field for a wrong code, `too_many`
 */
export async function addAuthenticator(
  app: App,
  accountId: AccountId,
  sealed: string,
  code: string,
  client: Client,
): Promise<string[] | null> {
  await countAttempt(app, `authenticator of ${accountId}`, { count: 30, minutes: 60 })
  const secret = secretIn(app, accountId, sealed)
  if (secret === null) throw refuse('unprocessable', 'authenticatorTooLate')
  const step = await totpStepOf(secret, code.replace(/[\s-]/g, ''))
  if (step === null) {
    const problem = problemWith('code', 'ERR_INVALID', 'wrong')
    throw new Refusal('invalid', `code ${problem.message}`, [problem])
  }
  return app.db.transaction(async (tx) => {
    const codes = await changeFactors(tx, accountId, async () => {
      await tx
        .update(users)
        // The code was seen on the screen: it is used up.
        .set({ totpSecret: app.secrets.seal(secret), totpStep: step })
        .where(eq(users.accountId, accountId))
    })
    await logSecurity(tx, accountId, 'authenticatorAdded', { client })
    return codes
  })
}

/** Removes the authenticator app of an account. Without one, nothing changes. */
export async function removeAuthenticator(tx: Tx, accountId: AccountId, client: Client): Promise<void> {
  await changeFactors(tx, accountId, async () => {
    const removed = await tx
      .update(users)
      .set({ totpSecret: null, totpStep: null })
      .where(and(eq(users.accountId, accountId), isNotNull(users.totpSecret)))
      .returning({ accountId: users.accountId })
    if (removed.length > 0) await logSecurity(tx, accountId, 'authenticatorRemoved', { client })
  })
}
