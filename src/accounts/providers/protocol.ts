/** The authorization code flow of OpenID Connect, with PKCE, state, nonce, and the check of `iss` (RFC 9207). */
import { createHash } from 'node:crypto'
import type { AuthorizationServer, Client, ClientAuth, IDToken, TokenEndpointResponse } from 'oauth4webapi'
import type { App } from '../../platform/app.ts'
import { isLoopback, type ProviderSettings } from '../../platform/provider-config.ts'
import { providerFetch } from './http.ts'
import { isInsecure, metadataOf } from './metadata.ts'

/** What a provider says about a person, checked. `userinfo`: null if it has no such endpoint. */
export type ProvidersWord = {
  issuer: string
  idToken: string
  claims: IDToken
  userinfo: Record<string, unknown> | null
}

/** The path to which a provider sends people back. */
const redirectUriOf = (app: App, { name }: ProviderSettings): string => `${app.config.origin}/login/${name}/callback`

export type Challenge = { nonce: string; codeVerifier: string }

export async function newChallenge(): Promise<Challenge> {
  const oauth = await import('oauth4webapi')
  return { nonce: oauth.generateRandomNonce(), codeVerifier: oauth.generateRandomCodeVerifier() }
}

/**
 * The address at which a person logs in with the provider.
 *
 * @param asksAgain whether the provider has to make sure who the person is, although it knows them
 */
export async function authorizationUrl(
  app: App,
  provider: ProviderSettings,
  state: string,
  { nonce, codeVerifier }: Challenge,
  asksAgain: boolean,
): Promise<string> {
  const oauth = await import('oauth4webapi')
  const url = endpointOf(provider, await metadataOf(app, provider), 'authorization_endpoint')
  const parameters = {
    client_id: provider.clientId,
    response_type: 'code',
    redirect_uri: redirectUriOf(app, provider),
    scope: provider.scopes,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(asksAgain ? { prompt: 'login', max_age: '0' } : {}),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

/** An endpoint to which the browser is led; with TLS, unless the issuer has none. */
export function endpointOf(
  provider: ProviderSettings,
  metadata: AuthorizationServer,
  name: 'authorization_endpoint' | 'end_session_endpoint',
): URL {
  const url = URL.parse(metadata[name] ?? '')
  const isAllowed =
    url?.protocol === 'https:' || (isInsecure(provider) && url?.protocol === 'http:' && isLoopback(url.hostname))
  if (!url || !isAllowed) throw new Error(`The provider’s ${name} is missing or not an https URL`)
  return url
}

/**
 * Exchanges the code that a provider's answer carries, and checks all that the provider then says.
 *
 * @param maxAge seconds since when the person must have logged in with the provider; null: any time ago
 * @throws the errors of oauth4webapi, and those of the HTTP client
 */
export async function redeem(
  app: App,
  provider: ProviderSettings,
  answer: URLSearchParams,
  state: string,
  { nonce, codeVerifier }: Challenge,
  maxAge: number | null,
): Promise<ProvidersWord> {
  const oauth = await import('oauth4webapi')
  const metadata = await metadataOf(app, provider)
  const client: Client = { client_id: provider.clientId }
  const options = { [oauth.customFetch]: providerFetch(app), [oauth.allowInsecureRequests]: isInsecure(provider) }
  const callback = oauth.validateAuthResponse(metadata, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(
    metadata,
    client,
    await authenticationOf(provider, metadata),
    callback,
    redirectUriOf(app, provider),
    codeVerifier,
    options,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(metadata, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
    ...(maxAge === null ? {} : { maxAge }),
  })
  // The library keeps keys for five minutes by their metadata. A copy makes it read them now: sign-ins are rare, and so neither
  // is a new key refused nor one trusted that the provider has withdrawn.
  const anew = { ...metadata }
  await oauth.validateApplicationLevelSignature(anew, response, options)
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  if (!claims || !tokens.id_token) throw new Error('The ID token is missing')
  if (!isTokenOf(claims, tokens)) throw new Error('The access token is not that of the ID token')

  let userinfo: Record<string, unknown> | null = null
  if (metadata.userinfo_endpoint) {
    const told = await oauth.userInfoRequest(metadata, client, tokens.access_token, options)
    const isSigned = /^application\/jwt\b/i.test(told.headers.get('Content-Type') ?? '')
    userinfo = await oauth.processUserInfoResponse(metadata, client, claims.sub, told)
    if (isSigned) await oauth.validateApplicationLevelSignature(anew, told, options)
  }
  return { issuer: metadata.issuer, idToken: tokens.id_token, claims, userinfo }
}

/** By the method that the provider announces; `client_secret_basic` if it announces none. */
async function authenticationOf(
  { clientSecret }: ProviderSettings,
  { token_endpoint_auth_methods_supported: methods }: AuthorizationServer,
): Promise<ClientAuth> {
  const oauth = await import('oauth4webapi')
  if (clientSecret === undefined) return oauth.None()
  const isPosted = methods?.includes('client_secret_post') && !methods.includes('client_secret_basic')
  return isPosted ? oauth.ClientSecretPost(clientSecret) : oauth.ClientSecretBasic(clientSecret)
}

/** Checks `at_hash` where the provider gives it (OpenID Connect Core 1.0, 3.1.3.6), which the library leaves out for codes. */
function isTokenOf(
  { at_hash: hash }: IDToken,
  { id_token: idToken = '', access_token }: TokenEndpointResponse,
): boolean {
  if (hash === undefined) return true
  const { alg } = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString()) as { alg?: unknown }
  const [, bits = '512'] = /(256|384|512)$/.exec(String(alg)) ?? []
  const digest = createHash(`sha${bits}`).update(access_token).digest()
  return digest.subarray(0, digest.length / 2).toString('base64url') === hash
}
