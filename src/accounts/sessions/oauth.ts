/**
 * The authorization-code flow of OAuth 2 (RFC 6749) with PKCE (RFC 7636): what an app asks a person for, the person's
 * answer, and the exchange of a code for a token. Secrets and codes are random and kept as hashes only.
 */
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import type { Reader, Tx } from '../../platform/db/index.ts'
import { authorizationCodes } from '../../platform/db/schema/oauth.ts'
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

/** An error that the protocol has words for; `description` is for the app's developer. */
type OAuthProblem = { error: OAuthErrorCode; description: string }

/** What an app asks for at `/oauth/authorize`, as it came. */
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

/** A request that a person can be asked to consent to. */
export type AuthorizationRequest = {
  application: Application
  redirectUri: string
  responseMode: ResponseMode
  scopes: Scope[]
  state: string | null
  codeChallenge: string | null
}

/** How apps get their answer: in the query of their address, or in a form that is posted there (OAuth 2.0 Form Post Response Mode). */
export const responseModes = ['query', 'form_post'] as const
type ResponseMode = (typeof responseModes)[number]

/** An answer for an app, which the person's browser takes there. */
export type Reply = { redirectUri: string; mode: ResponseMode; parameters: Record<string, string> }

export type CheckedAuthorization =
  | { kind: 'request'; request: AuthorizationRequest }
  /**
   * Something is wrong. Where the app may be told, `reply` says so to it: for a person who is logged in to go there, as
   * anybody can register an app, and links to us would lead anywhere (RFC 9700, 4.11.2).
   */
  | { kind: 'refused'; problem: OAuthProblem; reply: Reply | null }

const codeMinutes = 10
const maxStateLength = 4_096

/** Looks at what an app asks for, before anybody is asked to agree. */
export async function checkAuthorization(db: Reader, given: AuthorizationParameters): Promise<CheckedAuthorization> {
  const application = given.clientId ? await applicationByClientId(db, given.clientId) : null
  if (!application) return refused('invalid_client', 'There is no app with this client_id')
  const { redirectUri } = given
  // Byte by byte: whatever is only similar may belong to somebody else.
  if (!redirectUri || !application.redirectUris.includes(redirectUri))
    return refused('invalid_request', 'The redirect_uri is not one that the app registered')
  const state = given.state ?? null
  if (state !== null && state.length > maxStateLength) return refused('invalid_request', 'The state is too long')

  const responseMode = responseModes.find((mode) => mode === (given.responseMode || 'query'))
  const problem = (error: OAuthErrorCode, description: string): CheckedAuthorization =>
    refused(
      error,
      description,
      redirectUri === outOfBand
        ? null
        : problemReply({ redirectUri, responseMode: responseMode ?? 'query', state }, { error, description }),
    )
  if (!responseMode) return problem('invalid_request', `The response_mode must be ${responseModes.join(' or ')}`)
  if (given.responseType !== 'code') return problem('unsupported_response_type', 'The response_type must be code')

  const scopes = given.scope?.trim() ? parseScopes(given.scope) : [...defaultScopes]
  if (!scopes || !scopes.every((scope) => coversScopes(application.scopes, scope)))
    return problem('invalid_scope', 'The scope is not part of what the app registered')

  const codeChallenge = given.codeChallenge || null
  if (codeChallenge === null && given.codeChallengeMethod)
    return problem('invalid_request', 'The code_challenge is missing')
  if (codeChallenge !== null && given.codeChallengeMethod !== 'S256')
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

/** What comes next: an answer for the app, or, out of band, a code that is shown. */
export type Consent = { reply: Reply; code: null } | { reply: null; code: string }

/** Grants a request that somebody agreed to, as far as their role goes. */
export async function grantCode(tx: Tx, viewer: Viewer, request: AuthorizationRequest): Promise<Consent> {
  const code = newSecret()
  await tx
    .insert(authorizationCodes)
    .values({
      codeHash: hashSecret(code),
      applicationId: request.application.id,
      accountId: viewer.accountId,
      redirectUri: request.redirectUri,
      scopes: grantable(request.scopes, viewer.role),
      codeChallenge: request.codeChallenge,
      expiresAt: sql`now() + ${codeMinutes} * interval '1 minute'`,
    })
  if (request.redirectUri === outOfBand) return { reply: null, code }
  return { reply: replyTo(request, { code }), code: null }
}

/** What the app of a person who did not agree is told; null out of band, where there is nobody to tell. */
export function denial(request: AuthorizationRequest): Reply | null {
  if (request.redirectUri === outOfBand) return null
  return problemReply(request, { error: 'access_denied', description: 'The person did not agree' })
}

/**
 * Spends a code for a token. A code is spent once, whatever comes of it; whoever comes with a spent one is refused, and the
 * token that it gave ends, since one of the two who had the code was not meant to. Each code gives a token of its own: an equal
 * one that was given before can't be given again, as only hashes are kept.
 *
 * @returns the token, or null when the code is unknown, spent, expired, or not for this app, address and verifier
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
    await endWhatItGave(tx, codeHash)
    return null
  }
  if (spent.redirectUri !== redirectUri || !isVerified(spent.codeChallenge, codeVerifier)) return null

  const token = await issueToken(tx, application.id, spent.accountId, spent.scopes as Scope[])
  await tx.update(authorizationCodes).set({ tokenId: token.id }).where(eq(authorizationCodes.codeHash, codeHash))
  return token
}

async function endWhatItGave(tx: Tx, codeHash: Buffer): Promise<void> {
  const [reused] = await tx
    .select({ tokenId: authorizationCodes.tokenId })
    .from(authorizationCodes)
    .where(eq(authorizationCodes.codeHash, codeHash))
  if (reused?.tokenId) await endToken(tx, reused.tokenId)
}

/** A verifier is wanted if there was a challenge, and only then: one without the other means that a request was tampered with. */
function isVerified(challenge: string | null, verifier: string | null): boolean {
  if (challenge === null || verifier === null) return challenge === verifier
  return /^[A-Za-z0-9._~-]{43,128}$/.test(verifier) && hashSecret(verifier).toString('base64url') === challenge
}

/** A token for the app itself; null when it asks for more than it registered. Nobody moderates without a person. */
export async function clientToken(
  tx: Tx,
  application: Application,
  scope: string | undefined,
): Promise<IssuedToken | null> {
  const scopes = scope?.trim() ? parseScopes(scope) : [...defaultScopes]
  if (!scopes || !scopes.every((one) => coversScopes(application.scopes, one))) return null
  return issueToken(tx, application.id, null, grantable(scopes, 'user'))
}

type Asking = Pick<AuthorizationRequest, 'redirectUri' | 'responseMode' | 'state'>

const replyTo = ({ redirectUri, responseMode, state }: Asking, parameters: Record<string, string>): Reply => ({
  redirectUri,
  mode: responseMode,
  parameters: { ...parameters, ...(state === null ? {} : { state }) },
})

const problemReply = (asking: Asking, { error, description }: OAuthProblem): Reply =>
  replyTo(asking, { error, error_description: description })

/** The registered URI as it was written, with an answer in its query: parsing it would change how apps of odd schemes read it. */
export function replyUrl({ redirectUri, parameters }: Reply): string {
  return `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters)}`
}
