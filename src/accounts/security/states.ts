/**
 * Steps of a sign-in that takes several requests: a password that waits for its second factor, a person who is at a provider, a
 * WebAuthn challenge. A state is random, works only in the browser that began it, once, and for 15 minutes.
 */
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { App } from '../../platform/app.ts'
import type { Tx } from '../../platform/db/index.ts'
import { type SignInStateKind, signInStates } from '../../platform/db/schema/security.ts'
import type { AccountId } from '../../platform/ids.ts'
import { hashSecret, newSecret } from '../sessions/tokens.ts'

const validMinutes = 15

/** Wrong answers to one state. */
const maxAttempts = 5

/** The data of each kind of state. */
export type SignInStates = {
  /**
   * A first proof was given; the second factor is missing. `identityId` and `idToken` are those of a provider's account that is linked;
   * `join` is one that is linked when the second factor is proved.
   */
  factor: {
    method: 'password' | 'provider'
    returnTo: string
    identityId?: string
    idToken?: string
    join?: SignInStates['join']
  }
  /** The person is at a provider. `purpose`: to sign in, to link the provider's account, or to prove who they are. */
  provider: {
    provider: string
    nonce: string
    codeVerifier: string
    returnTo: string
    purpose: 'sign-in' | 'link' | 'prove'
    /** Seconds since 1970: a proof has to be newer. */
    startedAt: number
  }
  /** The provider's account has no account here yet. */
  join: {
    provider: string
    issuer: string
    subject: string
    email: string | null
    isEmailVerified: boolean
    username: string | null
    label: string | null
    /** The role that the provider gives; null if it gives none. */
    role: 'user' | 'moderator' | 'admin' | null
    returnTo: string
    idToken: string
  }
  /** A challenge to sign in, or to prove who one is, with a passkey. */
  passkey: { challenge: string; returnTo: string }
  /** A challenge to add a passkey. */
  'new-passkey': { challenge: string }
}

/**
 * Starts a step.
 *
 * @param browser the secret of the browser's cookie
 * @returns the random state for the form or address; only its hash is stored
 */
export async function startState<Kind extends SignInStateKind>(
  app: App,
  kind: Kind,
  browser: string,
  data: SignInStates[Kind],
  accountId: AccountId | null = null,
): Promise<string> {
  const state = newSecret()
  await app.db
    .insert(signInStates)
    .values({
      stateHash: hashSecret(state),
      browserHash: hashSecret(browser),
      kind,
      accountId,
      data: app.secrets.seal(JSON.stringify(data)),
      expiresAt: sql`now() + ${validMinutes} * interval '1 minute'`,
    })
  return state
}

export type OpenState<Kind extends SignInStateKind> = { accountId: AccountId | null; data: SignInStates[Kind] }

const which = (kind: SignInStateKind, state: string, browser: string) =>
  and(
    eq(signInStates.stateHash, hashSecret(state)),
    eq(signInStates.browserHash, hashSecret(browser)),
    eq(signInStates.kind, kind),
    gt(signInStates.expiresAt, sql`now()`),
    lt(signInStates.attempts, maxAttempts),
  )

/** The data of a step, for its page; null if it is over, or another browser began it. */
export async function readState<Kind extends SignInStateKind>(
  app: App,
  kind: Kind,
  state: string,
  browser: string,
): Promise<OpenState<Kind> | null> {
  const [row] = await app.db
    .select({ accountId: signInStates.accountId, data: signInStates.data })
    .from(signInStates)
    .where(which(kind, state, browser))
  return open(app, row)
}

/** Counts an attempt at a step; null if it is over. Five wrong answers end it. */
export async function attemptState<Kind extends SignInStateKind>(
  app: App,
  kind: Kind,
  state: string,
  browser: string,
): Promise<OpenState<Kind> | null> {
  const [row] = await app.db
    .update(signInStates)
    .set({ attempts: sql`${signInStates.attempts} + 1` })
    .where(which(kind, state, browser))
    .returning({ accountId: signInStates.accountId, data: signInStates.data })
  return open(app, row)
}

/** Ends a step, in the transaction of its effect; null if it is over already. */
export async function endState<Kind extends SignInStateKind>(
  tx: Tx,
  app: App,
  kind: Kind,
  state: string,
  browser: string,
): Promise<OpenState<Kind> | null> {
  const [row] = await tx
    .delete(signInStates)
    .where(
      and(
        eq(signInStates.stateHash, hashSecret(state)),
        eq(signInStates.browserHash, hashSecret(browser)),
        eq(signInStates.kind, kind),
        gt(signInStates.expiresAt, sql`now()`),
      ),
    )
    .returning({ accountId: signInStates.accountId, data: signInStates.data })
  return open(app, row)
}

/** Ends all steps for an account: what they began with no longer counts. */
export async function endStatesOf(tx: Tx, accountId: AccountId): Promise<void> {
  await tx.delete(signInStates).where(eq(signInStates.accountId, accountId))
}

function open<Kind extends SignInStateKind>(
  app: App,
  row: { accountId: AccountId | null; data: string } | undefined,
): OpenState<Kind> | null {
  const text = row && app.secrets.unseal(row.data)
  return row && text ? { accountId: row.accountId, data: JSON.parse(text) as SignInStates[Kind] } : null
}
