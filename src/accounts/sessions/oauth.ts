/**
 * The authorization-code flow of OAuth 2 (RFC 6749) with PKCE (RFC 7636): an app's request to a person, the person's
 * answer, and the exchange of a code for a token. Secrets and codes are random; only their hashes are stored.
 */
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { authorizationCodes } from '../../platform/db/schema/oauth.ts'
import type { Client } from '../security/client.ts'
import { logSecurity } from '../security/log.ts'
import { endToken, issueToken, type IssuedToken } from './access-tokens.ts'
import { type Application, applicationByClientId } from './applications.ts'
import { outOfBand } from './redirect-uris.ts'
import { coversScopes, defaultScopes, grantable, parseScopes, type Scope } from './scopes.ts'
import type { Viewer } from './sessions.ts'
import { hashSecret, newSecret } from './tokens.ts'

/** Error codes of RFC 6749, 4.1.2.1 and 5.2. */
export type OAuthErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_scope'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_response_type'
  | 'access_denied'

/** An error of the protocol; `description` is for the app's developer. */
type OAuthProblem = { error: OAuthErrorCode; description: string }

/** The parameters of `/oauth/authorize`, not checked yet. */
export type AuthorizationParameters = {
  responseType?: string | undefined
  clientId?: string | undefined
  responseMode?: string | undefined
  redirectUri?: string | undefined
  scope?: string | undefined
  state?: string | undefined
  codeChallenge?: string | undefined
  codeChallengeMethod?: string | undefined
}

/** A valid request, which a person can be asked to consent to. */
export type AuthorizationRequest = {
  application: Application
  redirectUri: string
  responseMode: ResponseMode
  scopes: Scope[]
  state: string | null
  codeChallenge: string | null
}

/**
 * How an app gets its answer: in the query of its redirect URI, or in a form posted there (OAuth 2.0 Form Post Response
 * Mode).
 */
export const responseModes = ['query', 'form_post'] as const
type ResponseMode = (typeof responseModes)[number]

/** An answer for an app, which the person's browser carries there. */
export type Reply = { redirectUri: string; mode: ResponseMode; parameters: Record<string, string> }

export type CheckedAuthorization =
  | { kind: 'request'; request: AuthorizationRequest }
  /**
   * The request is invalid. `reply` tells the app, where the redirect URI is valid. Follow it only when the person is logged
   * in: anybody can register an app, so links to this server would redirect anywhere (RFC 9700, 4.11.2).
   */
  | { kind: 'refused'; problem: OAuthProblem; reply: Reply | null }

const codeMinutes = 10
const maxStateLength = 4_096

/** Checks an app's request, before the person is asked to consent. */
export async function checkAuthorization(db: Reader, input: AuthorizationParameters): Promise<CheckedAuthorization> {
  const application = input.clientId ? await applicationByClientId(db, input.clientId) : null
  if (!application) return refused('invalid_client', 'There is no app with this client_id')
  const { redirectUri } = input
  // Compared byte by byte: a similar URI may belong to somebody else.
  if (!redirectUri || !application.redirectUris.includes(redirectUri))
    return refused('invalid_request', 'The redirect_uri is not one that the app registered')
  const state = input.state ?? null
  if (state !== null && state.length > maxStateLength) return refused('invalid_request', 'The state is too long')

  const responseMode = responseModes.find((mode) => mode === (input.responseMode || 'query'))
  const problem = (error: OAuthErrorCode, description: string): CheckedAuthorization =>
    refused(
      error,
      description,
      redirectUri === outOfBand
        ? null
        : problemReply({ redirectUri, responseMode: responseMode ?? 'query', state }, { error, description }),
    )
  if (!responseMode) return problem('invalid_request', `The response_mode must be ${responseModes.join(' or ')}`)
  if (input.responseType !== 'code') return problem('unsupported_response_type', 'The response_type must be code')

  const scopes = input.scope?.trim() ? parseScopes(input.scope) : [...defaultScopes]
  if (!scopes || !scopes.every((scope) => coversScopes(application.scopes, scope)))
    return problem('invalid_scope', 'The scope is not part of what the app registered')

  const codeChallenge = input.codeChallenge || null
  if (codeChallenge === null && input.codeChallengeMethod)
    return problem('invalid_request', 'The code_challenge is missing')
  if (codeChallenge !== null && input.codeChallengeMethod !== 'S256')
    return problem('invalid_request', 'The code_challenge_method must be S256')
  if (codeChallenge !== null && !/^[A-Za-z0-9_-]{43}$/.test(codeChallenge))
    return problem('invalid_request', 'The code_challenge is not a SHA-256 in base64url')
  return { kind: 'request', request: { application, redirectUri, responseMode, scopes, state, codeChallenge } }
}

const refused = (error: OAuthErrorCode, description: string, reply: Reply | null = null): CheckedAuthorization => ({
  kind: 'refused',
  problem: { error, description },
  reply,
})

/** The outcome of a consent: an answer for the app, or, out of band, a code to show. */
export type Consent = { reply: Reply; code: null } | { reply: null; code: string }

/** Grants a request that a person consented to; scopes beyond the person's role are left out. */
export async function grantCode(
  tx: Tx,
  viewer: Viewer,
  request: AuthorizationRequest,
  client: Client,
): Promise<Consent> {
  const code = newSecret()
  await tx
    .insert(authorizationCodes)
    .values({
      codeHash: hashSecret(code),
      applicationId: request.application.id,
      accountId: viewer.accountId,
      redirectUri: request.redirectUri,
      scopes: grantable(request.scopes, viewer.permissions),
      codeChallenge: request.codeChallenge,
      expiresAt: sql`now() + ${codeMinutes} * interval '1 minute'`,
    })
  const details = { app: request.application.name }
  await logSecurity(tx, viewer.accountId, 'appAuthorised', { client, details })
  if (request.redirectUri === outOfBand) return { reply: null, code }
  return { reply: replyTo(request, { code }), code: null }
}

/** The answer for an app when the person did not consent; null out of band, where no answer reaches the app. */
export function denial(request: AuthorizationRequest): Reply | null {
  if (request.redirectUri === outOfBand) return null
  return problemReply(request, { error: 'access_denied', description: 'The person did not agree' })
}

/**
 * Exchanges a code for a token. A code can be used once, even if the exchange fails. A second use is refused and revokes the
 * token of the first use, since one of the two clients has stolen the code. Each code gives a new token: an earlier one with
 * the same scopes can't be returned, as only hashes are stored.
 *
 * @returns the token, or null when the code is unknown, used, expired, or not for this app, redirect URI and verifier
 */
export async function exchangeCode(
  tx: Tx,
  application: Application,
  code: string,
  redirectUri: string,
  codeVerifier: string | null,
): Promise<IssuedToken | null> {
  const codeHash = hashSecret(code)
  const [spent] = await tx
    .update(authorizationCodes)
    .set({ spentAt: sql`now()` })
    .where(
      and(
        eq(authorizationCodes.codeHash, codeHash),
        eq(authorizationCodes.applicationId, application.id),
        isNull(authorizationCodes.spentAt),
        gt(authorizationCodes.expiresAt, sql`now()`),
      ),
    )
    .returning()
  if (!spent) {
    await revokeTokenOfCode(tx, codeHash)
    return null
  }
  if (spent.redirectUri !== redirectUri || !isVerified(spent.codeChallenge, codeVerifier)) return null

  const token = await issueToken(tx, application.id, spent.accountId, spent.scopes as Scope[])
  await tx.update(authorizationCodes).set({ tokenId: token.id }).where(eq(authorizationCodes.codeHash, codeHash))
  return token
}

async function revokeTokenOfCode(tx: Tx, codeHash: Buffer): Promise<void> {
  const [reused] = await tx
    .select({ tokenId: authorizationCodes.tokenId })
    .from(authorizationCodes)
    .where(eq(authorizationCodes.codeHash, codeHash))
  if (reused?.tokenId) await endToken(tx, reused.tokenId)
}

/** Verifier and challenge come together or not at all: one without the other means that a request was tampered with. */
function isVerified(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === verifier
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && hashSecret(verifier).toString('base64url') === challenge
}

/**
 * A token for the app itself; null when it asks for more scopes than it registered. It never has admin scopes: those
 * need a person.
 */
export async function clientToken(
  tx: Tx,
  application: Application,
  scope: string | undefined,
): Promise<IssuedToken | null> {
  const scopes = scope?.trim() ? parseScopes(scope) : [...defaultScopes]
  if (!scopes || !scopes.every((one) => coversScopes(application.scopes, one))) return null
  return issueToken(tx, application.id, null, grantable(scopes, 0n))
}

type Asking = Pick<AuthorizationRequest, 'redirectUri' | 'responseMode' | 'state'>

const replyTo = ({ redirectUri, responseMode, state }: Asking, parameters: Record<string, string>): Reply => ({
  redirectUri,
  mode: responseMode,
  parameters: { ...parameters, ...(state === null ? {} : { state }) },
})

const problemReply = (asking: Asking, { error, description }: OAuthProblem): Reply =>
  replyTo(asking, { error, error_description: description })

/** The redirect URI with the answer in its query. It is not parsed, as that would change URIs of unusual schemes. */
export function replyUrl({ redirectUri, parameters }: Reply): string {
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`
}
